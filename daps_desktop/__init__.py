"""Restore old photographs on your own computer, and see how well the result agrees with the photo."""

__version__ = "0.1.0"
