"""From photo to result: diagnosis, proposals, the run, errors with their fixes.

May import: `ui.files`, `ui.results` and below.
"""
