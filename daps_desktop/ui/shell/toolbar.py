"""The strip at the left: tools, undo, zoom and what is seen."""

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QToolBar

from daps_desktop.base.i18n import N_
from daps_desktop.ui.common.actions import Actions
from daps_desktop.ui.common.live_text import say

# Names of actions, each with an icon in `ui/common/actions.py`; a line is drawn between two groups.
_GROUPS = (
    ("frame", "brush", "eraser", "rectangle", "lasso", "polygon", "wand"), ("undo", "redo", "clear"),
    ("zoom_in", "zoom_out", "fit"), ("overlay", "check"),
)  # fmt: skip
_ICON = 20  # pixels


class ToolBar(QToolBar):
    """The actions of the menus once more, as icons."""

    def __init__(self, actions: Actions) -> None:
        super().__init__()
        say(self, windowTitle=N_("Tools"))
        self.setObjectName("tools")
        self.setMovable(False)
        self.setIconSize(QSize(_ICON, _ICON))
        for group in _GROUPS:
            if self.actions():
                self.addSeparator()
            self.addActions([actions[name] for name in group])
