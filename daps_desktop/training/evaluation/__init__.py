"""A prior measured on photographs it never saw, through the program's own planner and solver.

May import: `restoration` and below.
"""
