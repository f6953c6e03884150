"""Versions and how they are compared: filmstrip, comparison bar, compositor.

May import: `ui.panels` and below.
"""
