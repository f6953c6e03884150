"""The one big button, and what there is to say before, during and after a run."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QProgressBar, QPushButton, QWidget

from daps_desktop.ui import text
from daps_desktop.ui.actions import tip
from daps_desktop.ui.panels.banner import Banner
from daps_desktop.ui.panels.parts import column, label
from daps_desktop.ui.theme import GRID


class RunBox(QWidget):
    """Restore, which becomes Stop; above it the progress, the verdict or the error."""

    pressed = Signal()
    save_pressed = Signal()

    def __init__(self) -> None:
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
        self.bar.setAccessibleName("Progress")
        self.button = QPushButton(text.RESTORE)
        self.button.setObjectName("restore")
        self.button.setAccessibleName(text.RESTORE_NAME)
        self.save = QPushButton(text.SAVE)
        self.save.setObjectName("restore")
        self.save.setToolTip(tip("Save the result", "Ctrl+S"))
        self.save.setVisible(False)
        lines = (self.banner, self.verdict, self.notes, self.hint, self.bar)
        self.setLayout(column(*lines, self.save, self.button, margin=2 * GRID))
        self.button.clicked.connect(self.pressed)
        self.save.clicked.connect(self.save_pressed)
        self.show_ready("", enabled=False)

    def show_ready(self, hint: str, enabled: bool, to_save: bool = False) -> None:
        """Waiting for the user; while a result is `to_save`, that is the one thing to do next."""
        self._show(text.RESTORE, quiet=to_save, enabled=enabled)
        self.save.setVisible(to_save)
        self.button.setToolTip(tip(text.RESTORE, "Ctrl+Enter"))
        self._show_hint(hint)
        self.bar.setVisible(False)

    def show_running(self, percent: int, hint: str, seconds_left: float | None) -> None:
        self._show(text.stop_label(seconds_left), quiet=True, enabled=True)
        self.save.setVisible(False)
        self.button.setToolTip(tip(text.STOP, "Shift+X"))
        self._show_hint(hint)
        self.bar.setVisible(True)
        self.bar.setRange(0, 100 if percent else 0)
        self.bar.setValue(percent)

    def show_stopping(self) -> None:
        self._show(text.STOPPING, quiet=True, enabled=False)

    def show_verdict(self, words: str) -> None:
        self.verdict.setText(words)
        self.verdict.setVisible(bool(words))

    def show_notes(self, sentences: list[str]) -> None:
        """What there is to know about the photo or the job beside its verdict."""
        self.notes.setText("\n".join(sentences))
        self.notes.setVisible(bool(sentences))

    def _show_hint(self, hint: str) -> None:
        self.hint.setText(hint)
        self.hint.setVisible(bool(hint))

    def _show(self, words: str, quiet: bool, enabled: bool) -> None:
        self.button.setText(words)
        self.button.setEnabled(enabled)
        if self.button.property("quiet") != quiet:
            self.button.setProperty("quiet", quiet)
            self.button.style().unpolish(self.button)
            self.button.style().polish(self.button)
