"""From how likely each pixel is damage, or how dark in infrared, to pieces, each judged as a whole; what a
repair leaves of them.

May import: `base`, `imaging`, `jobs`, `analysis.planes`.
"""
