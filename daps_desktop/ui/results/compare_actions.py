"""The actions of the comparison."""

from PySide6.QtCore import QObject
from PySide6.QtGui import QActionGroup

from daps_desktop.ui.canvas.drawing.compare_state import ALONE, CompareMode, CompareState
from daps_desktop.ui.common.actions import Actions

_ACTIONS = {mode: mode.value for mode in CompareMode}
_WITH_RESULT = tuple(mode.value for mode in CompareMode if mode not in ALONE)
_WITH_CHOICE = ("original", "next_compare")
_WITH_DIFFERENCE = ("weaker", "stronger")


class CompareController(QObject):
    """One action a way of comparing, of which one is checked, and two that change a difference."""

    def __init__(self, compare: CompareState, actions: Actions) -> None:
        super().__init__(compare)
        self._compare = compare
        self._actions = actions
        group = QActionGroup(self)
        for mode, name in _ACTIONS.items():
            group.addAction(actions[name])
            actions.connect(name, lambda mode=mode: compare.set_mode(mode))
        actions.connect("next_compare", compare.next_mode)
        actions.connect("weaker", lambda: compare.amplify(-1))
        actions.connect("stronger", lambda: compare.amplify(1))
        compare.changed.connect(self.show)
        self.show()

    def show(self) -> None:
        """Enable what can be compared now, and check what is."""
        self._actions[_ACTIONS[self._compare.mode]].setChecked(True)
        self._actions.enable(_WITH_RESULT, self._compare.available)
        self._actions.enable(_WITH_CHOICE, self._compare.available or self._compare.previewing)
        self._actions.enable((CompareMode.PREVIEW.value,), self._compare.previewing)
        self._actions.enable(_WITH_DIFFERENCE, self._compare.mode is CompareMode.DIFFERENCE)
