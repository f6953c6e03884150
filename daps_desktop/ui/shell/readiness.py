"""Two lines for a program that started this one and waits: the window is painted, the engine answers."""

import os
import sys

from PySide6.QtCore import QEvent, QObject, QTimer
from PySide6.QtWidgets import QWidget

from daps_desktop.ui.models.estimate_model import EstimateModel

VARIABLE = "DAPS_DESKTOP_READY"  # set to anything: the lines are wanted
WINDOW, ENGINE = "ready window", "ready engine"


def print_readiness(window: QWidget, forecast: EstimateModel) -> None:
    """Print each line to stdout as it becomes true, where the environment asks for it."""
    if os.environ.get(VARIABLE) and sys.stdout is not None:  # a window on Windows has none
        window.installEventFilter(_FirstPaint(window))
        forecast.hardware_known.connect(lambda _: _print_once(window, ENGINE))


class _FirstPaint(QObject):
    def eventFilter(self, window: QObject, event: QEvent) -> bool:
        if event.type() is QEvent.Type.Paint:
            QTimer.singleShot(0, window, lambda: _print_once(window, WINDOW))
            window.removeEventFilter(self)
        return False


def _print_once(window: QObject, line: str) -> None:
    if not window.property(line):
        window.setProperty(line, True)
        print(line, flush=True)
