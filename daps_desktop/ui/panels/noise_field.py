"""The noise level: estimated automatically, or a number of grey levels, shown only where it counts."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QWidget

from daps_desktop.jobs.settings import MOST_NOISE
from daps_desktop.ui.common import labels
from daps_desktop.ui.common.live_text import say
from daps_desktop.ui.common.theme import MIN_TARGET, SPACING
from daps_desktop.ui.common.widgets import NumberRow, vbox

_USUAL = 10.0  # grey levels, where a number is first wanted


class NoiseField(QWidget):
    """`chosen` carries the level in grey levels (0-255), or None for automatic."""

    chosen = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.automatic = say(QCheckBox(), text=labels.AUTOMATIC)
        self.automatic.setChecked(True)
        self.automatic.setMinimumHeight(MIN_TARGET)
        self.level = NumberRow(labels.LEVEL, labels.UNIT_GREY, 0, MOST_NOISE, _USUAL)
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
        self.level.show_value(_USUAL)

    def _tell(self) -> None:
        automatic = self.automatic.isChecked()
        self.level.setVisible(not automatic)
        self.chosen.emit(None if automatic else self.level.value)
