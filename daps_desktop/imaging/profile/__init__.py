"""What a photo says of itself, as frozen values: they travel in requests and are kept in projects.

May import: `base`, the modules of `imaging` below it, NumPy. `analysis` measures them.
"""
