"""The fields of a card, one for each value of its damage, as wide as the value may be."""

from collections.abc import Callable, Mapping
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QCheckBox, QLabel, QSlider, QWidget

from daps_desktop.base.validation import Allowed, OneOf, Range
from daps_desktop.jobs.settings import MOST_NOISE
from daps_desktop.ui.common import labels
from daps_desktop.ui.common.live_text import say
from daps_desktop.ui.common.theme import MIN_TARGET, SPACING
from daps_desktop.ui.common.widgets import NumberRow, SegmentedControl, hbox, vbox

_USUAL_NOISE = 10.0  # grey levels, where a number is first wanted
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
    return lambda values, usual: _Choice(name, text.format, values, usual)


def words_field(name: str, words: Mapping[str, str]) -> MakeField:
    """A button for each value, with a message of `N_` for each."""
    return lambda values, usual: _Choice(name, words.__getitem__, values, usual)


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
    def __init__(self, name: str, text: Callable[[Any], str], values: Allowed, usual: object) -> None:
        assert isinstance(values, OneOf)
        super().__init__()
        self.buttons = SegmentedControl(name, [(value, text(value)) for value in values.known])
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


class NoiseField(QWidget):
    """The noise level; `chosen` carries it in grey levels (0-255), or None where it is to be estimated."""

    chosen = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.automatic = say(QCheckBox(), text=labels.AUTOMATIC)
        self.automatic.setChecked(True)
        self.automatic.setMinimumHeight(MIN_TARGET)
        self.level = NumberRow(labels.LEVEL, labels.UNIT_GREY, 0, MOST_NOISE, _USUAL_NOISE)
        self.level.setVisible(False)
        self.setLayout(vbox(self.automatic, self.level, spacing=SPACING // 2))
        self.automatic.toggled.connect(self._tell)
        self.level.changed.connect(self._tell)

    def show_level(self, level: float | None) -> None:
        self.automatic.blockSignals(True)
        self.automatic.setChecked(level is None)
        self.automatic.blockSignals(False)
        self.level.setVisible(level is not None)
        if level is not None:
            self.level.show_value(level)

    def reset(self) -> None:
        """Automatic, with the usual number behind it."""
        self.show_level(None)
        self.level.show_value(_USUAL_NOISE)

    def _tell(self) -> None:
        automatic = self.automatic.isChecked()
        self.level.setVisible(not automatic)
        self.chosen.emit(None if automatic else self.level.value)
