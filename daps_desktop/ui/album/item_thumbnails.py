"""Small pictures in the album's table: of each photo in sight, and of its result."""

from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, QSize, Qt, QTimer
from PySide6.QtGui import QIcon, QImage, QPixmap
from PySide6.QtWidgets import QTableWidget, QTableWidgetItem

from daps_desktop.imaging.formats.reader import read_photo
from daps_desktop.ui.common.background import BackgroundRunner
from daps_desktop.ui.results.thumbnails import thumbnail

SIZE = QSize(72, 48)
_KEPT = 400  # pictures, the oldest go first
_PATIENCE_MS = 120  # while someone scrolls
PATH = Qt.ItemDataRole.UserRole  # of a cell: the file whose picture it shows


class ItemThumbnails(QObject):
    """Reads files only for lines in sight, one at a time; a file that cannot be read has no picture."""

    def __init__(self, table: QTableWidget) -> None:
        super().__init__(table)
        self._table = table
        self._background = BackgroundRunner(self)
        self._icons: dict[str, QIcon] = {}
        self._asked: set[str] = set()
        table.setIconSize(SIZE)
        self._timer = QTimer(self, singleShot=True, interval=_PATIENCE_MS)
        self._timer.timeout.connect(self._look)
        table.verticalScrollBar().valueChanged.connect(lambda _: self._timer.start())
        table.model().dataChanged.connect(lambda *_: self._timer.start())
        table.model().rowsInserted.connect(lambda *_: self._timer.start())

    def look(self) -> None:
        """The table came into sight, or another part of it."""
        self._timer.start()

    def forget(self, path: str) -> None:
        """The file is another one now."""
        self._icons.pop(path, None)
        self._asked.discard(path)
        self._timer.start()

    def close(self) -> None:
        self._background.close()

    def _look(self) -> None:
        table = self._table
        if not table.isVisible():
            return
        first, last = table.rowAt(0), table.rowAt(table.viewport().height() - 1)
        for line in range(max(first, 0), (last if last >= 0 else table.rowCount() - 1) + 1):
            for column in range(table.columnCount()):
                if (cell := table.item(line, column)) is not None and cell.data(PATH):
                    self._show(cell, cell.data(PATH))

    def _show(self, cell: QTableWidgetItem, path: str) -> None:
        if path in self._icons:
            if cell.icon().isNull():
                cell.setIcon(self._icons[path])
        elif path not in self._asked:
            self._asked.add(path)
            self._background.run(partial(_picture, path), partial(self._accept, path), lambda _error: None)

    def _accept(self, path: str, image: QImage) -> None:
        self._asked.discard(path)
        while len(self._icons) >= _KEPT:
            del self._icons[next(iter(self._icons))]
        self._icons[path] = QIcon(QPixmap.fromImage(image))
        self._timer.start()


def _picture(path: str) -> QImage:
    """Raises: UserError where the file cannot be read."""
    return thumbnail(read_photo(Path(path)), SIZE)
