"""How well a result agrees with the photo: verdict, residual plot, map.

May import: `ui.files`, `ui.results` and below.
"""
