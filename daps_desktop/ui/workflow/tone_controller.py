"""Whether a newly opened photo is toned, so that the panel can offer to keep its tone."""

from PySide6.QtCore import QObject

from daps_desktop.analysis.tone import find_tone
from daps_desktop.imaging.photo import Photo
from daps_desktop.imaging.profile.tone_curve import ToneCurve
from daps_desktop.ui.common.background import BackgroundRunner
from daps_desktop.ui.models.document_model import DocumentModel
from daps_desktop.ui.panels.how_section import HowSection


class ToneController(QObject):
    """Looks at each photo once when it is opened."""

    def __init__(
        self, model: DocumentModel, background: BackgroundRunner, how: HowSection, parent: QObject
    ) -> None:
        super().__init__(parent)
        self._model = model
        self._background = background
        self._how = how
        model.photo_opened.connect(self._examine)

    def _examine(self, photo: Photo) -> None:
        self._how.show_toned(False)
        self._background.run(lambda: find_tone(photo.pixels), lambda tone: self._accept(photo, tone))

    def _accept(self, photo: Photo, tone: ToneCurve | None) -> None:
        document = self._model.document
        if document is not None and document.photo is photo:  # else another one was opened meanwhile
            self._how.show_toned(tone is not None and not tone.neutral)
