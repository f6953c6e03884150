"""Above the canvas: what is compared with what, how strongly a difference is shown, and the zoom."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QComboBox, QPushButton, QSlider, QWidget

from daps_desktop.base.i18n import N_
from daps_desktop.ui.canvas.drawing.compare_state import ALONE, FACTORS, CompareMode, CompareState
from daps_desktop.ui.common import labels
from daps_desktop.ui.common.actions import Actions
from daps_desktop.ui.common.live_text import say
from daps_desktop.ui.common.theme import MIN_TARGET, SPACING
from daps_desktop.ui.common.widgets import SegmentedControl, add_choice, hbox, segment_button

_MODES = {
    CompareMode.ORIGINAL: (N_("Before"), "original"),
    CompareMode.PREVIEW: (N_("Preview"), "preview"),
    CompareMode.SPLIT: (N_("Split"), "split"),
    CompareMode.SIDE: (N_("Side by side"), "side"),
    CompareMode.DIFFERENCE: (N_("Difference"), "difference"),
    CompareMode.RESULT: (N_("Result"), "result"),
}  # with the action of each
STRENGTH = N_("How strongly the difference is shown")


class CompareBar(QWidget):
    """Mirrors the comparison; all but the photo itself can be chosen once there is something to compare."""

    help_chapter = "comparing"

    def __init__(self, compare: CompareState, actions: Actions) -> None:
        super().__init__()
        self._compare = compare
        self.modes = SegmentedControl(
            labels.COMPARE_NAME, [(mode, words) for mode, (words, _) in _MODES.items()]
        )
        for mode, (_, action) in _MODES.items():
            actions.set_explanation(self.modes.button(mode), actions.specs[action].label, action)
        self.narrow = QComboBox()  # the same choice where there is no room for buttons
        say(self.narrow, accessibleName=labels.COMPARE_NAME)
        self.narrow.setMinimumSize(1, MIN_TARGET)
        self.factor = _factor_slider(actions)
        self.peek = _peek_button(compare)
        layout = hbox(self.modes, self.narrow, self.factor)
        layout.setContentsMargins(SPACING, SPACING, SPACING, SPACING)
        layout.addStretch(1)
        self._extras = [self.peek]  # which keys and menus have as well
        for words, name in ((N_("Fit"), "fit"), (N_("100 %"), "actual")):
            button = segment_button(words)
            actions.set_explanation(button, actions.specs[name].label, name)
            button.clicked.connect(actions[name].trigger)
            self._extras.append(button)
        for button in self._extras:
            layout.addWidget(button)
        self.setLayout(layout)
        self.setMinimumWidth(1)
        self.modes.chosen.connect(compare.set_mode)
        self.narrow.activated.connect(lambda _index: compare.set_mode(CompareMode(self.narrow.currentData())))
        self.factor.valueChanged.connect(lambda index: compare.set_factor(FACTORS[index]))
        compare.changed.connect(self._show)
        self._show()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Where the window is narrow, what is compared comes first."""
        buttons = self.modes.minimumSizeHint().width() + 2 * SPACING <= self.width()
        self.modes.setVisible(buttons)
        self.narrow.setVisible(not buttons)
        parts = (self.modes, self.factor, *self._extras)
        needed = SPACING + sum(part.minimumSizeHint().width() + SPACING for part in parts)
        for button in self._extras:
            button.setVisible(self.width() >= needed)
        super().resizeEvent(event)

    def _show(self) -> None:
        self.modes.pick(self._compare.mode)
        for mode in CompareMode:
            self.modes.button(mode).setEnabled(self._compare.available or mode in ALONE)
        self.modes.button(CompareMode.PREVIEW).setVisible(self._compare.previewing)
        self.narrow.clear()
        for mode, (words, _) in _MODES.items():
            if not self.modes.button(mode).isHidden() and self.modes.button(mode).isEnabled():
                add_choice(self.narrow, mode.value, words)
        self.narrow.setCurrentIndex(self.narrow.findData(self._compare.mode.value))
        self.factor.setVisible(self._compare.mode is CompareMode.DIFFERENCE)
        self.factor.setValue(FACTORS.index(self._compare.factor))


def _peek_button(compare: CompareState) -> QPushButton:
    """The original as long as it is held: for keyboards on which the key is hard to reach."""
    button = segment_button(labels.SIDE_ORIGINAL)
    say(button, toolTip=N_("Hold this down, or \\ on the keyboard, to see the original"))
    button.setFocusPolicy(Qt.FocusPolicy.TabFocus)  # held Space goes on moving the photo
    button.pressed.connect(lambda: compare.set_peeking(True))
    button.released.connect(lambda: compare.set_peeking(False))
    return button


def _factor_slider(actions: Actions) -> QSlider:
    slider = QSlider(Qt.Orientation.Horizontal)
    slider.setRange(0, len(FACTORS) - 1)
    slider.setPageStep(1)
    slider.setMinimumSize(5 * SPACING, MIN_TARGET)  # where the window is narrow
    say(slider, accessibleName=STRENGTH)
    actions.set_explanation(slider, STRENGTH, "weaker", "stronger")
    policy = slider.sizePolicy()
    policy.setRetainSizeWhenHidden(True)  # nothing jumps when it comes
    slider.setSizePolicy(policy)
    return slider
