"""The fields of a card, one for each value of its damage, as wide as the value may be."""

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QLabel, QSlider, QWidget

from daps_desktop.base.validation import Allowed, OneOf, Range
from daps_desktop.ui.common.live_text import say
from daps_desktop.ui.common.theme import MIN_TARGET, SPACING
from daps_desktop.ui.common.widgets import NumberRow, SegmentedControl, hbox, vbox

_VALUE = 6 * SPACING  # pixels for a number next to its slider


class ValueField(QWidget):
    """One value; `changed` when the user sets another."""

    changed = Signal()

    @property
    def value(self) -> Any:
        raise NotImplementedError

    def show_value(self, value: Any) -> None:
        """Show a value without emitting a signal."""
        raise NotImplementedError


MakeField = Callable[[Allowed, Any], ValueField]  # from what the value may be, and the usual one


def number_field(name: str, unit: str = "", decimals: int = 1) -> MakeField:
    """A spin box."""
    return lambda values, usual: _Number(name, unit, decimals, values, usual)


def choice_field(name: str, text: str) -> MakeField:
    """A button for each value, with `text` around it."""
    return lambda values, usual: _Choice(name, text, values, usual)


def percent_field(name: str, spoken: str) -> MakeField:
    """A slider for a share; `spoken` is what a screen reader calls it."""
    return lambda values, usual: PercentField(name, spoken, values, usual)


class _Number(ValueField):
    def __init__(self, name: str, unit: str, decimals: int, values: Allowed, usual: float) -> None:
        assert isinstance(values, Range)
        super().__init__()
        self._whole = isinstance(usual, int)
        self.row = NumberRow(name, unit, values.low, values.high, usual, decimals)
        self.setLayout(vbox(self.row))
        self.row.changed.connect(lambda _: self.changed.emit())

    @property
    def value(self) -> float:
        return round(self.row.value) if self._whole else self.row.value

    def show_value(self, value: float) -> None:
        self.row.show_value(value)


class _Choice(ValueField):
    def __init__(self, name: str, text: str, values: Allowed, usual: object) -> None:
        assert isinstance(values, OneOf)
        super().__init__()
        self.buttons = SegmentedControl(name, [(value, text.format(value)) for value in values.known])
        self.buttons.pick(usual)
        self.setLayout(vbox(self.buttons))
        self.buttons.chosen.connect(lambda _: self.changed.emit())

    @property
    def value(self) -> object:
        return self.buttons.value

    def show_value(self, value: object) -> None:
        self.buttons.pick(value)


class PercentField(ValueField):
    """A share from 0 to 1 as a slider with its percentage."""

    def __init__(self, name: str, spoken: str, values: Allowed, usual: float) -> None:
        assert isinstance(values, Range)
        super().__init__()
        self.slider = QSlider(Qt.Orientation.Horizontal)
        self.slider.setRange(round(100 * values.low), round(100 * values.high))
        self.slider.setMinimumHeight(MIN_TARGET)
        say(self.slider, accessibleName=spoken)
        self._percent = QLabel()
        self._percent.setMinimumWidth(_VALUE)
        self._percent.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.setLayout(hbox(say(QLabel(), text=name), self.slider, self._percent))
        self.show_value(usual)
        self.slider.valueChanged.connect(self._tell)

    @property
    def value(self) -> float:
        return self.slider.value() / 100

    def show_value(self, value: float) -> None:
        self.slider.blockSignals(True)
        self.slider.setValue(round(100 * value))
        self.slider.blockSignals(False)
        self._show_percent()

    def _tell(self) -> None:
        self._show_percent()
        self.changed.emit()

    def _show_percent(self) -> None:
        self._percent.setText(f"{self.slider.value()} %")
