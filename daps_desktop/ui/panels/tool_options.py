"""The settings of the tool in hand, where the user works: only those that matter to it are shown."""

import math

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QLabel, QSlider, QSpinBox, QWidget

from daps_desktop.base.i18n import N_, tr
from daps_desktop.jobs.settings import WIDEST_EDGE
from daps_desktop.ui.canvas.tool_settings import AMOUNTS, MAX_DIAMETER, MIN_DIAMETER, TOLERANCES
from daps_desktop.ui.canvas.toolbox import BRUSH, WAND, ToolBox
from daps_desktop.ui.common import labels
from daps_desktop.ui.common.actions import Actions
from daps_desktop.ui.common.live_text import Words, say
from daps_desktop.ui.common.theme import MIN_TARGET, SPACING
from daps_desktop.ui.common.widgets import SegmentedControl, hbox, segment_button, vbox
from daps_desktop.ui.models.document_model import DocumentModel

MARK, ERASE = N_("Mark"), N_("Erase")
MARK_OR_ERASE = N_("What the tool does")
TOLERANCE = N_("Tolerance")
SOFT_EDGE = N_("Soft edge")
SOFT_EDGE_HELP = N_("The filling fades into the photo over a ring so wide around the marks.")
HEAL_HELP = N_("Each stroke of the brush is repaired as soon as it ends, in a version of its own.")
GROW, SHRINK, AMOUNT = N_("Grow"), N_("Shrink"), N_("Pixels by which marks grow or shrink")
_STOPS = 200  # of the size, which is logarithmic
_RATIO = math.log(MAX_DIAMETER / MIN_DIAMETER)
_LABEL = 10 * SPACING


class ToolOptions(QWidget):
    """Mirrors the settings of the tools; each tool's row keeps its place, so that nothing below it moves."""

    def __init__(self, tools: ToolBox, model: DocumentModel, actions: Actions) -> None:
        super().__init__()
        self._tools, self._model = tools, model
        self.mode = SegmentedControl(MARK_OR_ERASE, ((False, MARK), (True, ERASE)))
        self.brush_size = SliderRow(labels.BRUSH_SIZE, (0, _STOPS))
        self.tolerance = SliderRow(TOLERANCE, TOLERANCES)
        self.soft_edge = SliderRow(SOFT_EDGE, (0, WIDEST_EDGE))
        actions.set_explanation(self.brush_size.slider, labels.BRUSH_SIZE, "smaller", "larger")
        actions.set_explanation(self.tolerance.slider, TOLERANCE, "wand")
        actions.set_explanation(self.soft_edge.slider, SOFT_EDGE, "softer", "harder", more=SOFT_EDGE_HELP)
        self.heal = say(QCheckBox(), text=actions.specs["heal"].label)
        self.heal.setMinimumHeight(MIN_TARGET)
        actions.set_explanation(self.heal, actions.specs["heal"].label, "heal", more=HEAL_HELP)
        self.setLayout(vbox(self.mode, self.brush_size, self.heal, self.tolerance, self.soft_edge))
        self.heal.clicked.connect(tools.settings.set_healing)
        for value in (False, True):
            actions.set_explanation(self.mode.button(value), MARK_OR_ERASE, "swap")
        self.mode.chosen.connect(tools.settings.set_erasing)
        self.brush_size.slider.valueChanged.connect(self._pick_size)
        self.tolerance.slider.valueChanged.connect(tools.settings.set_tolerance)
        self.soft_edge.slider.valueChanged.connect(model.set_soft_edge)
        tools.changed.connect(self._show)
        for signal in (model.photo_opened, model.task_changed, model.settings_changed):
            signal.connect(self._show_edge)
        self._show()
        self._show_edge()

    def _show_edge(self) -> None:
        document = self._model.document
        width = document.settings.soft_edge if document else 0
        self.soft_edge.show_value(width, _sized(f"{width}", labels.UNIT_PIXELS))

    def _pick_size(self, stop: int) -> None:
        self._tools.settings.set_diameter(MIN_DIAMETER * math.exp(_RATIO * stop / _STOPS))

    def _show(self) -> None:
        settings = self._tools.settings
        self.mode.pick(settings.erasing)
        stop = round(_STOPS * math.log(settings.diameter / MIN_DIAMETER) / _RATIO)
        self.brush_size.show_value(stop, _sized(f"{settings.diameter:.0f}", labels.UNIT_PIXELS))
        self.tolerance.show_value(settings.tolerance, _sized(f"{settings.tolerance}", labels.UNIT_GREY))
        self.tolerance.setVisible(self._tools.name == WAND)
        self.brush_size.setVisible(self._tools.name != WAND)
        self.brush_size.setEnabled(self._tools.name == BRUSH)
        self.heal.setChecked(settings.healing)
        self.heal.setVisible(self._tools.name == BRUSH)


def _sized(value: str, unit: str) -> Words:
    return lambda: value + tr(unit)


class SliderRow(QWidget):
    """A name, a slider and its value as text."""

    def __init__(self, name: str, limits: tuple[int, int]) -> None:
        super().__init__()
        self.slider = QSlider(Qt.Orientation.Horizontal)
        self.slider.setRange(*limits)
        self.slider.setMinimumHeight(MIN_TARGET)
        say(self.slider, accessibleName=name)
        words = say(QLabel(), text=name)
        words.setMinimumWidth(_LABEL)
        self._value = QLabel()
        self._value.setMinimumWidth(7 * SPACING)
        self._value.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.setLayout(hbox(words, self.slider, self._value))

    def show_value(self, value: int, words: Words) -> None:
        """Show a value without emitting a signal."""
        self.slider.blockSignals(True)
        self.slider.setValue(value)
        self.slider.blockSignals(False)
        say(self._value, text=words)


class GrowRow(QWidget):
    """Shrink and grow all marks, with the amount between them."""

    def __init__(self, tools: ToolBox, actions: Actions) -> None:
        super().__init__()
        self._tools = tools
        self.shrink, self.grow = segment_button(SHRINK), segment_button(GROW)
        self.amount = QSpinBox()
        self.amount.setRange(*AMOUNTS)
        say(self.amount, suffix=labels.UNIT_PIXELS, accessibleName=AMOUNT)
        self.amount.setMinimumHeight(MIN_TARGET)
        layout: QHBoxLayout = hbox(self.shrink, self.amount, self.grow)
        layout.addStretch(1)
        self.setLayout(layout)
        self.amount.valueChanged.connect(tools.settings.set_amount)
        tools.settings.changed.connect(self._show)
        self._show()
        self._follow(actions)

    def _follow(self, actions: Actions) -> None:
        """The buttons do what the menu does, and are alive when it is."""
        for button, name in ((self.shrink, "shrink"), (self.grow, "grow")):
            action = actions[name]
            actions.set_explanation(button, actions.specs[name].label, name)
            button.setEnabled(action.isEnabled())
            button.clicked.connect(action.trigger)
            action.enabledChanged.connect(button.setEnabled)

    def _show(self) -> None:
        self.amount.blockSignals(True)
        self.amount.setValue(self._tools.settings.amount)
        self.amount.blockSignals(False)
