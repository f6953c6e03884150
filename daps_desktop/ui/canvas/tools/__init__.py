"""What can be in hand over the photo, one tool a file. A new one is a class here and a line in `toolbox.py`.

Why objects: the canvas passes press, move, release and keys to whatever is in hand and knows no tool by name.
A tool sees the photo and never the screen: its points are those of the photo, so zooming and moving the photo
in the middle of a shape needs no care.

May import: `ui.canvas.drawing`, `ui.models`, `ui.common`.
"""
