"""One quiet line: the scan holds several photos, and where they are shown."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QPushButton, QWidget

from daps_desktop.base.i18n import N_, ntr
from daps_desktop.ui.common.live_text import say
from daps_desktop.ui.common.theme import MIN_TARGET
from daps_desktop.ui.common.widgets import hbox, label


class PrintsLine(QWidget):
    """Is there only while there are several."""

    help_chapter = "several"

    pressed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.words = label()
        self.button = say(
            QPushButton(), text=N_("Show"), toolTip=N_("Show where the photos of this scan are")
        )
        self.button.setObjectName("segment")
        self.button.setMinimumHeight(MIN_TARGET)
        layout = hbox(self.words, self.button)
        layout.setStretch(0, 1)
        self.setLayout(layout)
        self.button.clicked.connect(self.pressed)
        self.show_count(0)

    def show_count(self, count: int) -> None:
        say(self.words, text=lambda: _words(count))
        self.setVisible(count > 1)


def _words(count: int) -> str:
    return ntr("This scan holds {count} photo.", "This scan holds {count} photos.", count).format(count=count)
