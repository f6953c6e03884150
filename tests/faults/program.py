"""The real window, worked by a restless hand until somebody kills it.

    python -m tests.faults.program PHOTO PROJECT WHAT

Strokes are painted by mouse events. Each one that is done is told as a line `stroke MONOTONIC ROW`, each
version as `version MONOTONIC NUMBER`. WHAT is `paint`, `run` (a restoration goes on beside it) or `save`
(the project is saved again and again). The engine fills holes with grey, slowly.
"""

import sys
import time
from pathlib import Path

from PySide6.QtCore import QPointF, Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from daps_desktop.app import run_window
from daps_desktop.ui.main_window import MainWindow
from tests.faults.engine import slow_grey

TICK_MS = 15
BRUSH = 5.0
SETTLED_AFTER = 23  # moves: until then the docks find their places; a stroke begins with the next


class Hand:
    """One move each tick: a stroke along the next row, and whatever `what` asks for beside it."""

    def __init__(self, window: MainWindow, project: Path, what: str) -> None:
        self.window, self.project, self.what = window, project, what
        self.row, self.moves = 2, 0
        window.model.version_added.connect(lambda version: tell("version", version.number))
        window.projects.saved.connect(lambda _: tell("saved", 0))

    def move(self) -> None:
        if self.window.model.document is None:
            return
        self.moves += 1
        if self.moves <= SETTLED_AFTER:
            return
        self._stroke()
        if self.what == "run" and not self.window.job.running:
            self.window.actions_["restore"].trigger()
        if self.what == "save" and self.moves % 6 == 0:
            self._save()

    def _stroke(self) -> None:
        """In four ticks: down, across, across, up."""
        canvas, phase = self.window.canvas, self.moves % 4
        height, width = self.window.model.document.hole.shape
        view = canvas.view
        assert view is not None
        at = view.to_widget(QPointF(width * (0.2 + 0.2 * phase), self.row + 0.5)).toPoint()
        left, none = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
        if phase == 0:
            self.window.tools.settings.set_diameter(BRUSH)
            QTest.mousePress(canvas, left, none, at)
        elif phase < 3:
            QTest.mouseMove(canvas, at)
        else:
            QTest.mouseRelease(canvas, left, none, at)
            tell("stroke", self.row)
            self.row = (self.row + 7) % (height - 4)

    def _save(self) -> None:
        if self.window.projects.path is None:
            self.window.projects.save_to(self.project, embed=True)
        else:
            self.window.actions_["save_project"].trigger()


def tell(what: str, value: int) -> None:
    print(what, time.monotonic(), value, flush=True)


def main() -> int:
    photo, project, what = Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3]
    hands: list[Hand] = []

    def act() -> None:
        windows = [w for w in QApplication.topLevelWidgets() if isinstance(w, MainWindow) and w.isVisible()]
        if windows and not hands:
            hands.append(Hand(windows[0], project, what))
        for hand in hands:
            hand.move()

    timer = QTimer()
    timer.timeout.connect(act)
    QTimer.singleShot(0, lambda: timer.start(TICK_MS))
    return run_window(photo, slow_grey)


if __name__ == "__main__":
    sys.exit(main())
