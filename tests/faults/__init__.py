"""Scripts that run the real program and hurt it.

`python -m tests.faults` kills it many times and prints a table; a handful of kills run with the tests.
"""
