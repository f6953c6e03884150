"""The methods, one a file, each a generator: to cancel is not to ask for the next step.

May import: all else of `solver`.
"""
