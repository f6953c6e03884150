"""What a newly opened photo says about itself: suggestions on the cards, or that it needs nothing."""

from PySide6.QtCore import QObject, Signal

from daps_desktop.analysis.diagnosis import Diagnosis, diagnose
from daps_desktop.imaging.profile.photo_profile import PhotoProfile
from daps_desktop.jobs.damage_traits import TRAITS
from daps_desktop.ui.models.profile_model import ProfileModel
from daps_desktop.ui.panels.task_panel import TaskPanel


class DiagnosisController(QObject):
    """Shows the profile of each photo as it becomes known; nothing is ticked automatically."""

    diagnosis_ready = Signal(Diagnosis)

    def __init__(self, profile: ProfileModel, panel: TaskPanel, parent: QObject) -> None:
        super().__init__(parent)
        self._panel = panel
        profile.changed.connect(self._show)

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
        self.diagnosis_ready.emit(findings)
