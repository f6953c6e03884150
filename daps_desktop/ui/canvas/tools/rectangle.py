"""The rectangle: from the corner where the button goes down to the one where it comes up."""

from PySide6.QtCore import QObject, QPointF, QRectF
from PySide6.QtGui import QPainter, QPolygonF

from daps_desktop.base.i18n import N_, tr
from daps_desktop.imaging.selection import rectangle
from daps_desktop.ui.canvas.drawing.view_transform import ViewTransform
from daps_desktop.ui.canvas.tool_settings import ToolSettings
from daps_desktop.ui.canvas.tools.outline import draw_outline
from daps_desktop.ui.canvas.tools.tool import PointerEvent, Tool
from daps_desktop.ui.models.document_model import DocumentModel

UNDO_RECTANGLE = N_("rectangle")


class Rectangle(Tool):
    """Marks every pixel that the rectangle touches; a click without a drag marks nothing."""

    def __init__(self, settings: ToolSettings, model: DocumentModel, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._settings = settings
        self._model = model
        self._start: PointerEvent | None = None
        self._end = QPointF()

    @property
    def is_drawing(self) -> bool:
        return self._start is not None

    @property
    def bounding_rect(self) -> QRectF:
        return QRectF(self._start.at, self._end).normalized() if self._start else QRectF()

    def press(self, event: PointerEvent) -> None:
        self._start, self._end = event, event.at

    def move(self, event: PointerEvent) -> None:
        self._end = event.at
        self.changed.emit()

    def release(self, event: PointerEvent) -> None:
        start, self._start = self._start, None
        document = self._model.document
        if start is None or document is None or start.at == event.at:
            return
        region = rectangle(start.point, event.point, *document.mask.shape)
        self._model.mark(region, not (start.erase or self._settings.erasing), tr(UNDO_RECTANGLE))
        self.changed.emit()

    def cancel(self) -> None:
        self._start = None
        self.changed.emit()

    def paint(self, painter: QPainter, view: ViewTransform) -> None:
        if self._start is not None:
            draw_outline(painter, view, QPolygonF(self.bounding_rect).toList()[:4], closed=True)
