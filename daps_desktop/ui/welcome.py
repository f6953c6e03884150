"""The first page: one button, and what the program promises."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QLabel, QPushButton, QVBoxLayout, QWidget

from daps_desktop.ui import text
from daps_desktop.ui.actions import tip
from daps_desktop.ui.panels.banner import Banner
from daps_desktop.ui.panels.parts import label, row
from daps_desktop.ui.theme import GRID

_BANNER_WIDTH = 480


class Welcome(QWidget):
    """Nothing to choose but the photo."""

    open_pressed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("welcome")
        self.button = QPushButton(text.WELCOME_OPEN)
        self.button.setObjectName("restore")
        self.button.setMinimumWidth(240)
        self.button.setToolTip(tip(text.WELCOME_OPEN, "Ctrl+O"))
        self.button.clicked.connect(self.open_pressed)
        layout = QVBoxLayout(self)
        layout.setSpacing(2 * GRID)
        layout.addStretch(2)
        for words, name in ((text.WELCOME_TITLE, "title"), (text.WELCOME_LINE, "")):
            layout.addWidget(_centred(words, name))
        layout.addSpacing(GRID)
        layout.addWidget(self.button, alignment=Qt.AlignmentFlag.AlignHCenter)
        self._below = _centred(text.WELCOME_DROP, "caption")
        layout.addWidget(self._below)
        self.banner = Banner()
        self.banner.setFixedWidth(_BANNER_WIDTH)
        middle = row(self.banner)  # an alignment would cut the lines of the sentence off
        middle.insertStretch(0)
        middle.addStretch()
        layout.addLayout(middle)
        layout.addStretch(3)
        layout.addWidget(_centred(text.WELCOME_PRIVATE, "caption"))
        layout.addSpacing(GRID)

    def show_opening(self, name: str) -> None:
        """Say which photo is being read; an empty name says that none is."""
        self._below.setText(text.OPENING.format(name=name) if name else text.WELCOME_DROP)
        self.button.setEnabled(not name)
        self.banner.hide()


def _centred(words: str, name: str) -> QLabel:
    result = label(words, name)
    result.setAlignment(Qt.AlignmentFlag.AlignHCenter)
    return result
