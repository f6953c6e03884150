"""The window of an album: its table, its model, what its buttons do.

May import: `ui.workflow` and below.
"""
