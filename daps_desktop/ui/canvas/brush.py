"""The brush and the eraser: they turn points on the photo into strokes of the document."""

from PySide6.QtCore import QObject, QPointF, Signal

from daps_desktop.ui import text
from daps_desktop.ui.document_model import DocumentModel, Point

SMALLEST, LARGEST = 1.0, 1000.0  # diameter in pixels of the photo
_STEP = 1.25


class Brush(QObject):
    """What is in hand: its size, and whether it marks or erases."""

    changed = Signal()

    def __init__(self, model: DocumentModel, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._model = model
        self._diameter = 24.0
        self._erasing = False
        self._value = True  # what the stroke under way sets
        self._last: Point | None = None
        model.photo_opened.connect(self._fit_to_photo)

    @property
    def diameter(self) -> float:
        return self._diameter

    @property
    def erasing(self) -> bool:
        return self._erasing

    def set_diameter(self, diameter: float) -> None:
        self._diameter = min(max(diameter, SMALLEST), LARGEST)
        self.changed.emit()

    def grow(self) -> None:
        self.set_diameter(max(self._diameter * _STEP, self._diameter + 1))

    def shrink(self) -> None:
        self.set_diameter(min(self._diameter / _STEP, self._diameter - 1))

    def set_erasing(self, erasing: bool) -> None:
        self._erasing = erasing
        self.changed.emit()

    def press(self, at: QPointF, erase: bool, straight: bool) -> None:
        """Begin a stroke; `straight` draws from the end of the last one, `erase` takes away this once."""
        self._value = not (erase or self._erasing)
        self._model.begin_stroke()
        here = _point(at)
        self._draw(self._last if straight and self._last else here, here)

    def move(self, at: QPointF) -> None:
        if self._model.stroking and self._last is not None:
            self._draw(self._last, _point(at))

    def release(self) -> None:
        self._model.end_stroke(text.UNDO_BRUSH if self._value else text.UNDO_ERASE)

    def _draw(self, start: Point, end: Point) -> None:
        self._last = end
        self._model.draw(start, end, self._diameter / 2, self._value)

    def _fit_to_photo(self) -> None:
        self._last = None
        document = self._model.document
        if document is not None:
            self.set_diameter(max(round(max(document.hole.shape) / 60), 8))


def _point(at: QPointF) -> Point:
    """(row, col) of pixel centres from (x, y) with the corner of the first pixel at (0, 0)."""
    return at.y() - 0.5, at.x() - 0.5
