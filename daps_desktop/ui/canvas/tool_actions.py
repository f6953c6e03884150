"""Menus and keys of the tools and of the marks."""

from collections.abc import Callable

from PySide6.QtCore import QObject
from PySide6.QtGui import QActionGroup

from daps_desktop.base.i18n import N_, tr
from daps_desktop.imaging.mask import Mask, dilate, erode
from daps_desktop.imaging.selection import Selection, selection_of
from daps_desktop.ui.canvas.toolbox import BRUSH, LASSO, POLYGON, RECTANGLE, WAND, ToolBox
from daps_desktop.ui.common.actions import Actions
from daps_desktop.ui.common.background import BackgroundRunner
from daps_desktop.ui.models.document_model import DocumentModel

UNDO_GROW, UNDO_SHRINK = N_("grow marks"), N_("shrink marks")
_SHAPES = {"rectangle": RECTANGLE, "lasso": LASSO, "polygon": POLYGON, "wand": WAND}
_MARKING = (
    "brush",
    "eraser",
    "swap",
    "smaller",
    "larger",
    "softer",
    "harder",
    "select_all",
    "invert",
    *_SHAPES,
)
_EDGES = (0, 1, 2, 3, 4, 6, 8, 12, 16, 24, 32)  # widths of the soft edge in pixels
_MARKED = ("clear", "grow", "shrink")


class ToolActions(QObject):
    """Connects the actions that take up a tool, set it, or change all marks at once."""

    def __init__(
        self,
        actions: Actions,
        tools: ToolBox,
        model: DocumentModel,
        background: BackgroundRunner,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._actions, self._tools, self._model, self._background = actions, tools, model, background
        self._group_tools()
        self._connect()
        self._show()
        self._show_possible()

    def _connect(self) -> None:
        act, tools, model, settings = self._actions, self._tools, self._model, self._tools.settings
        act.connect("brush", lambda: tools.take_brush(erasing=False))
        act.connect("eraser", lambda: tools.take_brush(erasing=True))
        for name, tool in _SHAPES.items():
            act.connect(name, lambda tool=tool: tools.choose(tool))
        act.connect("swap", lambda: settings.set_erasing(not settings.erasing))
        act.connect("smaller", settings.shrink)
        act.connect("larger", settings.grow)
        act.connect("softer", lambda: self._step_edge(1))
        act.connect("harder", lambda: self._step_edge(-1))
        act["pen_pressure"].toggled.connect(settings.set_pen_pressure)
        act["heal"].toggled.connect(settings.set_healing)
        act.connect("clear", model.clear_mask)
        act.connect("invert", model.invert_mask)
        act.connect("select_all", model.mark_all)
        act.connect("grow", self.grow)
        act.connect("shrink", self.shrink)
        tools.changed.connect(self._show)
        for signal in (model.photo_opened, model.mask_edited, model.history_changed):
            signal.connect(self._show_possible)

    def _group_tools(self) -> None:
        group = QActionGroup(self)
        for name in ("brush", "eraser", *_SHAPES):
            group.addAction(self._actions[name])

    def _show(self) -> None:
        settings, name = self._tools.settings, self._tools.name
        if name == BRUSH:
            name = "eraser" if settings.erasing else "brush"
        self._actions[name].setChecked(True)
        self._actions["pen_pressure"].setChecked(settings.pen_pressure)
        self._actions["heal"].setChecked(settings.healing)

    def _show_possible(self) -> None:
        self._actions.enable(_MARKING, self._model.document is not None)
        self._actions.enable(_MARKED, self._model.has_marks)

    def _step_edge(self, steps: int) -> None:
        """So many of the usual widths up or down."""
        document = self._model.document
        if document is not None:
            width = document.settings.soft_edge
            beyond = [w for w in _EDGES if (w > width if steps > 0 else w < width)]
            self._model.set_soft_edge(min(beyond, key=lambda w: abs(w - width), default=width))

    # all marks at once, off the window's thread: a large photo takes a moment

    def grow(self) -> None:
        """Mark a few pixels more around every mark."""
        amount = self._tools.settings.amount
        self._change(lambda mask: selection_of(dilate(mask, amount) & ~mask), True, tr(UNDO_GROW))

    def shrink(self) -> None:
        """Take a few pixels away along the edge of every mark."""
        amount = self._tools.settings.amount
        self._change(lambda mask: selection_of(mask & ~erode(mask, amount)), False, tr(UNDO_SHRINK))

    def _change(self, difference: Callable[[Mask], Selection], value: bool, name: str) -> None:
        worked = self._model.active_mask
        if worked is None:
            return
        mask = worked.copy()

        def take(region: Selection) -> None:
            if self._model.active_mask is worked:
                self._model.mark(region, value, name)

        self._background.run(lambda: difference(mask), take)
