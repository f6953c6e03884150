"""The wand: whatever joins the clicked pixel and has its colour, within a tolerance."""

from collections.abc import Callable

from PySide6.QtCore import QObject

from daps_desktop.analysis.flood_select import flood_select
from daps_desktop.base.i18n import N_, tr
from daps_desktop.imaging.selection import Selection
from daps_desktop.ui.canvas.drawing.pyramid import Picture
from daps_desktop.ui.canvas.tool_settings import ToolSettings
from daps_desktop.ui.canvas.tools.tool import PointerEvent, Tool
from daps_desktop.ui.common.background import BackgroundRunner
from daps_desktop.ui.models.document_model import DocumentModel

UNDO_WAND = N_("magic wand")


class Wand(Tool):
    """Looks at the photo as it is shown, off the window's thread: a large one takes a moment."""

    def __init__(
        self,
        settings: ToolSettings,
        model: DocumentModel,
        background: BackgroundRunner,
        image: Callable[[], Picture | None],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._settings = settings
        self._model = model
        self._background = background
        self._image = image
        self.working = False

    def press(self, event: PointerEvent) -> None:
        worked, image = self._model.active_mask, self._image()
        row, col = int(event.at.y()), int(event.at.x())
        if worked is None or image is None or self.working or not _inside(event, image):
            return
        value = not (event.erase or self._settings.erasing)
        tolerance = self._settings.tolerance
        self.working = True
        self.changed.emit()

        def take(region: Selection) -> None:
            self.working = False
            self.changed.emit()
            if self._model.active_mask is worked:
                self._model.mark(region, value, tr(UNDO_WAND))

        self._background.run(lambda: flood_select(image, (row, col), tolerance), take)


def _inside(event: PointerEvent, image: Picture) -> bool:
    height, width = image.shape[:2]
    return 0 <= event.at.y() < height and 0 <= event.at.x() < width
