"""What the Check panel shows of the version that is looked at: maps made in the background, exports."""

from collections.abc import Callable
from importlib import import_module

from PySide6.QtCore import QBuffer, QIODevice, QObject, QSize
from PySide6.QtGui import QImage

from daps_desktop.base.i18n import tr
from daps_desktop.document.version import Version
from daps_desktop.document.version_ops import differ_only_in_seed, samples_of, standard_deviation
from daps_desktop.jobs.report import ResidualMap
from daps_desktop.ui.canvas.canvas import Canvas
from daps_desktop.ui.canvas.drawing.heat_map import HeatMap
from daps_desktop.ui.check import map_view
from daps_desktop.ui.check.check_panel import CheckPanel
from daps_desktop.ui.check.curve import to_csv
from daps_desktop.ui.check.map_view import MapKind
from daps_desktop.ui.common.actions import Actions
from daps_desktop.ui.common.background import BackgroundRunner
from daps_desktop.ui.files.file_controller import FileController
from daps_desktop.ui.models.document_model import DocumentModel
from daps_desktop.ui.results.thumbnails import thumbnail

_MAP_SIDE = 1024  # pixels on the longer side at most, as the maps of the engine
_SMALL_PHOTO = QSize(320, 240)
_PLOTS = ("daps_desktop.ui.check.residual_plot", "daps_desktop.ui.check.heat_colours")

Ask = tuple[int, MapKind, int]  # number of the version, kind of map, how many versions are compared


class CheckController(QObject):
    """Keeps panel and canvas in step with the version shown; a map is computed only if it is looked at."""

    def __init__(
        self,
        model: DocumentModel,
        panel: CheckPanel,
        canvas: Canvas,
        actions: Actions,
        files: FileController,
        background: BackgroundRunner,
    ) -> None:
        super().__init__(panel)
        self._model = model
        self._panel = panel
        self._canvas = canvas
        self._action = actions["heat"]
        self._files = files
        self._background = background
        self._asked: Ask | None = None
        self._heat: HeatMap | None = None
        self._actions = actions
        actions.connect("export_plot", self.export_plot)
        actions.connect("export_steps", self.export_steps)
        self._action.toggled.connect(self.refresh)
        actions["check"].toggled.connect(self.refresh)
        panel.map.chosen.connect(self.refresh)
        model.photo_opened.connect(self._begin)
        model.version_added.connect(self.refresh)
        model.version_shown.connect(self.refresh)
        self.refresh()

    def export_plot(self) -> None:
        if self._panel.plot is None:
            self._actions["check"].setChecked(True)  # it is drawn when it is first seen
        plot = self._panel.plot
        if plot is None:
            return
        image = plot.to_image()
        self._files.ask_write(tr("Export the plot"), "PNG (*.png)", "_check", ".png", lambda: _png(image))

    def export_steps(self) -> None:
        lines = self._panel.curve.lines
        self._files.ask_write(tr("Export the steps"), "CSV (*.csv)", "_steps", ".csv", lambda: to_csv(lines))

    def refresh(self, *_: object) -> None:
        """Show the map that is asked for, if it is visible."""
        version = self._model.shown
        self._actions.enable(("heat",), version is not None)
        self._actions.enable(("export_plot", "export_steps"), bool(version and version.report))
        looked_at = self._action.isChecked() or self._actions["check"].isChecked()
        if version is None or not looked_at:
            self._asked = None
            self._show_none(map_view.NO_VERSION)
            return
        versions = self._model.document.versions if self._model.document else []
        kind = self._panel.map.kind
        ask = (version.number, kind, len(versions) if kind == "spread" else 0)
        if ask == self._asked:
            self._canvas.show_heat(self._heat if self._action.isChecked() else None)
            return
        self._asked = ask
        work = self._residual(version) if kind == "residual" else self._spread(version, versions)
        if work is not None:
            self._background.run(work, lambda heat: self._accept(ask, heat))

    def _residual(self, version: Version) -> Callable[[], HeatMap] | None:
        values = version.residual_map
        if values is None:
            self._show_none(_why_no_map(version))
            return None
        self._show_none("")  # the map of another version is none of this one
        return lambda: _residual_heat(values)

    def _spread(self, version: Version, versions: list[Version]) -> Callable[[], HeatMap] | None:
        same = differ_only_in_seed(version, versions)
        samples = same if len(same) > 1 else samples_of(version, versions)
        if len(samples) < 2:
            self._show_none(map_view.NO_SAMPLES)
            return None
        self._show_none(map_view.WORKING)
        return lambda: _spread_heat(samples)

    def _accept(self, ask: Ask, heat: HeatMap) -> None:
        if ask is self._asked:  # one of another photo may be equal
            self._heat = heat
            self._panel.map.show_heat(heat)
            self._canvas.show_heat(heat if self._action.isChecked() else None)

    def _show_none(self, why: str) -> None:
        self._heat = None
        self._panel.map.show_none(why)
        self._canvas.show_heat(None)

    def _begin(self) -> None:
        """While the photo is looked at, load what the panel needs, and make its small copy."""
        document = self._model.document
        assert document is not None
        photo = document.photo

        def prepare() -> QImage:
            for name in _PLOTS:
                import_module(name)
            return thumbnail(photo, _SMALL_PHOTO)

        self._background.run(prepare, self._panel.map.view.show_photo)


def _why_no_map(version: Version) -> str:
    task = version.recipe.task
    if version.report is None:
        return map_view.NO_RUN
    if not task.in_image_domain:
        return map_view.NO_IMAGE
    return map_view.NO_MAP if task.solved_part.damages else map_view.NO_SOLVING


# Both on the helper thread, where loading pyqtgraph delays no one.


def _residual_heat(values: ResidualMap) -> HeatMap:
    from daps_desktop.ui.check.heat_colours import residual_heat

    return residual_heat(values)


def _spread_heat(samples: list[Version]) -> HeatMap:
    from daps_desktop.ui.check.heat_colours import spread_heat

    return spread_heat(standard_deviation(samples, _MAP_SIDE))


def _png(image: QImage) -> bytes:
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    image.save(buffer, "PNG")  # pyright: ignore[reportCallIssue, reportArgumentType]
    return bytes(buffer.data().data())
