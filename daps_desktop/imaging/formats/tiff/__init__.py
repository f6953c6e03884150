"""TIFF and BigTIFF: which pages are photos, what of their headers can be believed, their pixels; and writing.

May import: `base`, what `formats` may, of it `limits` and `metadata`; tifffile.
"""
