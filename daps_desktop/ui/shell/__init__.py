"""The main window: application, menus, shortcuts, welcome page, status line.

May import: every other room of the window; none imports it.
"""
