"""The frame of the photo, set by hand: what is chosen, how it is drawn, and how the document takes it.

May import: `ui.files`, `ui.canvas` and below.
"""
