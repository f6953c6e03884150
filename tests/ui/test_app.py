"""The window with the real host, process and event loop, and a toy engine in place of the solver."""

from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication

from daps_desktop.app import run_window
from daps_desktop.core.photo_reader import read_photo
from daps_desktop.core.user_folder import DATA_VARIABLE
from daps_desktop.ui.main_window import MainWindow
from tests.fakes.engines import grey_fill

TICK_MS = 20


def test_a_photo_goes_through_the_whole_window(
    qapp: QApplication, photo_path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(DATA_VARIABLE, str(tmp_path / "data"))
    target = photo_path.with_name("done.png")
    seen: list[str] = []

    def act() -> None:
        """One move each tick, as far as the window has come."""
        windows = [w for w in qapp.topLevelWidgets() if isinstance(w, MainWindow) and w.isVisible()]
        window = windows[0] if windows else None
        if window is None or window.model.document is None:
            return
        if not seen:
            window.model.set_hole(np.indices((300, 400))[0] < 30, "top")
            window.restore()
            seen.append("started")
        elif window.model.shown is not None and "saving" not in seen:
            seen.append("saving")
            window.exporting.exported.connect(lambda _: window.close())
            window.exporting.ask()
            assert window.exporting.dialog is not None
            window.exporting.dialog.name.setText(str(target))
            window.exporting.dialog.button.click()

    timer = QTimer()
    timer.timeout.connect(act)
    timer.start(TICK_MS)
    assert run_window(photo_path, grey_fill) == 0
    timer.stop()
    pixels = read_photo(target).pixels
    assert (pixels[:30] == 128).all()
    np.testing.assert_array_equal(pixels[30:], read_photo(photo_path).pixels[30:])
