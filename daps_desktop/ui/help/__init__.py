"""The user guide in a window of its own, opened at the chapter of the part in use.

May import: `ui.workflow` and below. A widget names its chapter itself (`help_chapter`).
"""
