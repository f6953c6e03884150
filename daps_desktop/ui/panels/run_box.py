"""The one big button, and what there is to say before, during and after a run."""

from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QProgressBar, QPushButton, QWidget

from daps_desktop.base.i18n import N_, ntr, phrase
from daps_desktop.jobs.remaining_time import TimeRange
from daps_desktop.ui.common import formatting, labels
from daps_desktop.ui.common.actions import Actions
from daps_desktop.ui.common.banner import Banner
from daps_desktop.ui.common.file_dialogs import show_in_folder
from daps_desktop.ui.common.live_text import Words, said, say
from daps_desktop.ui.common.theme import SPACING
from daps_desktop.ui.common.widgets import ShrinkingArea, check_box, hbox, label, segment_button, vbox

STOP_ALL = N_("Stop all")
WIDTH = 344  # pixels, of the panel
_LEAST = 32  # pixels of what there is to say, on a small screen


class RunBox(QWidget):
    """Restore, which becomes Stop; above it the progress, the verdict or the error."""

    help_chapter = "running"

    pressed = Signal()
    stop_all_pressed = Signal()
    save_pressed = Signal()
    show_place_pressed = Signal()
    mark_places_pressed = Signal()
    export_pressed = Signal()

    def __init__(self, actions: Actions) -> None:
        super().__init__()
        self.setObjectName("panel")
        self.banner = Banner()
        self.verdict = label()
        self.verdict.setObjectName("verdict")
        self.verdict.setMargin(SPACING)
        self.verdict.setVisible(False)
        self.show_place = say(QPushButton(), text=N_("Show"))
        self.mark_places = say(QPushButton(), text=N_("Mark these"))
        actions.set_explanation(self.show_place, N_("Go to each place where a trace is left"), "show_place")
        actions.set_explanation(self.mark_places, N_("Mark the places where a trace is left"), "mark_places")
        self._places = QWidget()
        self._places.setLayout(hbox(self.show_place, self.mark_places))
        self._places.setVisible(False)
        self.notes = label("", "caption")
        self.notes.setVisible(False)
        self.hint = label("", "caption")
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        say(self.bar, accessibleName=N_("Progress"))
        self.waiting = label("", "caption")
        self.stop_all = segment_button(STOP_ALL)
        actions.set_explanation(self.stop_all, STOP_ALL, "stop_all")
        self._queue = QWidget()
        self._queue.setLayout(hbox(self.waiting, self.stop_all))
        self._queue.setVisible(False)
        self._queued = 0
        self._there = False
        self._stopping = False
        self.button = say(QPushButton(), text=labels.RESTORE, accessibleName=labels.RESTORE_NAME)
        self.button.setObjectName("restore")
        self._make_save(actions)
        self.pin = check_box(labels.KEEP_CHOICES, labels.KEEP_CHOICES_HELP)
        self.pin.setVisible(False)
        words = ShrinkingArea(
            self.banner,
            self.verdict,
            self._places,
            self.notes,
            self._queue,
            self.hint,
            width=WIDTH - 4 * SPACING,
            least=_LEAST,
        )
        lines = (words, self.bar, self._saved, self.pin, self._out)
        self.setLayout(vbox(*lines, self.button, margin=2 * SPACING))
        self.button.clicked.connect(self.pressed)
        self.stop_all.clicked.connect(self.stop_all_pressed)
        self.save.clicked.connect(self.save_pressed)
        self.export.clicked.connect(self.export_pressed)
        self.folder.clicked.connect(self._show_folder)
        for button, signal in (
            (self.show_place, self.show_place_pressed), (self.mark_places, self.mark_places_pressed),
        ):  # fmt: skip
            button.setObjectName("segment")
            button.clicked.connect(signal)
        self._running = False
        self._hint: Words = ""
        self._actions = actions
        actions.announce_keys(self._show_keys)
        self.show_ready("", enabled=False)

    def _make_save(self, actions: Actions) -> None:
        """Save and Export, and what was written last."""
        self.save = say(QPushButton(), text=labels.SAVE)
        actions.set_explanation(self.save, N_("Save the result beside the photo"), "save_result")
        self.export = say(QPushButton(), text=labels.EXPORT)
        self.export.setProperty("quiet", True)
        actions.set_explanation(self.export, N_("Choose format, size and place"), "export")
        for button in (self.save, self.export):
            button.setObjectName("restore")
        self._out = QWidget()
        out = hbox(self.save, self.export)
        out.setStretch(0, 1)
        self._out.setLayout(out)
        self._out.setVisible(False)
        self.written = label()
        self.folder = segment_button(labels.SHOW_IN_FOLDER)
        self._path: Path | None = None
        self._saved = QWidget()
        saved = hbox(self.written, self.folder)
        saved.setStretch(0, 1)
        self._saved.setLayout(saved)
        self._saved.setVisible(False)

    def show_saving(self, saving: bool) -> None:
        say(self.save, text=labels.SAVING if saving else labels.SAVE)
        self.save.setEnabled(not saving)

    def show_saved(self, path: Path | None, words: str = labels.SAVED) -> None:
        """What was written, and under which name; None where that is of another photo."""
        self._path = path
        self._saved.setVisible(path is not None)
        if path is not None:
            say(self.written, text=phrase(words, name=path.name))
            self.folder.setToolTip(str(path))

    def _show_folder(self) -> None:
        if self._path is not None:
            show_in_folder(self._path)

    def show_save(self, possible: bool, wanted: bool) -> None:
        """A version can be saved at any time, and again; one that is in no file asks for it."""
        self._out.setVisible(possible)
        _set_quiet(self.save, not wanted)

    def show_ready(
        self, hint: Words, enabled: bool, to_save: bool = False, words: str = labels.RESTORE
    ) -> None:
        """Waiting for the user; while a result is `to_save`, that is the one thing to do next."""
        self._running = False
        self._show(words, quiet=to_save, enabled=enabled)
        self._show_hint(hint)
        self.bar.setVisible(False)

    def show_running(self, percent: int, hint: Words, left: TimeRange | None) -> None:
        self._running = True
        self._show(lambda: formatting.stop_label(left), quiet=True, enabled=True)
        self._show_hint(hint)
        self.bar.setVisible(True)
        self.bar.setRange(0, 100 if percent else 0)
        self.bar.setValue(percent)

    def show_stopping(self) -> None:
        """Pressed again, the button drops what waits, too."""
        more = self._queued > 0
        self._show(STOP_ALL if more else labels.STOPPING, quiet=True, enabled=more)
        self._show_hint(labels.STOPPING if more else self._hint)
        self._stopping = True

    def show_queue(self, queued: int) -> None:
        """How many runs wait behind the one that is under way."""
        self._queued = queued
        say(self.waiting, text=lambda: _waiting_line(queued))
        self._queue.setVisible(queued > 0)
        if self._stopping:
            self.show_stopping()

    def show_verdict(self, words: Words) -> None:
        say(self.verdict, text=words)
        self.verdict.setVisible(bool(words))
        self._show_places()

    def show_places(self, there: bool, unmarked: bool) -> None:
        """Whether the verdict names places where a trace is left, and whether any is not marked yet."""
        self._there = there
        self.mark_places.setEnabled(unmarked)
        self._show_places()

    def _show_places(self) -> None:
        self._places.setVisible(self._there and self.verdict.isVisibleTo(self))

    def show_notes(self, sentences: list[Words]) -> None:
        """What there is to know about the photo or the job besides its verdict."""
        say(self.notes, text=lambda: "\n".join(map(said, sentences)))
        self.notes.setVisible(bool(sentences))

    def _show_keys(self) -> None:
        words, name = (labels.STOP, "stop") if self._running else (labels.RESTORE, "restore")
        self.button.setToolTip(self._actions.tooltip(words, name))

    def _show_hint(self, hint: Words) -> None:
        self._hint = hint
        say(self.hint, text=hint)
        self.hint.setVisible(bool(hint))

    def _show(self, words: Words, quiet: bool, enabled: bool) -> None:
        self._stopping = False
        say(self.button, text=words)
        self._show_keys()
        self.button.setEnabled(enabled)
        _set_quiet(self.button, quiet)


def _waiting_line(queued: int) -> str:
    return ntr("{count} more is waiting.", "{count} more are waiting.", queued).format(count=queued)


def _set_quiet(button: QPushButton, quiet: bool) -> None:
    if button.property("quiet") != quiet:
        button.setProperty("quiet", quiet)
        button.style().unpolish(button)
        button.style().polish(button)
