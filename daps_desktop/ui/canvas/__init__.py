"""The photo on the screen and what the pointer does on it.

May import: `ui.models`, `ui.common`.
"""
