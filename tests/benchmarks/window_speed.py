"""The whole window with the real engine: `python -m tests.benchmarks.window_speed [MEGAPIXELS]`.

How long a photo takes from the file to the screen, and how late the window's loop is while the engine
restores that photo and a hand paints on it. QT_QPA_PLATFORM chooses a real screen.
"""

import os
import sys
import tempfile
import time
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import numpy as np
from PySide6.QtCore import QEvent, QObject, QPointF, Qt, QTimer
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QApplication

from daps_desktop.app import run_window
from daps_desktop.imaging.formats.writer import write_photo
from daps_desktop.jobs.damage import Noise
from daps_desktop.jobs.task import Task
from daps_desktop.ui.shell.application import application
from daps_desktop.ui.shell.main_window import MainWindow
from tests.benchmarks.canvas_speed import picture

TICK_MS = 10
MOVE_EVERY = 3  # ticks between two movements of the hand
SECONDS = 30.0
LEFT, NO_KEY = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier


class Hand(QObject):
    """Opens the photo, restores it, paints meanwhile, and looks at the clock; figures in milliseconds."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self._path = path
        self.opening: list[float] = []
        self.late: list[float] = []
        self.strokes: list[float] = []
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._find_window)
        self._timer.start(TICK_MS)

    def _find_window(self) -> None:
        found = [w for w in QApplication.topLevelWidgets() if isinstance(w, MainWindow) and w.isVisible()]
        if not found:
            return
        self._timer.stop()
        self._window = found[0]
        self._window.forecast.hardware_known.connect(self._open)  # the engine is up, the program at rest

    def _open(self) -> None:
        self._window.forecast.hardware_known.disconnect(self._open)
        self._asked = time.perf_counter()
        self._window.canvas.installEventFilter(self)
        self._window.open(self._path)

    def eventFilter(self, canvas: QObject, event: QEvent) -> bool:
        if event.type() is QEvent.Type.Paint and self._window.model.document is not None:
            canvas.removeEventFilter(self)
            QTimer.singleShot(0, self._restore)
        return False

    def _restore(self) -> None:
        self.opening.append(_since(self._asked))
        self._window.model.set_task(Task((Noise(),)))
        self._window.job.progressed.connect(self._begin)
        self._window.restore()

    def _begin(self) -> None:
        self._window.job.progressed.disconnect(self._begin)
        self._middle = QPointF(self._window.canvas.rect().center())
        self._send(QEvent.Type.MouseButtonPress, self._middle)
        self._started = self._last = time.perf_counter()
        self._timer.timeout.disconnect()
        self._timer.timeout.connect(self._tick)
        self._timer.start()

    def _tick(self) -> None:
        self.late.append(max(0.0, _since(self._last) - TICK_MS))
        if len(self.late) % MOVE_EVERY == 0:
            turn = len(self.late) / 40
            began = time.perf_counter()
            self._send(
                QEvent.Type.MouseMove, self._middle + QPointF(200 * np.cos(turn), 200 * np.sin(2 * turn))
            )
            self._window.canvas.repaint()
            self.strokes.append(_since(began))
        if _since(self._started) > 1000 * SECONDS or not self._window.job.running:
            self._end()
        self._last = time.perf_counter()

    def _end(self) -> None:
        self._timer.stop()
        self._send(QEvent.Type.MouseButtonRelease, self._middle)
        self._window.job.stop()
        self._window.model.mark_saved()
        QTimer.singleShot(3000, self._window.close)

    def _send(self, kind: QEvent.Type, at: QPointF) -> None:
        canvas = self._window.canvas
        held = Qt.MouseButton.NoButton if kind is QEvent.Type.MouseButtonRelease else LEFT
        QApplication.sendEvent(canvas, QMouseEvent(kind, at, canvas.mapToGlobal(at), LEFT, held, NO_KEY))


def _since(moment: float) -> float:
    """Milliseconds."""
    return 1000 * (time.perf_counter() - moment)


def main(megapixels: float) -> int:
    with tempfile.TemporaryDirectory() as folder:
        os.environ["XDG_CONFIG_HOME"] = os.environ["XDG_DATA_HOME"] = folder
        path = Path(folder) / "photo.jpg"
        write_photo(picture(megapixels), path)
        application()
        hand = Hand(path)
        code = run_window(None)
    print(f"{megapixels:g} MP JPEG{'':14}{'median':>9}{'p95':>9}{'p99':>9}{'max':>9}  ms")
    rows = {"file to screen": hand.opening, "loop late by": hand.late, "stroke to screen": hand.strokes}
    for name, values in rows.items():
        figures = np.percentile(values, (50, 95, 99, 100))
        print(f"{name:22}" + "".join(f"{figure:9.1f}" for figure in figures))
    return code


if __name__ == "__main__":
    sys.exit(main(float(sys.argv[1]) if len(sys.argv) > 1 else 24.0))
