"""The right panel, read from top to bottom: what, where, how thorough, Restore."""

from functools import partial

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QFrame, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from daps_desktop.base.errors import UserError
from daps_desktop.base.i18n import Phrase
from daps_desktop.document.version import Version, verdict_on
from daps_desktop.imaging.photo import Photo
from daps_desktop.jobs.messages import Failed, Notice, RestoreResult, file_notices, notice_text
from daps_desktop.jobs.settings import SolverSettings
from daps_desktop.jobs.task import Task
from daps_desktop.ui.canvas.toolbox import ToolBox
from daps_desktop.ui.common import formatting, labels, verdict_text
from daps_desktop.ui.common.actions import Actions
from daps_desktop.ui.common.live_text import Words, say
from daps_desktop.ui.common.theme import SPACING
from daps_desktop.ui.common.widgets import Section, ignore_wheel, vbox
from daps_desktop.ui.models.document_model import DocumentModel
from daps_desktop.ui.models.job_model import JobModel, JobState
from daps_desktop.ui.panels.damage_cards import DamageCards
from daps_desktop.ui.panels.how_section import HowSection
from daps_desktop.ui.panels.prints_line import PrintsLine
from daps_desktop.ui.panels.run_box import WIDTH, RunBox
from daps_desktop.ui.panels.where_section import WhereSection

_LEAST_STEPS = 40  # pixels of them that are seen, however much there is to say below


class TaskPanel(QWidget):
    """Mirrors the document's task and settings, and the job's fate."""

    def __init__(self, model: DocumentModel, job: JobModel, tools: ToolBox, actions: Actions) -> None:
        super().__init__()
        self.setObjectName("panel")
        say(self, accessibleName=labels.PANEL_NAME)
        self._model = model
        self._job = job
        self.prints = PrintsLine()
        self._actions = actions
        self.cards = DamageCards()
        self.where = WhereSection(tools, model, actions)
        self.how = HowSection()
        self.run_box = RunBox(actions)
        self._verdict: Words = ""  # on the version that is shown
        self._suggested = False  # what is ticked is what the photo asks for
        self._waiting = False  # for a search, with whose finds a run begins
        self._notes: dict[str, Words] = {}  # sentences by the code of their notice
        self._steps = QWidget()
        self._steps.setObjectName("panel")
        steps = vbox(
            self.prints,
            Section(labels.STEP_WHAT, self.cards),
            self.where,
            self.how,
            spacing=2 * SPACING,
            margin=2 * SPACING,
        )
        steps.setContentsMargins(2 * SPACING, 2 * SPACING, SPACING, 2 * SPACING)
        steps.addStretch(1)
        self._steps.setLayout(steps)
        ignore_wheel(self._steps)
        self.setLayout(self._assemble())
        self.setFixedWidth(WIDTH)
        self._connect()
        self._steps.setEnabled(False)

    def _assemble(self) -> QVBoxLayout:
        scroll = self._scroll = QScrollArea()
        scroll.setWidget(self._steps)
        scroll.setWidgetResizable(True)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scroll.setMinimumHeight(_LEAST_STEPS)
        scroll.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Ignored)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        # Always there, if invisible, so that nothing moves when a card opens.
        scroll.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)
        scroll.verticalScrollBar().rangeChanged.connect(self._show_bar)
        line = QFrame()
        line.setObjectName("line")
        layout = vbox(scroll, line, self.run_box, spacing=0)
        layout.setStretch(0, 1)
        return layout

    def _connect(self) -> None:
        model, job = self._model, self._job
        self.how.fold.head.toggled.connect(self._show_fold_soon)
        self.cards.task_chosen.connect(model.set_task)
        self.how.settings_chosen.connect(model.set_settings)
        self.cards.priors_wanted.connect(self._actions["priors"].trigger)
        self.cards.noise.level.chosen.connect(lambda level: self.how.pick(noise=level))
        for switch in (self.how.pin, self.run_box.pin):
            switch.clicked.connect(model.keep_choices)
        model.choices_kept_changed.connect(self._show_kept)
        model.photo_opened.connect(self._show_photo)
        self.how.fold.task_chosen.connect(model.set_task)
        model.task_changed.connect(self._show_task)
        model.settings_changed.connect(self.how.show_settings)
        model.task_changed.connect(self._show_state)
        model.version_added.connect(self._show_state)
        model.version_shown.connect(self._show_verdict)
        model.saved.connect(self._show_state)
        model.settings_changed.connect(self._show_noise)
        job.state_changed.connect(self._show_state)
        job.started.connect(self._clear_outcome)
        job.progressed.connect(self._show_state)
        job.noticed.connect(self._show_notice)
        job.finished.connect(self._show_outcome)
        job.failed.connect(self._show_failure)

    def _show_photo(self, _photo: Photo) -> None:
        document = self._model.document
        assert document is not None
        self._steps.setEnabled(True)
        self.how.show_settings(document.settings)
        self.cards.show_photo(document.photo, kept=self._model.choices_kept)
        if not self._model.choices_kept:
            self.how.fold.noise.reset()
        self._show_task(document.task)
        self.cards.sync()
        self._clear_outcome()
        self._show_file(document.photo)
        self._show_state()
        self._scroll.verticalScrollBar().setValue(0)

    def _show_task(self, task: Task) -> None:
        self.cards.show_task(task)
        self.how.show_task(task)

    def _show_file(self, photo: Photo) -> None:
        for code, notice in file_notices(photo).items():
            self._note(code, notice)
        if photo.alpha is not None:
            self._note("alpha_kept", notice_text("alpha_kept"))

    def _show_noise(self, settings: SolverSettings) -> None:
        self.cards.noise.level.show_level(settings.noise)

    def _show_kept(self, kept: bool) -> None:
        """While choices are kept, that is seen wherever the panel has been scrolled to."""
        self.how.pin.setChecked(kept)
        self.run_box.pin.setChecked(kept)
        self.run_box.pin.setVisible(kept)

    def _show_bar(self, low: int, high: int) -> None:
        self._scroll.verticalScrollBar().setEnabled(high > low)

    def _show_fold_soon(self) -> None:
        QTimer.singleShot(0, self, self._show_fold)  # as soon as it has a place

    def _show_fold(self) -> None:
        self._scroll.ensureWidgetVisible(self.how.fold)

    def _clear_outcome(self) -> None:
        self.run_box.banner.hide()
        self.run_box.show_verdict("")
        self.run_box.show_saved(None)
        self._notes = {}
        self.run_box.show_notes([])

    def _show_state(self) -> None:
        self.run_box.show_save(self._model.shown is not None, wanted=self._model.shown_unsaved)
        if self._job.stopping:
            self.run_box.show_stopping()
        elif self._job.running:
            self._show_running()
        else:
            self._show_ready()

    def show_suggested(self, suggested: bool) -> None:
        """Whether what is ticked is what the program suggests."""
        self._suggested = suggested
        self._show_state()

    def show_waiting(self, waiting: bool) -> None:
        """Whether a run begins as soon as the photo has been looked through."""
        self._waiting = waiting
        self._show_state()

    def _show_ready(self) -> None:
        document = self._model.document
        hint = labels.STOPPED if self._job.state is JobState.CANCELLED else ""
        if document is not None and not document.task.damages:
            hint = labels.TICK_FIRST
        enabled = document is not None and bool(document.task.damages) and not self._waiting
        words = labels.RESTORE_SUGGESTED if self._suggested else labels.RESTORE
        hint = labels.LOOKING_FIRST if self._waiting else hint
        self.run_box.show_ready(hint, enabled, to_save=self._model.shown_unsaved, words=words)
        self.run_box.show_verdict(self._verdict)

    def _show_running(self) -> None:
        job, progress, percent = self._job, self._job.progress, self._job.percent
        line: Words = labels.PREPARING
        if progress is not None and progress.fraction > 0:
            line = partial(formatting.format_progress, percent, progress.step, progress.steps)
        self.run_box.show_running(percent, line, job.time_left)

    def _show_notice(self, notice: Notice) -> None:
        self._note(notice.code, notice_text(notice.code, **notice.params))

    def show_lost(self, told: tuple[Phrase, ...]) -> None:
        """What a file that was saved has no place for."""
        for number, sentence in enumerate(told):
            self._note(f"lost_{number}", sentence)

    def _note(self, code: str, sentence: Words) -> None:
        self._notes[code] = sentence
        self.run_box.show_notes(list(self._notes.values()))

    def _show_verdict(self, version: Version | None) -> None:
        verdict = verdict_on(version) if version is not None else None
        if self._notes.pop("blur_narrowed", None):  # the verdict says it from here on
            self.run_box.show_notes(list(self._notes.values()))
        self._verdict = "" if verdict is None else partial(verdict_text.format_verdict, verdict)
        self.run_box.show_verdict(self._verdict)
        self._show_state()

    def _show_outcome(self, finished: RestoreResult) -> None:
        request, document = self._job.request, self._model.document
        assert request is not None and document is not None
        if finished.photo.width != request.photo.width:
            self._note(
                "larger", partial(formatting.format_larger, finished.photo.height, finished.photo.width)
            )
        if request.mask is not None and (document.mask > request.mask).any():
            self._note("marks_newer", labels.MARKS_NEWER)

    def _show_failure(self, failed: Failed) -> None:
        self.run_box.banner.show_error(UserError(failed.code, **failed.params), failed.details)
