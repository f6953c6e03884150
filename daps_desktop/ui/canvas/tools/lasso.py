"""The lasso: whatever is inside the line drawn, which closes by itself."""

from PySide6.QtCore import QObject, QPointF, QRectF
from PySide6.QtGui import QPainter, QPolygonF

from daps_desktop.base.i18n import N_, tr
from daps_desktop.imaging.selection import polygon
from daps_desktop.ui.canvas.drawing.view_transform import ViewTransform
from daps_desktop.ui.canvas.tool_settings import ToolSettings
from daps_desktop.ui.canvas.tools.outline import draw_outline
from daps_desktop.ui.canvas.tools.tool import Tool, Touch
from daps_desktop.ui.models.document_model import DocumentModel

UNDO_LASSO = N_("lasso")


class Lasso(Tool):
    """Collects points for as long as the button is down."""

    def __init__(self, settings: ToolSettings, model: DocumentModel, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._settings = settings
        self._model = model
        self._start: Touch | None = None
        self._line: list[QPointF] = []

    @property
    def busy(self) -> bool:
        return self._start is not None

    @property
    def extent(self) -> QRectF:
        return QPolygonF(self._line).boundingRect()

    def press(self, touch: Touch) -> None:
        self._start, self._line = touch, [touch.at]

    def move(self, touch: Touch) -> None:
        self._line.append(touch.at)
        self.changed.emit()

    def release(self, touch: Touch) -> None:
        start, document = self._start, self._model.document
        line = [(point.y(), point.x()) for point in self._line]
        self.cancel()
        if start is not None and document is not None:
            value = not (start.erase or self._settings.erasing)
            self._model.mark(polygon(line, *document.hole.shape), value, tr(UNDO_LASSO))

    def cancel(self) -> None:
        self._start, self._line = None, []
        self.changed.emit()

    def paint(self, painter: QPainter, view: ViewTransform) -> None:
        if self._start is not None:
            draw_outline(painter, view, self._line, closed=True)
