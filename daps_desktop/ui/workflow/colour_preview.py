"""While *Faded or yellowed* or *Tone* is ticked, the photo is seen in the colours to come, at once."""

from typing import cast

import numpy as np
from PySide6.QtCore import QObject

from daps_desktop.analysis.fading import LevelsCurve, correct_for_display, fading_curve
from daps_desktop.imaging.photo import Photo
from daps_desktop.imaging.profile.tone_curve import TONES, in_tone
from daps_desktop.jobs.damage import Fading, Toning
from daps_desktop.ui.canvas.canvas import Canvas
from daps_desktop.ui.canvas.drawing.pyramid import Picture
from daps_desktop.ui.common.background import BackgroundRunner
from daps_desktop.ui.models.document_model import DocumentModel


class ColourPreview(QObject):
    """The whole correction of fading is found once a photo; the slider takes a share of it."""

    def __init__(
        self, model: DocumentModel, canvas: Canvas, background: BackgroundRunner, parent: QObject
    ) -> None:
        super().__init__(parent)
        self._model = model
        self._canvas = canvas
        self._background = background
        self._whole: LevelsCurve | None = None
        self._seen: tuple[LevelsCurve | None, str] = (None, "")  # the curve and the tone that are shown
        model.photo_opened.connect(self._examine)
        model.task_changed.connect(self._show)

    def _examine(self, photo: Photo) -> None:
        self._whole, self._seen = None, (None, "")  # the canvas has forgotten them
        self._show()
        self._background.run(
            lambda: fading_curve(photo.pixels, alpha=photo.alpha), lambda curve: self._accept(photo, curve)
        )

    def _accept(self, photo: Photo, curve: LevelsCurve) -> None:
        if self._model.document is not None and self._model.document.photo is photo:
            self._whole = curve
            self._show()

    def _show(self) -> None:
        """Show what is ticked, if that is another than what is seen: a picked comparison stays otherwise."""
        document = self._model.document
        faded = document.task.find(Fading) if document else None
        toning = document.task.find(Toning) if document else None
        curve = self._whole.share(faded.amount) if self._whole and faded else None
        seen = curve, toning.to if toning else ""
        if seen != self._seen:
            self._seen = seen
            self._canvas.show_recoloured((lambda picture: _recoloured(picture, *seen)) if any(seen) else None)


def _recoloured(picture: Picture, curve: LevelsCurve | None, tone: str) -> Picture:
    """A tile, (h, w) grey or (h, w, 3)."""
    if curve is not None:
        picture = correct_for_display(picture, curve)
    if tone:
        picture = cast(Picture, in_tone(np.atleast_3d(picture), TONES[tone]))
    return picture[..., 0] if picture.shape[2:] == (1,) else picture
