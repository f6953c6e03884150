"""Above the canvas: which side is seen, and the zoom."""

from PySide6.QtWidgets import QPushButton, QWidget

from daps_desktop.ui import text
from daps_desktop.ui.actions import Actions, tip
from daps_desktop.ui.panels.parts import Segments, row
from daps_desktop.ui.theme import GRID
from daps_desktop.ui.viewer.compare import Compare, CompareMode

_MODES = (
    (CompareMode.ORIGINAL, text.SIDE_ORIGINAL, "F5"),
    (CompareMode.SPLIT, text.SIDE_SPLIT, "F6"),
    (CompareMode.RESULT, text.SIDE_RESULT, "F7"),
)


class CompareBar(QWidget):
    """Mirrors the comparison; split and result can be chosen once there is something to compare."""

    def __init__(self, compare: Compare, actions: Actions) -> None:
        super().__init__()
        self._compare = compare
        self.modes = Segments(text.COMPARE_NAME, [(mode, words) for mode, words, _ in _MODES])
        for mode, words, key in _MODES:
            self.modes.button(mode).setToolTip(tip(words, key))
        layout = row(self.modes)
        layout.setContentsMargins(GRID, GRID, GRID, GRID)
        layout.addStretch(1)
        for words, name in (("Fit", "fit"), ("100 %", "actual")):
            button = _button(words)
            button.setToolTip(actions[name].toolTip())
            button.clicked.connect(actions[name].trigger)
            layout.addWidget(button)
        self.setLayout(layout)
        self.modes.picked.connect(compare.set_mode)
        compare.changed.connect(self._show)
        self._show()

    def _show(self) -> None:
        self.modes.pick(self._compare.mode)
        for mode in (CompareMode.SPLIT, CompareMode.RESULT):
            self.modes.button(mode).setEnabled(self._compare.available)


def _button(words: str) -> QPushButton:
    button = QPushButton(words)
    button.setObjectName("segment")
    return button
