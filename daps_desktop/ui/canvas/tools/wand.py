"""The wand: whatever joins the clicked pixel and has its colour, within a tolerance."""

from collections.abc import Callable

from PySide6.QtCore import QObject

from daps_desktop.analysis.flood_select import similar_region
from daps_desktop.base.i18n import N_, tr
from daps_desktop.imaging.selection import Region
from daps_desktop.ui.canvas.drawing.pyramid import Picture
from daps_desktop.ui.canvas.tool_settings import ToolSettings
from daps_desktop.ui.canvas.tools.tool import Tool, Touch
from daps_desktop.ui.common.background import Background
from daps_desktop.ui.models.document_model import DocumentModel

UNDO_WAND = N_("magic wand")


class Wand(Tool):
    """Looks at the photo as it is shown, off the window's thread: a large one takes a moment."""

    def __init__(
        self,
        settings: ToolSettings,
        model: DocumentModel,
        background: Background,
        picture: Callable[[], Picture | None],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._settings = settings
        self._model = model
        self._background = background
        self._picture = picture
        self.working = False

    def press(self, touch: Touch) -> None:
        worked, picture = self._model.worked_hole, self._picture()
        row, col = int(touch.at.y()), int(touch.at.x())
        if worked is None or picture is None or self.working or not _inside(touch, picture):
            return
        value = not (touch.erase or self._settings.erasing)
        tolerance = self._settings.tolerance
        self.working = True
        self.changed.emit()

        def take(region: Region) -> None:
            self.working = False
            self.changed.emit()
            if self._model.worked_hole is worked:
                self._model.mark(region, value, tr(UNDO_WAND))

        self._background.run(lambda: similar_region(picture, (row, col), tolerance), take)


def _inside(touch: Touch, picture: Picture) -> bool:
    height, width = picture.shape[:2]
    return 0 <= touch.at.y() < height and 0 <= touch.at.x() < width
