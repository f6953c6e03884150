"""What a newly opened photo says about itself: suggestions on the cards, or that it needs nothing."""

from PySide6.QtCore import QObject, Signal

from daps_desktop.analysis.diagnosis import Diagnosis, diagnose, needs_restoring
from daps_desktop.base.i18n import N_
from daps_desktop.imaging.photo import Photo
from daps_desktop.jobs.damage_traits import TRAITS
from daps_desktop.ui.common.background import BackgroundRunner
from daps_desktop.ui.models.document_model import DocumentModel
from daps_desktop.ui.panels.task_panel import TaskPanel

CLEAN = N_("This photo already looks sharp and clean. Restoring it may take away real detail.")


class DiagnosisController(QObject):
    """Examines each photo once when it is opened; nothing is ticked automatically."""

    diagnosis_ready = Signal(Diagnosis)

    def __init__(
        self, model: DocumentModel, background: BackgroundRunner, panel: TaskPanel, parent: QObject
    ) -> None:
        super().__init__(parent)
        self._model = model
        self._background = background
        self._panel = panel
        model.photo_opened.connect(self._examine)

    def _examine(self, photo: Photo) -> None:
        self._panel.where.finding.show_clean("")
        self._background.run(lambda: diagnose(photo), lambda findings: self._accept(photo, findings))

    def _accept(self, photo: Photo, findings: Diagnosis) -> None:
        document = self._model.document
        if document is None or document.photo is not photo:
            return  # another one was opened meanwhile
        for suggestion in findings.suggestions:
            if TRAITS[type(suggestion.damage)].mask == "needs":
                self._panel.where.finding.show_hint(suggestion.reason)
            self._panel.cards.card(type(suggestion.damage)).suggest(suggestion.damage, suggestion.reason)
        self._panel.where.finding.show_clean("" if needs_restoring(findings) else CLEAN)
        self.diagnosis_ready.emit(findings)
