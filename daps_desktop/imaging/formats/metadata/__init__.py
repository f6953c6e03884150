"""What files say beside their pixels: EXIF, XMP, captions, colour profiles; taken apart and put together.

May import: `base`, the modules of `imaging` below `formats`, imagecodecs. Damaged blocks are to be expected.
"""
