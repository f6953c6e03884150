"""What the canvas paints: pyramids of tiles, masks, comparisons, heat maps, the screen's colours.

May import: `ui.models`, `ui.common`.
"""
