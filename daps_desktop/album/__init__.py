"""Several photos with one recipe: which they are, what became of each, how work goes on after a break.

May import: `document`, `analysis`, `jobs`, `imaging`, `base`.
"""
