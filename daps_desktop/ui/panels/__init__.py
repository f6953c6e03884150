"""The panel at the side: what is wrong, where, how, and the button that does it.

May import: `ui.canvas` and below.
"""
