"""Collects Python's garbage on the window's thread alone.

Python collects cycles on whichever thread happens to allocate. A dialog that ended up in a cycle would be
destroyed on the thread that writes the journal or talks to the engine, and Qt allows that on its own only.
"""

import gc

from PySide6.QtCore import QObject, QTimer

_EVERY_MS = 1000
_OLDEST = 2


class GarbageCollector(QObject):
    """Takes over from the automatic collection for the life of the process, at the same thresholds."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        gc.disable()
        # All that is there once the loop runs, the window included, stays; to look through it takes 70 ms.
        QTimer.singleShot(0, self, lambda: gc.freeze())
        self._timer = QTimer(self, interval=_EVERY_MS)
        self._timer.timeout.connect(collect_due)
        self._timer.start()


def collect_due() -> None:
    """Collect the oldest generation that is full, and with it the younger ones; else nothing."""
    for generation in range(_OLDEST, -1, -1):
        if gc.get_count()[generation] > gc.get_threshold()[generation]:
            gc.collect(generation)
            return
