"""Photos and masks from files and back, at their own depth, with what the file says about itself.

May import: `base`, the modules of `imaging` below it, Pillow, tifffile, imagecodecs. No file is trusted.
"""
