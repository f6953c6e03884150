"""The lasso: whatever is inside the line drawn, which closes automatically."""

from PySide6.QtCore import QObject, QPointF, QRectF
from PySide6.QtGui import QPainter, QPolygonF

from daps_desktop.base.i18n import N_, tr
from daps_desktop.imaging.selection import polygon
from daps_desktop.ui.canvas.drawing.view_transform import ViewTransform
from daps_desktop.ui.canvas.tool_settings import ToolSettings
from daps_desktop.ui.canvas.tools.outline import draw_outline
from daps_desktop.ui.canvas.tools.tool import PointerEvent, Tool
from daps_desktop.ui.models.document_model import DocumentModel

UNDO_LASSO = N_("lasso")


class Lasso(Tool):
    """Collects points for as long as the button is down."""

    def __init__(self, settings: ToolSettings, model: DocumentModel, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._settings = settings
        self._model = model
        self._start: PointerEvent | None = None
        self._line: list[QPointF] = []

    @property
    def is_drawing(self) -> bool:
        return self._start is not None

    @property
    def bounding_rect(self) -> QRectF:
        return QPolygonF(self._line).boundingRect()

    def press(self, event: PointerEvent) -> None:
        self._start, self._line = event, [event.at]

    def move(self, event: PointerEvent) -> None:
        self._line.append(event.at)
        self.changed.emit()

    def release(self, event: PointerEvent) -> None:
        start, document = self._start, self._model.document
        line = [(point.y(), point.x()) for point in self._line]
        self.cancel()
        if start is not None and document is not None:
            value = not (start.erase or self._settings.erasing)
            self._model.mark(polygon(line, *document.mask.shape), value, tr(UNDO_LASSO))

    def cancel(self) -> None:
        self._start, self._line = None, []
        self.changed.emit()

    def paint(self, painter: QPainter, view: ViewTransform) -> None:
        if self._start is not None:
            draw_outline(painter, view, self._line, closed=True)
