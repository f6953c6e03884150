"""A window on a fake host, with a photo open, and a mouse that speaks in pixels of the photo."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, QSettings, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from daps_desktop.base.paths import DATA_VARIABLE
from daps_desktop.document.document import Document
from daps_desktop.imaging.formats.writer import write_photo
from daps_desktop.imaging.photo import Photo
from daps_desktop.ui.common.theme import Theme
from daps_desktop.ui.models.document_model import DocumentModel
from daps_desktop.ui.models.job_model import JobModel
from daps_desktop.ui.shell.main_window import MainWindow
from tests.fakes.hosts import FakeHost

LEFT, RIGHT = Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton
NO_KEY = Qt.KeyboardModifier.NoModifier


@pytest.fixture(autouse=True)
def own_preferences(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No test sees what another one, or the person at this computer, has chosen or left behind."""
    QSettings.setPath(QSettings.Format.IniFormat, QSettings.Scope.UserScope, str(tmp_path / "preferences"))
    monkeypatch.setenv(DATA_VARIABLE, str(tmp_path / "data"))


@dataclass
class Desk:
    """The window and the ends a test holds it by."""

    window: MainWindow
    host: FakeHost
    bot: QtBot

    @property
    def document(self) -> Document:
        assert self.window.model.document is not None
        return self.window.model.document

    @property
    def hole(self) -> np.ndarray:
        return self.document.mask

    def open(self, path: Path) -> None:
        with self.bot.waitSignal(self.window.files.opened, timeout=5000):
            self.window.open(path)

    def point(self, row: float, col: float) -> QPoint:
        """Where a pixel of the photo lies in the canvas."""
        view = self.window.canvas.view
        assert view is not None
        return view.to_widget(QPointF(col + 0.5, row + 0.5)).toPoint()

    def drag(
        self,
        start: tuple[int, int],
        end: tuple[int, int],
        button: Qt.MouseButton = LEFT,
        keys: Qt.KeyboardModifier = NO_KEY,
    ) -> None:
        canvas = self.window.canvas
        a, b = self.point(*start), self.point(*end)
        QTest.mousePress(canvas, button, keys, a)
        for i in range(1, 11):
            QTest.mouseMove(canvas, a + (b - a) * (i / 10))
        QTest.mouseRelease(canvas, button, keys, b)

    def click(self, at: tuple[int, int], keys: Qt.KeyboardModifier = NO_KEY) -> None:
        QTest.mouseClick(self.window.canvas, LEFT, keys, self.point(*at))

    def export(self, path: Path) -> None:
        """Write the version that is shown to `path`, by the dialog."""
        self.trigger("export")
        dialog = self.window.exporting.dialog
        assert dialog is not None
        dialog.name.setText(str(path))
        with self.bot.waitSignal(self.window.exporting.exported, timeout=5000):
            dialog.button.click()

    def trigger(self, name: str) -> None:
        self.window.actions_[name].trigger()


def wheel(
    widget: QWidget, notches: int, at: QPointF | None = None, keys: Qt.KeyboardModifier = NO_KEY
) -> None:
    """Turn the wheel over a point of the widget, or over its middle."""
    at = at or QPointF(widget.rect().center())
    event = QWheelEvent(
        at, widget.mapToGlobal(at), QPoint(), QPoint(0, 120 * notches), Qt.MouseButton.NoButton, keys,
        Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(widget, event)


@pytest.fixture(scope="session")
def theme(qapp: QApplication) -> Theme:
    return Theme(qapp)


@pytest.fixture
def desk(qtbot: QtBot, theme: Theme) -> Iterator[Desk]:
    host = FakeHost()
    job = JobModel(host.router)
    window = MainWindow(DocumentModel(), job, theme)
    qtbot.addWidget(window)
    window.resize(1200, 800)
    window.show()
    qtbot.waitExposed(window)
    yield Desk(window, host, qtbot)
    window.model.mark_saved()
    window.job.discard()
    window.close()


@pytest.fixture
def photo_path(tmp_path: Path) -> Path:
    """A colour photo of 300 x 400 in which no two neighbours are alike."""
    rows, cols = np.mgrid[:300, :400]
    pixels = np.stack([rows % 256, cols % 256, (rows * 7 + cols * 3) % 256], axis=-1).astype(np.uint8)
    path = tmp_path / "family.png"
    write_photo(Photo(pixels), path)
    return path


@pytest.fixture
def opened(desk: Desk, photo_path: Path) -> Desk:
    desk.open(photo_path)
    desk.window.tools.settings.set_diameter(9)
    return desk
