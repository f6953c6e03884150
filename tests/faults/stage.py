"""The real window, worked by a scene.

    python -m tests.faults.stage MODULE:SCENE ENGINE PHOTO [WORD...]

A scene is a generator in this process: it moves the real mouse, presses what is to be pressed, and yields
whenever time is to pass: a number of seconds, or a question that is asked until it is answered with yes.
All that happens is told on stdout, a line each: `WHAT MONOTONIC VALUE`.
"""

import sys
import time
from collections.abc import Callable, Generator
from dataclasses import replace
from importlib import import_module
from pathlib import Path

from PySide6.QtCore import QPointF, Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QMessageBox

from daps_desktop.app import run_window
from daps_desktop.base.errors import UserError
from daps_desktop.imaging.mask import Mask
from daps_desktop.jobs.messages import Failed
from daps_desktop.ui.common.banner import Banner
from daps_desktop.ui.shell.main_window import MainWindow
from tests.faults import engine

TICK_MS = 15
SETTLE_S = 0.35  # until then the docks find their places; a stroke begins with the next
PATIENCE_S = 180.0
BRUSH = 5.0
LEFT, NO_KEY = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier

Until = float | Callable[[], bool]
Scene = Generator[Until, None, None]


def tell(what: str, value: object = 0) -> None:
    print(what, time.monotonic(), value, flush=True)


class Stage:
    """The window and a hand to work it with."""

    def __init__(self, window: MainWindow) -> None:
        self.window = window
        self.errors: list[str] = []  # codes of what was said in a banner
        window.model.version_added.connect(lambda version: tell("version", version.number))
        window.projects.saved.connect(lambda path: tell("saved", path))
        window.exporting.exported.connect(lambda path: tell("exported", path))
        window.job.failed.connect(self._hear_failure)
        for banner in (window.panel.run_box.banner, window.welcome.banner):
            self.listen(banner)

    def listen(self, banner: Banner) -> None:
        banner.shown.connect(self._hear)
        if banner.error is not None and not banner.isHidden():
            self._hear(banner.error)

    def _hear(self, error: UserError) -> None:
        self.errors.append(error.code)
        tell("error", f"{error.code}: {error}")

    def _hear_failure(self, failed: Failed) -> None:
        tell("failed", failed.code)

    # the hand

    @property
    def hole(self) -> Mask:
        document = self.window.model.document
        assert document is not None
        return document.mask

    def stroke(self, row: int) -> Scene:
        """Along a row, from a fifth to four fifths of the width: down, across, across, up."""
        canvas, (_, width) = self.window.canvas, self.hole.shape
        view = canvas.view
        assert view is not None
        self.window.tools.settings.set_diameter(BRUSH)
        places = [view.to_widget(QPointF(width * (0.2 + 0.2 * k), row + 0.5)).toPoint() for k in (0, 1, 2, 3)]
        QTest.mousePress(canvas, LEFT, NO_KEY, places[0])
        for place in places[1:]:
            yield 0
            QTest.mouseMove(canvas, place)
        QTest.mouseRelease(canvas, LEFT, NO_KEY, places[3])
        tell("stroke", row)
        yield 0

    def dot(self, row: int, col: int) -> None:
        """One click of the brush."""
        view = self.window.canvas.view
        assert view is not None
        at = view.to_widget(QPointF(col + 0.5, row + 0.5)).toPoint()
        QTest.mouseClick(self.window.canvas, LEFT, NO_KEY, at)

    def draft(self) -> None:
        """The quickest quality, for engines that really compute."""
        model = self.window.model
        assert model.document is not None
        model.set_settings(replace(model.document.settings, preset="draft"))

    def strokes(self, rows: range) -> Scene:
        for row in rows:
            yield from self.stroke(row)

    def trigger(self, name: str) -> None:
        self.window.actions_[name].trigger()

    def run(self) -> Scene:
        """A restoration, to its end, whichever that is."""
        self.trigger("restore")
        yield lambda: not self.window.job.running

    def save(self, path: Path) -> Scene:
        """To a file of that name, until it is saved or that was refused."""
        told = len(self.errors)
        saved: list[Path] = []
        connection = self.window.projects.saved.connect(saved.append)
        self.window.projects.save_to(path, embed=True)
        yield lambda: bool(saved) or len(self.errors) > told
        self.window.projects.disconnect(connection)

    def export(self, path: Path, policy: str = "overwrite") -> Scene:
        """By the dialog, until it is written or that was refused; then the dialog is closed."""
        self.trigger("export")
        dialog = self.window.exporting.dialog
        assert dialog is not None
        self.listen(dialog.banner)
        dialog.name.setText(str(path))
        dialog.policy.setCurrentIndex(dialog.policy.findData(policy))
        told = len(self.errors)
        dialog.button.click()
        yield lambda: self.window.exporting.dialog is None or len(self.errors) > told
        if self.window.exporting.dialog is not None:
            dialog.reject()

    def press(self, words: str) -> Scene:
        """A button of the question that is asked, once it is."""
        yield lambda: self._button(words) is not None
        button = self._button(words)
        assert button is not None
        tell("asked", words)
        button.click()

    def _button(self, words: str) -> QAbstractButton | None:
        boxes = [box for box in self.window.findChildren(QMessageBox) if box.isVisible()]
        return next((b for box in boxes for b in box.buttons() if b.text() == words), None)


class Director:
    """Waits for the window and its photo, then goes through the scene, a step at a time."""

    def __init__(self, begin: Callable[[Stage], Scene]) -> None:
        self._begin = begin
        self._scene: Scene | None = None
        self._until: Until = 0.0
        self._since = 0.0
        self._timer = QTimer()
        self._timer.timeout.connect(self._tick)
        QTimer.singleShot(0, lambda: self._timer.start(TICK_MS))

    def _tick(self) -> None:
        if self._scene is None:
            self._enter()
        elif self._over():
            try:
                self._until, self._since = next(self._scene), time.monotonic()
            except StopIteration:
                self._timer.stop()
                tell("done")
                _leave()
        elif time.monotonic() - self._since > PATIENCE_S:
            self._timer.stop()
            tell("stuck")
            _leave()

    def _enter(self) -> None:
        windows = [w for w in QApplication.topLevelWidgets() if isinstance(w, MainWindow) and w.isVisible()]
        if windows and windows[0].model.document is not None:
            self._scene = self._begin(Stage(windows[0]))
            self._until, self._since = SETTLE_S, time.monotonic()

    def _over(self) -> bool:
        if callable(self._until):
            return self._until()
        return time.monotonic() - self._since >= self._until


def _leave() -> None:
    """Close the window as if everything was saved."""
    for window in QApplication.topLevelWidgets():
        if isinstance(window, MainWindow):
            window.job.discard()
            window.model.mark_saved()
            window.close()


def main() -> int:
    where, load, photo, *words = sys.argv[1:]
    module, name = where.split(":")
    scene = getattr(import_module(module), name)
    director = Director(lambda stage: scene(stage, *words))
    assert director is not None
    return run_window(Path(photo), getattr(engine, load))


if __name__ == "__main__":
    sys.exit(main())
