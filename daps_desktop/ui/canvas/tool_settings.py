"""The settings of whatever tool is in hand."""

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, Signal

from daps_desktop.ui.models.document_model import DocumentModel

MIN_DIAMETER, MAX_DIAMETER = 1.0, 1000.0  # diameter of the brush in pixels of the photo
TOLERANCES = (0, 128)  # grey levels by which a colour may differ from the one clicked on
AMOUNTS = (1, 50)  # pixels by which marks grow or shrink at once
_STEP = 1.25


class ToolSettings(QObject):
    """Mark or erase, the size of the brush, the tolerance of the wand, and what else a tool is set to."""

    changed = Signal()

    def __init__(self, model: DocumentModel, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._model = model
        self.diameter = 24.0
        self.erasing = False
        self.tolerance = 24
        self.amount = 4
        self.pen_pressure = True
        self.healing = False  # a stroke of the brush is repaired as soon as it ends
        self.found: NDArray[np.uint16] | None = None  # (H, W): over 0 where a loose stroke takes hold
        model.photo_opened.connect(self._fit_to_photo)

    def set_diameter(self, diameter: float) -> None:
        self.diameter = min(max(diameter, MIN_DIAMETER), MAX_DIAMETER)
        self.changed.emit()

    def grow(self) -> None:
        self.set_diameter(max(self.diameter * _STEP, self.diameter + 1))

    def shrink(self) -> None:
        self.set_diameter(min(self.diameter / _STEP, self.diameter - 1))

    def set_erasing(self, erasing: bool) -> None:
        self.erasing = erasing
        self.changed.emit()

    def set_tolerance(self, tolerance: int) -> None:
        self.tolerance = min(max(tolerance, TOLERANCES[0]), TOLERANCES[1])
        self.changed.emit()

    def set_amount(self, amount: int) -> None:
        self.amount = min(max(amount, AMOUNTS[0]), AMOUNTS[1])
        self.changed.emit()

    def set_pen_pressure(self, used: bool) -> None:
        self.pen_pressure = used
        self.changed.emit()

    def set_healing(self, healing: bool) -> None:
        self.healing = healing
        self.changed.emit()

    def _fit_to_photo(self) -> None:
        document = self._model.document
        if document is not None:
            self.set_diameter(max(round(max(document.mask.shape) / 60), 8))
