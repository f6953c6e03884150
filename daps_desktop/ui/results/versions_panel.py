"""The strip of versions with what can be done about them; while one is painted, with what that needs."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QStackedWidget, QWidget

from daps_desktop.base.i18n import N_
from daps_desktop.ui.common.actions import Actions, action_button
from daps_desktop.ui.common.live_text import Words, say
from daps_desktop.ui.common.theme import SPACING
from daps_desktop.ui.common.widgets import hbox, label, vbox
from daps_desktop.ui.results.filmstrip import Filmstrip

EMPTY = N_("Results appear here as versions. None of them is ever overwritten.")
_BUTTONS_WIDTH = 216
_LEAST_PLACES = 160  # pixels


class VersionsPanel(QWidget):
    """Strip left, buttons right; nothing moves when versions come or painting begins."""

    help_chapter = "versions"

    def __init__(self, actions: Actions) -> None:
        super().__init__()
        say(self, accessibleName=N_("Versions"))
        self.strip = Filmstrip()
        self.empty = label(EMPTY, "caption")
        self.empty.setAlignment(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft)
        self._places = QStackedWidget()
        for place in (self.empty, self.strip):
            self._places.addWidget(place)
        self.painting = label("", "caption")
        self._sides = QStackedWidget()
        self._sides.setFixedWidth(_BUTTONS_WIDTH)
        usual = [action_button(actions, name, wide=True) for name in ("try_more", "safest", "check")]
        painting = [action_button(actions, name, wide=True) for name in ("keep_painting", "drop_painting")]
        for side in (_page(*usual), _page(self.painting, *painting)):
            self._sides.addWidget(side)
        layout = hbox(self._places, self._sides)
        layout.setStretch(0, 1)
        layout.setContentsMargins(2 * SPACING, SPACING // 2, 2 * SPACING, SPACING // 2)
        self.setLayout(layout)
        self.setFixedHeight(self.strip.height() + SPACING)
        self.setMinimumWidth(1)  # a narrow window cuts it rather than the button that goes on

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The buttons are whole in any window; what is said while there is no version gives way to them."""
        self._fit()
        self._sides.setFixedWidth(min(_BUTTONS_WIDTH, max(self.width() - 4 * SPACING, 1)))
        super().resizeEvent(event)

    def show_any(self, any_version: bool) -> None:
        self._places.setCurrentIndex(int(any_version))
        self._fit()

    def _fit(self) -> None:
        room = self.width() - _BUTTONS_WIDTH
        self._places.setVisible(self._places.currentIndex() == 1 or room >= _LEAST_PLACES)

    def show_painting(self, words: Words) -> None:
        """What is being painted and how; the usual buttons come back for an empty text."""
        say(self.painting, text=words)
        self._sides.setCurrentIndex(int(bool(words)))


def _page(*children: QWidget) -> QWidget:
    page = QWidget()
    layout = vbox(*children, spacing=SPACING // 2)
    layout.insertStretch(0, 1)
    layout.addStretch(1)
    page.setLayout(layout)
    return page
