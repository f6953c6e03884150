"""While *Faded or yellowed* is ticked, the photo is seen corrected as it would come out, at once."""

from PySide6.QtCore import QObject

from daps_desktop.analysis.fading import LevelsCurve, fading_curve
from daps_desktop.imaging.photo import Photo
from daps_desktop.jobs.damage import Fading
from daps_desktop.ui.canvas.canvas import Canvas
from daps_desktop.ui.common.background import BackgroundRunner
from daps_desktop.ui.models.document_model import DocumentModel


class FadePreview(QObject):
    """The whole correction is found once a photo; the slider takes a share of it."""

    def __init__(
        self, model: DocumentModel, canvas: Canvas, background: BackgroundRunner, parent: QObject
    ) -> None:
        super().__init__(parent)
        self._model = model
        self._canvas = canvas
        self._background = background
        self._whole: LevelsCurve | None = None
        model.photo_opened.connect(self._examine)
        model.task_changed.connect(self._show)

    def _examine(self, photo: Photo) -> None:
        self._whole = None
        self._background.run(
            lambda: fading_curve(photo.pixels, alpha=photo.alpha), lambda curve: self._accept(photo, curve)
        )

    def _accept(self, photo: Photo, curve: LevelsCurve) -> None:
        if self._model.document is not None and self._model.document.photo is photo:
            self._whole = curve
            self._show()

    def _show(self) -> None:
        document = self._model.document
        faded = document.task.find(Fading) if document else None
        self._canvas.show_corrected(self._whole.share(faded.amount) if self._whole and faded else None)
