"""The window: twelve rooms, `shell` above, `common` below; each imports only those below it.

May import: `album`, `document`, `analysis`, `jobs`, `imaging`, `base`, PySide6; never torch or the engine.
"""
