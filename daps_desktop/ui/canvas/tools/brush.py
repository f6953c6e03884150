"""Brush and eraser: they turn points on the photo into strokes of the document."""

from PySide6.QtCore import QObject

from daps_desktop.base.i18n import tr
from daps_desktop.ui.canvas.tool_settings import ToolSettings
from daps_desktop.ui.canvas.tools.tool import PointerEvent, Tool
from daps_desktop.ui.common import labels
from daps_desktop.ui.models.document_model import DocumentModel
from daps_desktop.ui.models.marks_model import Point

_LIGHTEST = 0.1  # share of its size that the brush keeps under the lightest touch of a pen


class Brush(Tool):
    """Marks or erases along the mouse; a pen that presses less draws thinner.

    While damage was found and is looked over, a stroke takes of it what lies inside, however unsure; one over
    nothing that was found takes all. While healing, what it marks is repaired at once and leaves no mark.
    """

    def __init__(self, settings: ToolSettings, model: DocumentModel, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._settings = settings
        self._model = model
        self._value = True  # what the stroke under way sets
        self._whole = False
        self._last: Point | None = None
        model.photo_opened.connect(self._forget)

    @property
    def ring(self) -> float | None:
        return self._settings.diameter

    @property
    def is_drawing(self) -> bool:
        return self._model.stroking

    def press(self, event: PointerEvent) -> None:
        self._value = not (event.erase or self._settings.erasing)
        self._whole = event.whole
        self._model.begin_stroke()
        here = _centre(event)
        self._draw(self._last if event.straight and self._last else here, here, event.pressure)

    def move(self, event: PointerEvent) -> None:
        if self._model.stroking and self._last is not None:
            self._draw(self._last, _centre(event), event.pressure)

    def release(self, event: PointerEvent) -> None:
        found = self._settings.found if self._value and not self._whole else None
        if self._settings.healing and self._value:
            self._model.take_stroke(found)
            return
        name = tr(labels.UNDO_BRUSH) if self._value else tr(labels.UNDO_ERASE)
        self._model.end_stroke(name, found)

    def cancel(self) -> None:
        if self._model.stroking:
            self._model.cancel_stroke()
            self._last = None

    def _draw(self, start: Point, end: Point, pressure: float) -> None:
        self._last = end
        radius = self._settings.diameter / 2 * max(pressure, _LIGHTEST)
        self._model.draw(start, end, radius, self._value)

    def _forget(self) -> None:
        self._last = None


def _centre(event: PointerEvent) -> Point:
    """(row, col) in coordinates where the first pixel's centre is (0, 0)."""
    row, col = event.point
    return row - 0.5, col - 0.5
