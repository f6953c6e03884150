"""Restore old photographs on your own computer, and see how well the result agrees with the photo."""

import os

__version__ = "0.2.0"

# Qt's types in Python are all made when they are imported, and not each when it is first touched: a helper
# thread that touches one while the window meets it brings the process down (PySide 6.11), and pyqtgraph,
# which is loaded on such a thread, touches every one.
os.environ.setdefault("PYSIDE6_OPTION_LAZY", "0")
