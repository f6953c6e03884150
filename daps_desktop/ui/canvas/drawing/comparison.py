"""The pictures of a comparison, and how they are drawn into the canvas."""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QPainter

from daps_desktop.imaging.rect import Rect
from daps_desktop.ui.canvas.drawing import decorations
from daps_desktop.ui.canvas.drawing.compare_state import CompareMode, CompareState
from daps_desktop.ui.canvas.drawing.difference import difference_layer
from daps_desktop.ui.canvas.drawing.heat_map import HeatMap
from daps_desktop.ui.canvas.drawing.layer import Layer, Recolour, image_layer, recoloured_layer
from daps_desktop.ui.canvas.drawing.pyramid import Pyramid
from daps_desktop.ui.canvas.drawing.screen_colour import ScreenColour
from daps_desktop.ui.canvas.drawing.view_transform import ViewTransform


@dataclass(frozen=True, slots=True)
class PaintContext:
    """Where there is to draw: the whole canvas, the part of it that is exposed, and how the photo lies."""

    painter: QPainter
    view: ViewTransform
    area: QRectF
    exposed: QRectF
    device_ratio: float

    def draw(self, layer: Layer | None, part: QRectF, photo_rect: QRectF | None = None) -> None:
        """Draw a layer into `part` of the canvas, with the photo at `photo_rect` if not as in `view`."""
        seen = part & self.exposed
        if layer is not None and not seen.isEmpty():
            self.painter.setClipRect(seen)
            layer.paint(self.painter, photo_rect or self.view.photo_rect, seen, self.device_ratio)


class CompareRenderer:
    """Original and result as layers; the difference is made when it is first looked at."""

    def __init__(self, compare: CompareState, screen: ScreenColour) -> None:
        self._compare = compare
        self._shown = screen.shown
        screen.changed.connect(self._draw_again)
        self._pyramids: tuple[Pyramid | None, Pyramid | None] = (None, None)
        self._original: Layer | None = None
        self._recoloured: Layer | None = None  # the original in colours to come
        self._result: Layer | None = None
        self._difference: tuple[int, Layer] | None = None  # with its factor
        self.heat: HeatMap | None = None  # a map that lies over the photo

    def set_original(self, pyramid: Pyramid | None) -> None:
        """A newly opened photo; None: there is none any more."""
        self._pyramids = (pyramid, None)
        self._original = image_layer(pyramid, self._shown) if pyramid else None
        self._result = self._difference = self._recoloured = self.heat = None

    def set_recolour(self, recolour: Recolour | None) -> None:
        """How the preview colours the original; None: there is no preview."""
        pyramid = self._pyramids[0]
        self._recoloured = recoloured_layer(pyramid, recolour, self._shown) if pyramid and recolour else None

    def set_result(self, pyramid: Pyramid | None) -> None:
        self._pyramids = (self._pyramids[0], pyramid)
        self._result = image_layer(pyramid, self._shown) if pyramid else None
        self._difference = None

    def _draw_again(self) -> None:
        """Draw all tiles again: they are in the colours of another screen."""
        for layer in (self._original, self._recoloured, self._result):
            if layer is not None:
                layer.invalidate_all()

    def result_changed(self, rect: Rect) -> QRectF:
        """The pixels of the result's pyramid changed in `rect` of its level 0; where that is on the photo."""
        original, result = self._pyramids
        if original is None or result is None or self._result is None:
            return QRectF()
        self._result.invalidate(rect)
        self._difference = None
        scale = result.size[0] / original.size[0]
        corners = ((rect.left, rect.top), (rect.right, rect.bottom))
        return QRectF(*(QPointF(x / scale, y / scale) for x, y in corners))

    def paint(self, sheet: PaintContext, overlays: Sequence[Layer | None]) -> None:
        """Draw all that is compared, with marks and proposals as `overlays` on it; side by side on both."""
        compare, area = self._compare, sheet.area
        beside = compare.mirrored_point(area)
        previewed = compare.mode is CompareMode.PREVIEW
        for layer in (self._recoloured if previewed else self._original, *overlays):
            sheet.draw(layer, compare.original_rect(area) & compare.viewport(area))
        right = sheet.view.photo_rect.translated(beside) if beside is not None else None
        shown = self._difference_layer() if compare.mode is CompareMode.DIFFERENCE else self._result
        for layer in (shown, *(overlays if right is not None else ())):
            sheet.draw(layer, compare.result_rect(area), right)
        if beside is not None and compare.peeking:
            sheet.draw(self._original, area.adjusted(beside.x(), 0, 0, 0), right)
        self._paint_heat(sheet, right)
        sheet.painter.setClipRect(sheet.exposed)
        self._paint_marks(sheet)

    def _paint_heat(self, sheet: PaintContext, right: QRectF | None) -> None:
        if self.heat is None or self._compare.peeking:
            return
        part = self._compare.result_rect(sheet.area) if self._compare.side_by_side else sheet.area
        sheet.painter.setClipRect(part & sheet.exposed)
        self.heat.paint(sheet.painter, right or sheet.view.photo_rect)
        self.heat.paint_legend(sheet.painter, part)

    def _paint_marks(self, sheet: PaintContext) -> None:
        compare, area = self._compare, sheet.area
        if compare.available or compare.previewing:
            decorations.draw_labels(sheet.painter, area, compare)
        if compare.mode is CompareMode.SPLIT:
            decorations.draw_split_line(sheet.painter, area, compare.split_x(area))
        if compare.side_by_side:
            decorations.draw_divider(sheet.painter, area)

    def _difference_layer(self) -> Layer | None:
        original, result = self._pyramids
        if original is None or result is None:
            return None
        factor = self._compare.factor
        if self._difference is None or self._difference[0] != factor:
            self._difference = (factor, difference_layer(original, result, factor))
        return self._difference[1]
