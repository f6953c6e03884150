"""The one face that a prior shows the solver, and wrappers of it: counting, tiles, bias correction.

May import: `solver.operators`, torch.
"""
