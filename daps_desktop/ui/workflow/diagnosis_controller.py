"""What a newly opened photo asks for: said on the cards and ticked, until someone chooses otherwise."""

from functools import partial

from PySide6.QtCore import QObject, Signal

from daps_desktop.analysis.diagnosis import Diagnosis, diagnose, suggested_task
from daps_desktop.base.i18n import ntr
from daps_desktop.imaging.profile.photo_profile import PhotoProfile
from daps_desktop.jobs.damage import MissingPixels
from daps_desktop.jobs.damage_traits import TRAITS
from daps_desktop.jobs.proposals import DEFAULT, Proposals
from daps_desktop.jobs.task import Task
from daps_desktop.ui.models.document_model import DocumentModel
from daps_desktop.ui.models.find_model import FindModel
from daps_desktop.ui.models.profile_model import ProfileModel
from daps_desktop.ui.panels.task_panel import TaskPanel


class DiagnosisController(QObject):
    """Shows the profile of each photo as it becomes known, and ticks what it suggests.

    A photo that comes with work of its own, and one for which something was chosen, keeps to that.
    """

    diagnosis_ready = Signal(Diagnosis)

    def __init__(
        self,
        model: DocumentModel,
        profile: ProfileModel,
        search: FindModel,
        panel: TaskPanel,
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._model, self._search, self._panel = model, search, panel
        self._own: Task | None = None  # what stands ticked without anyone's choice; None: someone chose
        model.photo_opened.connect(self._begin)
        model.task_changed.connect(self._hear_choice)
        profile.changed.connect(self._show)
        search.found.connect(self._follow_search)

    def _begin(self) -> None:
        document = self._model.document
        assert document is not None
        self._own = document.task if self._model.untouched else None
        self._panel.show_suggested(False)

    def _show(self, profile: PhotoProfile | None) -> None:
        finding = self._panel.where.finding
        self._panel.how.show_toned(profile is not None and profile.toned)
        if profile is None:
            finding.show_clean("")
            return
        findings = diagnose(profile)
        for suggestion in findings.suggestions:
            if TRAITS[type(suggestion.damage)].mask == "needs":
                finding.show_hint(suggestion.reason)
            self._panel.cards.card(type(suggestion.damage)).suggest(suggestion.damage, suggestion.reason)
        finding.show_clean(findings.remark or "")
        if self._own is not None:
            self._tick(suggested_task(profile))
            self._search.find()
        self.diagnosis_ready.emit(findings)

    def _follow_search(self, found: Proposals) -> None:
        """The whole photo was looked through, of which the profile saw a small copy."""
        document, count = self._model.document, found.shown(DEFAULT)
        card = self._panel.cards.card(MissingPixels)
        card.suggest(MissingPixels() if count else None, partial(_places, count))
        if self._own is not None and document is not None and document.profile is not None:
            self._tick(suggested_task(document.profile, count))

    def _tick(self, task: Task) -> None:
        """Where nothing is suggested, what stands there stays: there may be something to mark by hand."""
        if task.damages:
            self._own = task
            self._model.set_task(task)
            self._panel.show_suggested(True)

    def _hear_choice(self, task: Task) -> None:
        if task != self._own:
            self._own = None
            self._panel.show_suggested(False)


def _places(count: int) -> str:
    words = ntr("{count} place looks scratched or dusty", "{count} places look scratched or dusty", count)
    return words.format(count=count)
