"""The dialog of priors: installed, imported, downloaded; works through the command line's own program.

May import: `ui.workflow` and below.
"""
