"""The document, the job and the estimate with signals; undo commands.

May import: `ui.common`, `document`, `jobs`.
"""
