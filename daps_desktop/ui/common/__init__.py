"""Actions, theme, widgets, words: what every room of the window uses.

May import: nothing of the window.
"""
