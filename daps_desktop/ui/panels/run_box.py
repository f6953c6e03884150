"""The one big button, and what there is to say before, during and after a run."""

from PySide6.QtCore import Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFrame, QProgressBar, QPushButton, QWidget

from daps_desktop.ui import text
from daps_desktop.ui.actions import tip
from daps_desktop.ui.panels.parts import column, label, row
from daps_desktop.ui.theme import GRID


class Banner(QFrame):
    """What went wrong, in one sentence, with the details to copy."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("banner")
        self._details = ""
        self.sentence = label()
        self.sentence.setAccessibleName("Error")
        self.copy = QPushButton(text.COPY_DETAILS)
        self.dismiss = QPushButton(text.DISMISS)
        for button in (self.copy, self.dismiss):
            button.setObjectName("segment")
        layout = column(self.sentence, margin=GRID)
        layout.addLayout(row(self.copy, self.dismiss))
        self.setLayout(layout)
        self.setVisible(False)
        self.copy.clicked.connect(self._copy)
        self.dismiss.clicked.connect(self.hide)

    def tell(self, sentence: str, details: str = "") -> None:
        self._details = details
        self.sentence.setText(sentence)
        self.copy.setVisible(bool(details))
        self.copy.setText(text.COPY_DETAILS)
        self.setVisible(True)

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(f"{self.sentence.text()}\n\n{self._details}")
        self.copy.setText(text.COPIED)


class RunBox(QWidget):
    """Restore, which becomes Stop; above it the progress, the verdict or the error."""

    pressed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("panel")
        self.banner = Banner()
        self.verdict = label()
        self.verdict.setObjectName("verdict")
        self.verdict.setMargin(GRID)
        self.verdict.setVisible(False)
        self.hint = label("", "caption")
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.bar.setAccessibleName("Progress")
        self.button = QPushButton(text.RESTORE)
        self.button.setObjectName("restore")
        self.button.setAccessibleName(text.RESTORE_NAME)
        self.setLayout(column(self.banner, self.verdict, self.hint, self.bar, self.button, margin=2 * GRID))
        self.button.clicked.connect(self.pressed)
        self.show_ready("", enabled=False)

    def show_ready(self, hint: str, enabled: bool) -> None:
        self._show(text.RESTORE, quiet=False, enabled=enabled)
        self.button.setToolTip(tip(text.RESTORE, "Ctrl+Enter"))
        self._show_hint(hint)
        self.bar.setVisible(False)

    def show_running(self, percent: int, hint: str, seconds_left: float | None) -> None:
        self._show(text.stop_label(seconds_left), quiet=True, enabled=True)
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
