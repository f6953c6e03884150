"""All tools, and the one in hand."""

from collections.abc import Mapping

from PySide6.QtCore import QObject, Signal

from daps_desktop.ui.canvas.drawing.pyramid import Picture, Pyramid
from daps_desktop.ui.canvas.tool_settings import ToolSettings
from daps_desktop.ui.canvas.tools.brush import Brush
from daps_desktop.ui.canvas.tools.lasso import Lasso
from daps_desktop.ui.canvas.tools.polygon import Polygon
from daps_desktop.ui.canvas.tools.rectangle import Rectangle
from daps_desktop.ui.canvas.tools.tool import Tool
from daps_desktop.ui.canvas.tools.wand import Wand
from daps_desktop.ui.common.background import BackgroundRunner
from daps_desktop.ui.models.document_model import DocumentModel

BRUSH, RECTANGLE, LASSO, POLYGON, WAND = "brush", "rectangle", "lasso", "polygon", "wand"


class ToolBox(QObject):
    """The eraser is the brush set to erase; every other tool erases while that setting holds."""

    changed = Signal()  # another tool is in hand, or it is set differently
    drawn = Signal()  # what the tool in hand draws over the photo

    def __init__(
        self, model: DocumentModel, background: BackgroundRunner, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self.settings = ToolSettings(model, self)
        self._image: Picture | None = None
        drawing = (self.settings, model)
        self._wand = Wand(*drawing, background, lambda: self._image, self)
        self._tools: Mapping[str, Tool] = {
            BRUSH: Brush(*drawing, self),
            RECTANGLE: Rectangle(*drawing, self),
            LASSO: Lasso(*drawing, self),
            POLYGON: Polygon(*drawing, self),
            WAND: self._wand,
        }
        self._name = BRUSH
        self.settings.changed.connect(self.changed)
        for tool in self._tools.values():
            tool.changed.connect(self.drawn)

    @property
    def name(self) -> str:
        return self._name

    @property
    def tool(self) -> Tool:
        return self._tools[self._name]

    @property
    def working(self) -> bool:
        """The wand has been asked and has not answered yet."""
        return self._wand.working

    def choose(self, name: str) -> None:
        """Take another tool; what the last one had under way is given up."""
        self.tool.cancel()
        self._name = name
        self.changed.emit()

    def take_brush(self, erasing: bool) -> None:
        self.choose(BRUSH)
        self.settings.set_erasing(erasing)

    def show_photo(self, pyramid: Pyramid | None) -> None:
        """The wand picks colours from the picture that is shown; None: there is none."""
        self.tool.cancel()
        self._image = pyramid.levels[0] if pyramid else None
