"""Where a trace of the damage is left: gone to one by one, and marked to be mended."""

from collections.abc import Sequence

import cv2
import numpy as np
from PySide6.QtCore import QObject, QPointF, QSize
from PySide6.QtGui import QPolygonF

from daps_desktop.base.i18n import N_, tr
from daps_desktop.imaging.mask import Mask
from daps_desktop.jobs.report import PlaceToMend
from daps_desktop.ui.canvas.canvas import Canvas
from daps_desktop.ui.canvas.drawing.compare_state import CompareMode, CompareState
from daps_desktop.ui.common.actions import Actions
from daps_desktop.ui.models.document_model import DocumentModel
from daps_desktop.ui.panels.run_box import RunBox

UNDO_MARKED = N_("mark where a trace is left")
_AWAY = 4  # pixels of the photo between a place and the line around it
_ROOM = 0.4  # of the canvas that a place may take
_LARGEST = 3.0  # widget pixels a pixel of the photo


class TraceReview(QObject):
    """Looks after the places to mend of the version that is shown."""

    def __init__(
        self, model: DocumentModel, canvas: Canvas, compare: CompareState, actions: Actions, box: RunBox,
        parent: QObject,
    ) -> None:  # fmt: skip
        super().__init__(parent)
        self._model, self._canvas, self._compare = model, canvas, compare
        self._actions, self._box = actions, box
        self._places: Sequence[PlaceToMend] = ()
        self._masks: list[Mask] = []  # theirs, as edits of the marks ask for them again and again
        self._next = 0
        actions.connect("show_place", self.show_next)
        actions.connect("mark_places", self.mark)
        box.show_place_pressed.connect(self.show_next)
        box.mark_places_pressed.connect(self.mark)
        model.version_shown.connect(self._take)
        model.mask_edited.connect(self._show)
        self._show()

    def show_next(self) -> None:
        """Go to the next of the places and draw a line around it, on the result."""
        if not self._places:
            return
        place = self._places[self._next]
        self._next = (self._next + 1) % len(self._places)
        rect = place.rect
        if self._compare.mode in (CompareMode.ORIGINAL, CompareMode.DIFFERENCE):
            self._compare.set_mode(CompareMode.RESULT)
        size: QSize = self._canvas.size()
        scale = _ROOM * min(
            size.width() / (rect.right - rect.left + 2 * _AWAY),
            size.height() / (rect.bottom - rect.top + 2 * _AWAY),
        )
        middle = QPointF((rect.left + rect.right) / 2, (rect.top + rect.bottom) / 2)
        self._canvas.zoom_to(min(scale, _LARGEST), middle)
        self._canvas.show_outlines(outlines(place))

    def mark(self) -> None:
        """Add all of the places to the marks, as one step of undo."""
        document = self._model.document
        if document is None or not self._unmarked:
            return
        marks = document.mask.copy()
        for place, where in zip(self._places, self._masks, strict=True):
            marks[place.rect.slices] |= where
        self._canvas.show_outlines(())
        self._model.set_mask(marks, tr(UNDO_MARKED))

    @property
    def _unmarked(self) -> bool:
        """Whether any of the places is not all among the marks."""
        document = self._model.document
        pairs = zip(self._places, self._masks, strict=True)
        return document is not None and any(
            np.any(where & ~document.mask[place.rect.slices]) for place, where in pairs
        )

    def _take(self) -> None:
        version = self._model.shown
        trace = version.report.trace if version is not None and version.report is not None else None
        self._places, self._next = trace.places if trace else (), 0
        self._masks = [place.mask for place in self._places]
        self._canvas.show_outlines(())
        self._show()

    def _show(self) -> None:
        unmarked = self._unmarked
        self._box.show_places(bool(self._places), unmarked)
        self._actions.enable(("show_place",), bool(self._places))
        self._actions.enable(("mark_places",), unmarked)


def outlines(place: PlaceToMend) -> list[QPolygonF]:
    """Closed lines around a place, in pixels of the photo."""
    wider = np.pad(place.mask.astype(np.uint8), _AWAY + 1)
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * _AWAY + 1, 2 * _AWAY + 1))
    lines, _ = cv2.findContours(cv2.dilate(wider, disc), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    at = QPointF(place.rect.left - _AWAY - 0.5, place.rect.top - _AWAY - 0.5)
    return [QPolygonF([QPointF(x, y) + at for x, y in line[:, 0].tolist()]) for line in lines]
