"""2 Where? The brush size, and how much of the photo is marked."""

import math

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QPushButton, QSlider, QWidget

from daps_desktop.core.document import Document
from daps_desktop.core.task import Scratches
from daps_desktop.ui import text
from daps_desktop.ui.actions import tip
from daps_desktop.ui.canvas.brush import LARGEST, SMALLEST, Brush
from daps_desktop.ui.document_model import DocumentModel
from daps_desktop.ui.panels.parts import Section, label, row
from daps_desktop.ui.theme import GRID, HIT

_STOPS = 200  # of the slider, which is logarithmic
_RATIO = math.log(LARGEST / SMALLEST)


class WhereSection(Section):
    """Shows the brush and the share that is marked; both are owned elsewhere."""

    def __init__(self, brush: Brush, model: DocumentModel) -> None:
        self._brush = brush
        self._model = model
        self.slider = QSlider(Qt.Orientation.Horizontal)
        self.slider.setRange(0, _STOPS)
        self.slider.setMinimumHeight(HIT)
        self.slider.setAccessibleName(text.BRUSH_SIZE)
        self.slider.setToolTip(tip(text.BRUSH_SIZE, "[ ]"))
        self._size = QLabel()
        self._size.setMinimumWidth(7 * GRID)
        self._size.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.share = label(text.NOTHING_MARKED, "caption")
        self.clear = QPushButton(text.CLEAR_MARKS)
        self.clear.setObjectName("segment")
        self.clear.setToolTip(tip("Clear marks", "Delete"))
        size = QWidget()
        size.setLayout(row(QLabel(text.BRUSH_SIZE), self.slider, self._size))
        marked = QWidget()
        layout = row(self.share, self.clear)
        layout.setStretch(0, 1)
        marked.setLayout(layout)
        super().__init__(text.STEP_WHERE, size, marked)
        self.slider.valueChanged.connect(self._pick_size)
        brush.changed.connect(self._show_brush)
        model.hole_edited.connect(self._show_share)
        model.task_changed.connect(self._show_share)
        self.clear.clicked.connect(model.clear_hole)
        self._show_brush()

    def _pick_size(self, stop: int) -> None:
        self._brush.set_diameter(SMALLEST * math.exp(_RATIO * stop / _STOPS))

    def _show_brush(self) -> None:
        self.slider.blockSignals(True)
        self.slider.setValue(round(_STOPS * math.log(self._brush.diameter / SMALLEST) / _RATIO))
        self.slider.blockSignals(False)
        self._size.setText(f"{self._brush.diameter:.0f}{text.UNIT_PIXELS}")

    def _show_share(self) -> None:
        document = self._model.document
        share = document.marked_share if document else 0.0
        self.clear.setEnabled(share > 0)
        self.share.setText(_share_text(document, share))


def _share_text(document: Document | None, share: float) -> str:
    whole = document is not None and bool(document.task.damages) and not document.task.has(Scratches)
    if share > 0:
        return text.MARKS_UNUSED if whole else text.share_line(share)
    if whole:
        return text.WHERE_WHOLE
    return text.NOTHING_MARKED
