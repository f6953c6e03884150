"""What went wrong, said where it is seen, with the one button that does something about it."""

from collections.abc import Callable

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QPlainTextEdit, QPushButton

from daps_desktop.base.errors import UserError
from daps_desktop.base.i18n import N_
from daps_desktop.ui.common import labels
from daps_desktop.ui.common.live_text import Words, say
from daps_desktop.ui.common.theme import SPACING
from daps_desktop.ui.common.widgets import hbox, label, vbox

_DETAILS_HEIGHT = 120  # pixels: a few lines of a traceback, the rest scrolls


class Banner(QFrame):
    """One error at a time. What can mend it connects to `shown` and calls `add_fix`."""

    help_chapter = "trouble"

    shown = Signal(UserError)
    report_pressed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("banner")
        self._act: Callable[[], object] | None = None
        self.error: UserError | None = None
        self.details = ""
        self.sentence = label()
        say(self.sentence, accessibleDescription=N_("Error"))  # a name would be read in place of the words
        self.act = QPushButton()
        self.report = say(
            QPushButton(),
            text=N_("Copy report"),
            toolTip=N_("For anyone helping you: made on this computer, without your name, and sent nowhere."),
        )
        self.dismiss = say(QPushButton(), text=labels.DISMISS)
        self.fold = say(QPushButton(), text=N_("Technical details"))
        self.fold.setCheckable(True)
        self.shown_details = _details_field()
        for button in (self.act, self.report, self.dismiss, self.fold):
            button.setObjectName("segment")
        layout = vbox(self.sentence, self.act, margin=SPACING)
        layout.addLayout(hbox(self.report, self.dismiss))
        layout.addWidget(self.fold)
        layout.addWidget(self.shown_details)
        self.setLayout(layout)
        self.setVisible(False)
        self.act.clicked.connect(self._do)
        self.report.clicked.connect(self.report_pressed)
        self.dismiss.clicked.connect(self.hide)
        self.fold.toggled.connect(self.shown_details.setVisible)

    def show_error(self, error: UserError, details: str = "") -> None:
        self.error, self.details = error, details
        say(self.sentence, text=lambda: str(error))
        self.shown_details.setPlainText(details)
        self.fold.setChecked(False)
        self.fold.setVisible(bool(details))
        self.act.hide()
        self.shown.emit(error)
        self.setVisible(True)

    def add_fix(self, words: Words, act: Callable[[], object]) -> None:
        """Show the button that does something about it; it takes the banner away."""
        self._act = act
        say(self.act, text=words)
        self.act.show()

    def _do(self) -> None:
        self.hide()
        if self._act is not None:
            self._act()


def _details_field() -> QPlainTextEdit:
    field = say(QPlainTextEdit(), accessibleName=N_("Technical details"))
    field.setReadOnly(True)
    field.setTabChangesFocus(True)
    field.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
    field.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAsNeeded)
    field.setFixedHeight(_DETAILS_HEIGHT)
    field.hide()
    return field
