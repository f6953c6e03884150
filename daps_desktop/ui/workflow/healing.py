"""Heal as you paint, on the canvas: a stroke glows until it is repaired."""

from PySide6.QtCore import QObject

from daps_desktop.ui.canvas.canvas import Canvas
from daps_desktop.ui.canvas.drawing.proposal_overlay import PROPOSED, ProposalOverlay
from daps_desktop.ui.models.document_model import DocumentModel
from daps_desktop.ui.models.heal_model import HealModel


class Healing(QObject):
    """Lights what waits, for as long as it waits."""

    def __init__(self, model: DocumentModel, healing: HealModel, canvas: Canvas, parent: QObject) -> None:
        super().__init__(parent)
        self._model, self._healing, self._canvas = model, healing, canvas
        self._glow: ProposalOverlay | None = None
        canvas.add_layer(lambda: self._glow.layer if self._glow else None)
        healing.changed.connect(self._show)

    def _show(self) -> None:
        document = self._model.document
        if document is None or not self._healing.waiting:
            self._glow = None
        else:
            self._glow = ProposalOverlay(document.photo.height, document.photo.width, PROPOSED)
            for stroke in self._healing.waiting:
                self._glow.write(stroke.rect, stroke.inside, True)
        self._canvas.update()
