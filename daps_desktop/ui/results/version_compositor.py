"""Painting one version into another: the tools work on a layer, the canvas shows what it comes to."""

from dataclasses import dataclass

from PySide6.QtCore import QObject

from daps_desktop.base.i18n import N_, phrase, tr
from daps_desktop.document.document import Document
from daps_desktop.document.version import Version
from daps_desktop.document.version_ops import composite
from daps_desktop.imaging.photo import Photo
from daps_desktop.imaging.rect import Rect
from daps_desktop.ui.canvas.canvas import Canvas
from daps_desktop.ui.canvas.drawing.compare_state import CompareState
from daps_desktop.ui.common.actions import Actions
from daps_desktop.ui.common.background import BackgroundRunner
from daps_desktop.ui.models.document_model import DocumentModel
from daps_desktop.ui.results.composite_pyramid import CompositePyramid
from daps_desktop.ui.results.result_view import ResultView
from daps_desktop.ui.results.version_text import titles
from daps_desktop.ui.results.versions_panel import VersionsPanel

CHOOSE = N_("Painting from “{source}”: now choose the version to paint into.")
BRUSH = N_("“{source}” into “{target}”: brush it in; the right button takes it away.")
OTHER_SIZE = N_("“{source}” has another size than “{target}”; choose another.")
_WHILE_PAINTING = ("keep_painting", "drop_painting")


@dataclass(frozen=True, slots=True)
class CompositorView:
    """What the painting is seen on."""

    canvas: Canvas
    compare: CompareState
    view: ResultView


@dataclass(frozen=True, slots=True)
class _SourceAndTarget:
    document: Document
    source: Version
    target: Version


class VersionCompositor(QObject):
    """First a source, then a target, then strokes; at the end a new version, or nothing."""

    def __init__(
        self,
        model: DocumentModel,
        panel: VersionsPanel,
        actions: Actions,
        stage: CompositorView,
        background: BackgroundRunner,
    ) -> None:
        super().__init__(panel)
        self._model = model
        self._panel = panel
        self._actions = actions
        self._stage = stage
        self._background = background
        self._source: Version | None = None  # chosen, waiting for a target
        self._pair: _SourceAndTarget | None = None  # that was chosen
        self._image: CompositePyramid | None = None  # of both, once it is there to be painted on
        actions.connect("paint_from", self.begin_from_shown)
        actions.connect("keep_painting", self.keep)
        actions.connect("drop_painting", self.drop)
        model.photo_opened.connect(self.drop)
        model.version_added.connect(self._show_possible)
        model.version_shown.connect(self._end_with_photo)
        panel.strip.chosen.connect(lambda _: self._choose_target(model.shown))  # by hand: a result may come
        model.layer_changed.connect(self._update)
        self._show_possible()

    def begin_from_shown(self) -> None:
        if self._model.shown is not None:
            self.begin(self._model.shown)

    def begin(self, source: Version) -> None:
        """Paint from this version, into the one that is shown or, if that is itself, the one chosen next."""
        if self._pair is None:
            self._source = source
            self._panel.show_painting(phrase(CHOOSE, source=self._title(source)))
            self._choose_target(self._model.shown)
            self._show_possible()

    def keep(self) -> None:
        """Make a version of what was painted."""
        pair, layer = self._pair, self._model.layer
        if pair is None or layer is None or not layer.any():
            self.drop()
            return
        layer = layer.copy()

        def add(photo: Photo) -> None:
            if self._model.document is pair.document:
                self._model.announce_version(pair.document.append_version(_version(pair, photo)))

        self._background.run(lambda: composite(pair.target, pair.source, layer), add)
        self.drop()

    def drop(self) -> None:
        """End without a version."""
        going = self._image is not None
        self._source, self._pair, self._image = None, None, None
        self._panel.show_painting("")
        self._panel.strip.setEnabled(True)
        if going:
            self._model.end_scratch_mask()
            self._stage.compare.set_painting(False)
            self._stage.view.thaw()
        self._show_possible()

    def _end_with_photo(self) -> None:
        if self._model.document is None:
            self.drop()

    def _choose_target(self, target: Version | None) -> None:
        document, source = self._model.document, self._source
        if document is None or source is None or target is None or target.number == source.number:
            return
        if target.photo.pixels.shape != source.photo.pixels.shape:
            words = phrase(OTHER_SIZE, source=self._title(source), target=self._title(target))
            self._panel.show_painting(words)
            return
        pair = _SourceAndTarget(document, source, target)
        self._source, self._pair = None, pair
        self._panel.strip.setEnabled(False)
        self._panel.show_painting(phrase(BRUSH, source=self._title(source), target=self._title(target)))
        scale = target.photo.height // document.photo.height

        def prepare() -> CompositePyramid:
            return CompositePyramid.of(target.photo, source.photo, scale)

        def start(image: CompositePyramid) -> None:
            if self._pair is pair:  # else it was dropped meanwhile
                self._start(image)

        self._background.run(prepare, start)

    def _start(self, image: CompositePyramid) -> None:
        self._image = image
        self._model.begin_scratch_mask()
        self._stage.view.freeze(image.shown)
        self._stage.compare.set_painting(True)
        self._show_possible()

    def _update(self, rect: Rect) -> None:
        layer = self._model.layer
        if self._image is not None and layer is not None and not rect.empty:
            self._stage.canvas.result_changed(self._image.update(layer, rect))

    def _title(self, version: Version) -> str:
        return titles(self._model.document.versions)[version.number] if self._model.document else ""

    def _show_possible(self, *_: object) -> None:
        document = self._model.document
        several = document is not None and len(document.versions) > 1
        begun = self._pair is not None or self._source is not None
        self._actions.enable(_WHILE_PAINTING, begun)
        self._actions.enable(("paint_from",), several and not begun)


def _version(pair: _SourceAndTarget, photo: Photo) -> Version:
    target, source = pair.target, pair.source
    names = titles(pair.document.versions)
    source_name, target_name = (names.get(version.number, "") for version in (source, target))
    name = tr("painted: {source} → {target}").format(target=target_name, source=source_name)
    recipe, mask = target.recipe, target.mask
    return Version(pair.document.next_number, photo, recipe, mask, None, name, painted=True)
