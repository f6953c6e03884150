"""The first page: one button, the sample, the last photos, and what the program promises."""

from pathlib import Path

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QIcon, QPixmap
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QScrollArea, QToolButton, QVBoxLayout, QWidget

from daps_desktop.base.i18n import N_, phrase, tr
from daps_desktop.base.paths import resource
from daps_desktop.document.journal import UnsavedWork
from daps_desktop.ui.common import labels
from daps_desktop.ui.common.actions import Actions
from daps_desktop.ui.common.banner import Banner
from daps_desktop.ui.common.live_text import say
from daps_desktop.ui.common.theme import MIN_TARGET, SPACING
from daps_desktop.ui.common.widgets import hbox, label
from daps_desktop.ui.files.crash_recovery import RecoveryCard
from daps_desktop.ui.files.recent_files import THUMBNAIL, RecentFile

_BANNER_WIDTH = 480
_MAX_SHOWN = 5  # recent photos, in one row
_MAX_OFFERS = 3


class WelcomePage(QScrollArea):
    """Nothing to choose but the photo; scrolls, so that it asks no more of the window than the photo does."""

    help_chapter = "first"

    open_pressed = Signal()
    sample_pressed = Signal()
    recent_pressed = Signal(Path)
    clear_pressed = Signal()
    recover_pressed = Signal(object)  # Unsaved
    discard_pressed = Signal(object)

    def __init__(self, actions: Actions) -> None:
        super().__init__()
        self.setObjectName("welcome")
        self.shown = _before_after()
        self.button = say(QPushButton(), text=labels.WELCOME_OPEN)
        self.button.setObjectName("restore")
        self.button.setMinimumWidth(240)
        actions.set_explanation(self.button, labels.WELCOME_OPEN, "open")
        self.button.clicked.connect(self.open_pressed)
        self.sample = say(QPushButton(), text=labels.WELCOME_SAMPLE)
        self.sample.setObjectName("restore")
        self.sample.setProperty("quiet", True)
        self.sample.setMinimumWidth(160)
        say(self.sample, toolTip=N_("A damaged photo that comes with the program"))
        self.sample.clicked.connect(self.sample_pressed)
        self.banner = Banner()
        self.banner.setFixedWidth(_BANNER_WIDTH)
        self._below = _centred("", "caption")
        self._actions, self._opening = actions, ""
        actions.announce_keys(self._show_below)
        self.hardware = _centred("", "caption")
        self._offers = QWidget()
        self._offers.setFixedWidth(_BANNER_WIDTH)
        self._offers_layout = QVBoxLayout(self._offers)
        self._offers_layout.setSpacing(SPACING)
        self._offers_layout.setContentsMargins(0, 0, 0, 0)
        self.recent = RecentRow()
        self.recent.pressed.connect(self.recent_pressed)
        self.recent.clear_pressed.connect(self.clear_pressed)
        self._arrange()

    def _arrange(self) -> None:
        page = QWidget()
        self.setWidget(page)
        self.setWidgetResizable(True)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        layout = QVBoxLayout(page)
        layout.setSpacing(2 * SPACING)
        layout.addStretch(2)
        for words, name in ((labels.WELCOME_TITLE, "title"), (labels.WELCOME_LINE, "")):
            layout.addWidget(_centred(words, name))
        layout.addLayout(_middle(self.shown))
        layout.addWidget(_centred(labels.WELCOME_SHOWN, "caption"))
        layout.addLayout(_middle(self.button, self.sample))
        layout.addWidget(self._below)
        layout.addLayout(_middle(self.banner))  # an alignment would cut the lines of the sentence off
        layout.addLayout(_middle(self._offers))
        layout.addWidget(self.recent)
        layout.addStretch(3)
        layout.addWidget(self.hardware)
        layout.addWidget(_centred(labels.WELCOME_PRIVATE, "caption"))
        layout.addSpacing(SPACING)

    def show_opening(self, name: str) -> None:
        """Say which photo is being read; an empty name says that none is."""
        self._opening = name
        self._show_below()
        for button in (self.button, self.sample):
            button.setEnabled(not name)
        self.recent.setEnabled(not name)
        self.banner.hide()

    def _show_below(self) -> None:
        if self._opening:
            self._below.setText(tr(labels.OPENING).format(name=self._opening))
        else:
            keys = self._actions.keys("paste")
            self._below.setText(
                tr(labels.WELCOME_DROP).format(keys=keys) if keys else tr(labels.WELCOME_DROP_ALONE)
            )

    def show_offers(self, found: list[UnsavedWork]) -> None:
        """Work that can be recovered, the latest first."""
        for card in self.cards:
            card.setParent(None)
            card.deleteLater()
        for unsaved in found[:_MAX_OFFERS]:
            card = RecoveryCard(unsaved)
            card.recover_pressed.connect(self.recover_pressed)
            card.discard_pressed.connect(self.discard_pressed)
            self._offers_layout.addWidget(card)

    @property
    def cards(self) -> list[RecoveryCard]:
        return self._offers.findChildren(RecoveryCard, options=Qt.FindChildOption.FindDirectChildrenOnly)


class RecentRow(QWidget):
    """The last photos as small pictures; nothing where there are none."""

    pressed = Signal(Path)
    clear_pressed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.buttons: list[QToolButton] = []
        self._images = QHBoxLayout()
        self._images.setSpacing(SPACING)
        self.clear = QToolButton()
        self.clear.setObjectName("quiet")
        say(self.clear, text=N_("Clear this list"))
        self.clear.setMinimumHeight(MIN_TARGET)
        self.clear.clicked.connect(self.clear_pressed)
        heading = label(N_("Recent photos"), "caption")
        heading.setWordWrap(False)
        top = hbox(heading)
        top.addStretch()
        top.addWidget(self.clear)
        layout = QVBoxLayout()
        layout.setSpacing(SPACING // 2)
        layout.addLayout(top)
        layout.addLayout(self._images)
        around = QHBoxLayout(self)
        around.addStretch()
        around.addLayout(layout)
        around.addStretch()
        self.hide()

    def show_files(self, files: list[RecentFile]) -> None:
        for button in self.buttons:
            self._images.removeWidget(button)
            button.deleteLater()
        self.buttons = [self._button(file) for file in files[:_MAX_SHOWN]]
        for button in self.buttons:
            self._images.addWidget(button)
        self.setVisible(bool(files))

    def _button(self, file: RecentFile) -> QToolButton:
        button = QToolButton()
        button.setObjectName("thumbnail")
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextUnderIcon)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.setIconSize(QSize(*THUMBNAIL))
        button.setIcon(QIcon(QPixmap.fromImage(file.image)))
        width = THUMBNAIL[0]
        name = button.fontMetrics().elidedText(file.path.name, Qt.TextElideMode.ElideMiddle, width)
        button.setText(name.replace("&", "&&"))
        button.setToolTip(str(file.path))
        say(button, accessibleName=phrase(N_("Open {name}"), name=file.path.name))
        button.clicked.connect(lambda: self.pressed.emit(file.path))
        return button


def _before_after() -> QLabel:
    """A part of the sample, left as it is and right as this program restored it (see packaging)."""
    picture = QPixmap(str(resource("sample") / "before_after.jpg"))
    picture.setDevicePixelRatio(picture.width() / _BANNER_WIDTH)
    shown = QLabel()
    shown.setPixmap(picture)
    say(shown, accessibleName=labels.WELCOME_SHOWN)
    return shown


def _middle(*children: QWidget) -> QHBoxLayout:
    middle = hbox(*children, spacing=SPACING)
    middle.insertStretch(0)
    middle.addStretch()
    return middle


def _centred(text: str, name: str) -> QLabel:
    result = label(text, name)
    result.setAlignment(Qt.AlignmentFlag.AlignHCenter)
    return result
