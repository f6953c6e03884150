"""Dialogs of words that wrap: never lower than the lines need, which no layout sees to by itself."""

from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QDialog

_FRAME = 48  # pixels of the screen that the window's own frame may take
_CHANGES = (QEvent.Type.LayoutRequest, QEvent.Type.Resize, QEvent.Type.Show)


def tall_enough(dialog: QDialog) -> None:
    """Let the dialog grow as soon as its words take more lines, as far as the screen allows."""
    dialog.installEventFilter(_TallEnough(dialog))


class _TallEnough(QObject):
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in _CHANGES and isinstance(watched, QDialog):
            layout = watched.layout()
            needed = layout.totalHeightForWidth(watched.width()) if layout else 0
            room = watched.screen().availableSize().height() - _FRAME
            watched.setMinimumHeight(max(min(needed, room), 0))
        return False
