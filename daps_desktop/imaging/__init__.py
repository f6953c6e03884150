"""A photo as a value and what is done to its pixels: masks, selections, resizing, export.

May import: `base`, NumPy, Pillow, OpenCV; no Qt and no torch. `formats` reads and writes files.
"""
