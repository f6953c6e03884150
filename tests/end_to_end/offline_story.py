"""Open a photo, mark, restore with the real engine, save and close: run by test_offline in a process."""

import os
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication

from daps_desktop.app import run_window
from daps_desktop.ui.shell.main_window import MainWindow

_TICK_MS, _MOST_TICKS = 100, 900
_GAVE_UP = 3


class Story:
    """Does the next thing as soon as the one before is done."""

    def __init__(self, target: Path) -> None:
        self.target = target
        self.ticks = 0
        self.next = self.mark
        self.timer = QTimer()
        self.timer.timeout.connect(self.tick)
        self.timer.start(_TICK_MS)

    @property
    def window(self) -> MainWindow:
        return next(w for w in QApplication.topLevelWidgets() if isinstance(w, MainWindow))

    def tick(self) -> None:
        self.ticks += 1
        if self.ticks > _MOST_TICKS:
            banner = self.window.panel.run_box.banner.sentence.text()
            sys.stderr.write(f"gave up waiting to {self.next.__name__}: {banner}\n")
            os._exit(_GAVE_UP)
        self.next()

    def mark(self) -> None:
        model = self.window.model
        if model.document is None:
            return
        mask = np.zeros_like(model.document.mask)
        mask[40:44, 20:70] = True
        model.set_mask(mask, "scratch")
        model.set_settings(replace(model.document.settings, preset="draft"))
        self.window.restore()
        self.next = self.save

    def save(self) -> None:
        window = self.window
        if window.model.shown is None:
            return
        window.actions_["export"].trigger()
        dialog = window.exporting.dialog
        assert dialog is not None
        dialog.name.setText(str(self.target))
        dialog.button.click()
        self.next = self.close

    def close(self) -> None:
        if self.target.exists():
            self.timer.stop()
            self.window.model.mark_saved()
            self.window.close()


if __name__ == "__main__":
    photo, target = (Path(argument) for argument in sys.argv[1:])
    application = QApplication([])  # before the timer of the story
    story = Story(target)
    sys.exit(run_window(photo))
