"""The one big button, and what there is to say before, during and after a run."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QProgressBar, QPushButton, QWidget

from daps_desktop.base.i18n import ntr, tr
from daps_desktop.jobs.remaining_time import Span
from daps_desktop.ui.common import formatting, labels
from daps_desktop.ui.common.actions import Actions
from daps_desktop.ui.common.banner import Banner
from daps_desktop.ui.common.theme import GRID
from daps_desktop.ui.common.widgets import column, label, row


class RunBox(QWidget):
    """Restore, which becomes Stop; above it the progress, the verdict or the error."""

    help_chapter = "running"

    pressed = Signal()
    stop_all_pressed = Signal()
    save_pressed = Signal()

    def __init__(self, actions: Actions) -> None:
        super().__init__()
        self.setObjectName("panel")
        self.banner = Banner()
        self.verdict = label()
        self.verdict.setObjectName("verdict")
        self.verdict.setMargin(GRID)
        self.verdict.setVisible(False)
        self.notes = label("", "caption")
        self.notes.setVisible(False)
        self.hint = label("", "caption")
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.bar.setAccessibleName(tr("Progress"))
        self.waiting = label("", "caption")
        self.stop_all = QPushButton(tr("Stop all"))
        self.stop_all.setObjectName("segment")
        actions.explain(self.stop_all, tr("Stop all"), "stop_all")
        self._queue = QWidget()
        self._queue.setLayout(row(self.waiting, self.stop_all))
        self._queue.setVisible(False)
        self._queued = 0
        self._stopping = False
        self.button = QPushButton(labels.RESTORE)
        self.button.setObjectName("restore")
        self.button.setAccessibleName(labels.RESTORE_NAME)
        self.save = QPushButton(labels.SAVE)
        self.save.setObjectName("restore")
        actions.explain(self.save, tr("Save the result"), "export")
        self.save.setVisible(False)
        lines = (self.banner, self.verdict, self.notes, self._queue, self.hint, self.bar)
        self.setLayout(column(*lines, self.save, self.button, margin=2 * GRID))
        self.button.clicked.connect(self.pressed)
        self.stop_all.clicked.connect(self.stop_all_pressed)
        self.save.clicked.connect(self.save_pressed)
        self._running = False
        self._actions = actions
        actions.tell_keys(self._show_keys)
        self.show_ready("", enabled=False)

    def show_save(self, possible: bool, wanted: bool) -> None:
        """A version can be saved at any time, and again; one that is in no file asks for it."""
        self.save.setVisible(possible)
        _set_quiet(self.save, not wanted)

    def show_ready(self, hint: str, enabled: bool, to_save: bool = False) -> None:
        """Waiting for the user; while a result is `to_save`, that is the one thing to do next."""
        self._running = False
        self._show(labels.RESTORE, quiet=to_save, enabled=enabled)
        self._show_hint(hint)
        self.bar.setVisible(False)

    def show_running(self, percent: int, hint: str, left: Span | None) -> None:
        self._running = True
        self._show(formatting.stop_label(left), quiet=True, enabled=True)
        self._show_hint(hint)
        self.bar.setVisible(True)
        self.bar.setRange(0, 100 if percent else 0)
        self.bar.setValue(percent)

    def show_stopping(self) -> None:
        """Pressed again, the button gives up what waits too."""
        more = self._queued > 0
        self._show(tr("Stop all") if more else labels.STOPPING, quiet=True, enabled=more)
        self._show_hint(labels.STOPPING if more else self.hint.text())
        self._stopping = True

    def show_queue(self, queued: int) -> None:
        """How many runs wait behind the one that is under way."""
        self._queued = queued
        words = ntr("{count} more is waiting.", "{count} more are waiting.", queued)
        self.waiting.setText(words.format(count=queued))
        self._queue.setVisible(queued > 0)
        if self._stopping:
            self.show_stopping()

    def show_verdict(self, words: str) -> None:
        self.verdict.setText(words)
        self.verdict.setVisible(bool(words))

    def show_notes(self, sentences: list[str]) -> None:
        """What there is to know about the photo or the job beside its verdict."""
        self.notes.setText("\n".join(sentences))
        self.notes.setVisible(bool(sentences))

    def _show_keys(self) -> None:
        words, name = (labels.STOP, "stop") if self._running else (labels.RESTORE, "restore")
        self.button.setToolTip(self._actions.tip(words, name))

    def _show_hint(self, hint: str) -> None:
        self.hint.setText(hint)
        self.hint.setVisible(bool(hint))

    def _show(self, words: str, quiet: bool, enabled: bool) -> None:
        self._stopping = False
        self.button.setText(words)
        self._show_keys()
        self.button.setEnabled(enabled)
        _set_quiet(self.button, quiet)


def _set_quiet(button: QPushButton, quiet: bool) -> None:
    if button.property("quiet") != quiet:
        button.setProperty("quiet", quiet)
        button.style().unpolish(button)
        button.style().polish(button)
