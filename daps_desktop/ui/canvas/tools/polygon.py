"""The polygon: each click adds a corner; a double click or Enter closes it."""

from PySide6.QtCore import QObject, QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPolygonF

from daps_desktop.base.i18n import N_, tr
from daps_desktop.imaging.selection import polygon
from daps_desktop.ui.canvas.drawing.view_transform import ViewTransform
from daps_desktop.ui.canvas.tool_settings import ToolSettings
from daps_desktop.ui.canvas.tools.outline import draw_corners, draw_outline
from daps_desktop.ui.canvas.tools.tool import PointerEvent, Tool
from daps_desktop.ui.models.document_model import DocumentModel

UNDO_POLYGON = N_("polygon")
_CLOSING_KEYS = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


class Polygon(Tool):
    """Backspace takes the last corner back. The first click says whether the polygon marks or erases."""

    def __init__(self, settings: ToolSettings, model: DocumentModel, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._settings = settings
        self._model = model
        self._value = True
        self._corners: list[QPointF] = []
        self._mouse = QPointF()  # where the next corner would be

    @property
    def is_drawing(self) -> bool:
        return bool(self._corners)

    @property
    def bounding_rect(self) -> QRectF:
        return QPolygonF([*self._corners, self._mouse]).boundingRect() if self._corners else QRectF()

    def press(self, event: PointerEvent) -> None:
        if not self._corners:
            self._value = not (event.erase or self._settings.erasing)
        self._corners.append(event.at)
        self._mouse = event.at
        self.changed.emit()

    def move(self, event: PointerEvent) -> None:
        """The corner follows the mouse until the button comes up."""
        if self._corners:
            self._corners[-1] = self._mouse = event.at
            self.changed.emit()

    def hover(self, event: PointerEvent) -> None:
        if self._corners:
            self._mouse = event.at
            self.changed.emit()

    def double_click(self, event: PointerEvent) -> None:
        """Its first click has set the last corner already."""
        self._close()

    def key(self, key: Qt.Key) -> bool:
        if not self._corners:
            return False
        if key in _CLOSING_KEYS:
            self._close()
        elif key == Qt.Key.Key_Backspace:
            self._corners.pop()
            self.changed.emit()
        else:
            return False
        return True

    def cancel(self) -> None:
        self._corners = []
        self.changed.emit()

    def paint(self, painter: QPainter, view: ViewTransform) -> None:
        if self._corners:
            draw_outline(painter, view, [*self._corners, self._mouse], closed=len(self._corners) > 1)
            draw_corners(painter, view, self._corners)

    def _close(self) -> None:
        document = self._model.document
        corners = [(point.y(), point.x()) for point in self._corners]
        self.cancel()
        if document is not None:
            self._model.mark(polygon(corners, *document.mask.shape), self._value, tr(UNDO_POLYGON))
