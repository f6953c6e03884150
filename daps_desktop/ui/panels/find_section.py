"""Find scratches and dust: the button, and during the review how many there are and how sure."""

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QLabel, QPushButton, QScrollArea, QSlider, QWidget

from daps_desktop.base.i18n import N_, capitalised, ntr, tr
from daps_desktop.jobs.proposals import DEFAULT
from daps_desktop.ui.common import labels
from daps_desktop.ui.common.actions import Actions
from daps_desktop.ui.common.live_text import Words, said, say
from daps_desktop.ui.common.theme import MIN_TARGET, SPACING
from daps_desktop.ui.common.widgets import hbox, label, vbox

FIND = N_("Find scratches and dust")
LOOKING = N_("Looking for scratches and dust…")
LOOKING_SHARE = N_("Looking for scratches and dust: {share:.0%}…")
WAITING = N_("Scratches and dust are looked for when the restoration has ended.")
NONE = N_("None found. What you see yourself you can paint over.")
NONE_YET = N_("None is sure enough. Move the slider to see less certain ones.")
HOW = N_(
    "Restore repairs what glows. If something is missing, move the slider to the right. Click a place to "
    "exclude it or include it again."
)
INFRARED = N_(
    "Found by the infrared channel of the scan, in which dust and scratches are dark and film is clear. {how}"
)
_STOPS = 100


class SensitivitySlider(QWidget):
    """From few and sure to many and doubtful; `chosen` carries 0 to 1."""

    chosen = Signal(float)

    def __init__(self) -> None:
        super().__init__()
        self.slider = QSlider(Qt.Orientation.Horizontal)
        self.slider.setRange(0, _STOPS)
        self.slider.setMinimumHeight(MIN_TARGET)
        say(self.slider, accessibleName=N_("Sensitivity"))
        say(self.slider, toolTip=N_("To the left only the surest, to the right also the doubtful ones"))
        self.setLayout(hbox(say(QLabel(), text=N_("Fewer")), self.slider, say(QLabel(), text=N_("More"))))
        self.slider.valueChanged.connect(lambda stop: self.chosen.emit(stop / _STOPS))

    @property
    def value(self) -> float:
        return self.slider.value() / _STOPS

    def show_value(self, sensitivity: float) -> None:
        """Without a word to those who wait for a choice."""
        self.slider.blockSignals(True)
        self.slider.setValue(round(sensitivity * _STOPS))
        self.slider.blockSignals(False)


class FindSection(QWidget):
    """Shows what the finder reports; `sensitivity_chosen` carries 0 to 1. Find becomes Stop meanwhile."""

    help_chapter = "finding"

    find_pressed = Signal()
    stop_pressed = Signal()
    accept_pressed = Signal()
    dismiss_pressed = Signal()
    sensitivity_chosen = Signal(float)

    def __init__(self, actions: Actions) -> None:
        super().__init__()
        self._actions, self._looking = actions, False
        self.button = QPushButton()
        _as_button(self.button)
        self.accept = _button(actions, N_("Accept all"), "accept_found")
        self.dismiss = _button(actions, N_("Dismiss"), "dismiss_found")
        self.clean = label()
        self.line = label("", "caption")
        self.count = label()
        say(self.count, accessibleDescription=N_("Places found"))
        self._sensitivity = SensitivitySlider()
        self.slider = self._sensitivity.slider
        self._review = self._review_box()
        self.setLayout(vbox(self.clean, self.button, self.line, self._review))
        self.show_idle()
        self.show_clean("")
        actions.announce_keys(self._show_keys)
        self.button.clicked.connect(self._press)
        self.accept.clicked.connect(self.accept_pressed)
        self.dismiss.clicked.connect(self.dismiss_pressed)
        self._sensitivity.chosen.connect(self.sensitivity_chosen)

    def _review_box(self) -> QWidget:
        buttons, box = QWidget(), QWidget()
        buttons.setLayout(hbox(self.accept, self.dismiss))
        box.setLayout(vbox(self.count, self._sensitivity, buttons))
        return box

    @property
    def sensitivity(self) -> float:
        return self._sensitivity.value

    def _press(self) -> None:
        (self.stop_pressed if self._looking else self.find_pressed).emit()

    def show_clean(self, words: Words) -> None:
        """That the photo does not seem to need anything; nothing where it does."""
        say(self.clean, text=words)
        self.clean.setVisible(bool(words))

    def show_idle(self, words: Words = "") -> None:
        self._show_button(looking=False)
        self._review.setVisible(False)
        self._say(words)

    def show_hint(self, words: Words) -> None:
        """What a first glance found, unless there is something newer to say."""
        if not self._looking and self._review.isHidden() and not self.line.text():
            self._say(lambda: capitalised(said(words)))

    def show_looking(self, share: float | None) -> None:
        """How much of the photo was looked through; None: a run is waited for."""
        self._show_button(looking=True)
        self._review.setVisible(False)
        if share is None:
            self._say(WAITING)
        else:
            self._say(lambda: tr(LOOKING_SHARE).format(share=share) if share else tr(LOOKING))

    def show_review(self, infrared: bool) -> None:
        """Proposals lie over the photo; the slider begins at its usual place."""
        self._sensitivity.show_value(DEFAULT)
        self._review.setVisible(True)
        self._say(lambda: tr(INFRARED).format(how=tr(HOW)) if infrared else tr(HOW))
        QTimer.singleShot(0, self, self._reveal)

    def show_count(self, chosen: int, left_out: int) -> None:
        say(self.count, text=lambda: _count_line(chosen, left_out))
        self.accept.setEnabled(chosen > 0)

    def _show_button(self, looking: bool) -> None:
        self._looking = looking
        say(self.button, text=labels.STOP if looking else FIND)
        self._show_keys()

    def _show_keys(self) -> None:
        words, name = (labels.STOP, "dismiss_found") if self._looking else (FIND, "find")
        self.button.setToolTip(self._actions.tooltip(words, name))

    def _reveal(self) -> None:
        """Scroll the buttons into sight, as soon as they have a place."""
        area = self.parentWidget()
        while area is not None and not isinstance(area, QScrollArea):
            area = area.parentWidget()
        if area is not None:
            area.ensureWidgetVisible(self._review)

    def _say(self, words: Words) -> None:
        say(self.line, text=words)
        self.line.setVisible(bool(words))


def _count_line(chosen: int, left_out: int) -> str:
    words = ntr("{count} found", "{count} found", chosen).format(count=chosen) if chosen else tr(NONE_YET)
    return words + tr(", {count} excluded").format(count=left_out) if left_out else words


def _button(actions: Actions, text: str, name: str) -> QPushButton:
    button = say(QPushButton(), text=text)
    actions.set_explanation(button, text, name)
    _as_button(button)
    return button


def _as_button(button: QPushButton) -> None:
    button.setObjectName("segment")
    button.setMinimumHeight(MIN_TARGET)
    button.setContentsMargins(SPACING, 0, SPACING, 0)
