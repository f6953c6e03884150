"""Photographs to learn from: found, decoded, cropped; and dead leaves, which need none.

May import: `base`, `imaging`, torch.
"""
