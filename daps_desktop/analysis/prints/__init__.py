"""Several prints in one scan: what is lid or album page, where prints lie on it, how wide their borders are.

May import: `base`, `imaging`, `analysis.picture_area`.
"""
