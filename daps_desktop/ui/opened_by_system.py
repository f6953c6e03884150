"""A file that the system hands to the running program: macOS tells it so, and never by an argument."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QEvent, QObject
from PySide6.QtGui import QFileOpenEvent
from PySide6.QtWidgets import QApplication


class OpenedBySystem(QObject):
    """Calls `open_file` with a file that is double-clicked, or dropped on the program's icon."""

    def __init__(self, app: QApplication, open_file: Callable[[Path], None]) -> None:
        super().__init__(app)
        self._open = open_file
        app.installEventFilter(self)

    def eventFilter(self, _: QObject, event: QEvent) -> bool:
        if isinstance(event, QFileOpenEvent) and event.file():
            self._open(Path(event.file()))
            return True
        return False
