"""Opening, saving, exporting, projects, recipes; autosave and recovery after a crash.

May import: `ui.panels` and below.
"""
