"""From how likely each pixel is damage to pieces, each judged as a whole.

May import: `base`, `imaging`, `jobs`, `analysis.planes`.
"""
