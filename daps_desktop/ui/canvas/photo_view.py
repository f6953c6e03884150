"""The photo on the screen: zoom, pan, marks and comparisons, drawn from tiles."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, QSizeF, Qt, Signal, Slot
from PySide6.QtGui import (
    QColor,
    QPainter,
    QPaintEvent,
    QPolygonF,
    QResizeEvent,
)
from PySide6.QtWidgets import QWidget

from daps_desktop.imaging.mask import Mask
from daps_desktop.imaging.rect import Rect
from daps_desktop.ui.canvas.drawing import decorations
from daps_desktop.ui.canvas.drawing.compare_state import CompareMode, CompareState
from daps_desktop.ui.canvas.drawing.comparison import CompareRenderer, PaintContext
from daps_desktop.ui.canvas.drawing.heat_map import HeatMap
from daps_desktop.ui.canvas.drawing.layer import Layer, Recolour
from daps_desktop.ui.canvas.drawing.mask_overlay import Overlay
from daps_desktop.ui.canvas.drawing.pyramid import Pyramid
from daps_desktop.ui.canvas.drawing.screen_colour import ScreenColour
from daps_desktop.ui.canvas.drawing.view_transform import ViewTransform
from daps_desktop.ui.common.theme import Colours

_BUTTON_STEP = 1.5
_MIN_SIDE = QSize(160, 24)  # pixels: what a small screen at 200 % leaves of it with all panels open
_GRIP = 14  # pixels to either side of the split line
_OTHER_SCREEN = (QEvent.Type.Show, QEvent.Type.ScreenChangeInternal)


class PhotoView(QWidget):
    """Shows what it is given and owns the view alone."""

    view_changed = Signal(float)  # device pixels for one pixel of the photo

    def __init__(self, compare: CompareState, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._compare = compare
        self._view: ViewTransform | None = None
        self.screen_colour = ScreenColour(parent=self)
        self._comparison = CompareRenderer(compare, self.screen_colour)
        self.overlay = Overlay(self)
        self._layers: list[Callable[[], Layer | None]] = []  # over the marks
        self._outlines: Sequence[QPolygonF] = ()  # in pixels of the photo
        self._surround = QColor(Qt.GlobalColor.gray)
        self._fitting = True  # follow the size of the widget until the user zooms
        self.setMinimumSize(_MIN_SIDE)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        compare.changed.connect(self._fit_room)
        self.overlay.changed.connect(self.update)
        self.screen_colour.changed.connect(self.update)

    def show_photo(self, pyramid: Pyramid, mask: Mask) -> None:
        """A newly opened photo, fitted, with its (H, W) mask; the array is the document's own."""
        height, width = pyramid.size
        self._view = ViewTransform(QSizeF(width, height), self._viewport().size()).fitted()
        self._comparison.set_original(pyramid)
        self._compare.set_previewing(False)
        self.overlay.show_mask(mask)
        self._fitting = True
        self._view_moved()

    def show_nothing(self) -> None:
        """The photo was closed: what was kept to draw it goes."""
        self._view = None
        self._comparison.set_original(None)
        self.overlay.show_mask(None)

    def show_result(self, pyramid: Pyramid | None) -> None:
        """A result or a preview of any size, stretched over the photo; None takes it away."""
        self._comparison.set_result(pyramid)
        self._compare.set_available(pyramid is not None)
        self.update()

    def result_changed(self, rect: Rect) -> None:
        """The pixels of the result shown changed in `rect`, given in its own pixels."""
        part = self._comparison.result_changed(rect)
        if self._view is not None:
            self._update_part(QRectF(around(self._view, part)))

    def show_recoloured(self, recolour: Recolour | None) -> None:
        """Offer the photo in other colours, and show it so where it is seen alone; None takes that away."""
        self._comparison.set_recolour(recolour)
        self._compare.set_previewing(recolour is not None)

    def add_layer(self, layer: Callable[[], Layer | None]) -> None:
        """Draw what `layer` returns over the marks, wherever they are seen."""
        self._layers.append(layer)

    def show_outlines(self, outlines: Sequence[QPolygonF]) -> None:
        """Draw lines around parts of the photo, in its pixels, whatever is compared; none takes them away."""
        self._outlines = outlines
        self.update()

    def show_heat(self, heat: HeatMap | None) -> None:
        """Lay a map over the photo; None takes it away."""
        self._comparison.heat = heat
        self.update()

    @Slot(Rect)
    def mask_changed(self, rect: Rect) -> None:
        if self._view is None:
            return
        rect = self.overlay.update(rect)
        corners = (QPointF(rect.left, rect.top), QPointF(rect.right, rect.bottom))
        self._update_part(around(self._view, QRectF(*corners)))

    def set_colours(self, colours: Colours) -> None:
        self._surround = QColor(colours.surround)
        self.update()

    @property
    def view(self) -> ViewTransform | None:
        return self._view

    @property
    def mask_visible(self) -> bool:
        return self._compare.marks_shown

    @property
    def fitting(self) -> bool:
        return self._fitting

    def zoom_to(self, scale: float, middle: QPointF) -> None:
        """That scale, with a point of the photo, (x, y) in its pixels, in the middle."""
        self._zoom_to(scale, self._middle())
        if self._view is not None:
            step = self._middle() - self._view.to_widget(middle)
            self._set_view(self._view.moved(step.x(), step.y()))

    def fit(self) -> None:
        self._fitting = True
        if self._view is not None:
            self._set_view(self._view.fitted())

    def zoom_actual(self) -> None:
        """One pixel of the photo on one pixel of the screen."""
        self._zoom_to(1 / self.devicePixelRatioF(), self._middle())

    def zoom_in(self) -> None:
        self._zoom_by(_BUTTON_STEP, self._middle())

    def zoom_out(self) -> None:
        self._zoom_by(1 / _BUTTON_STEP, self._middle())

    def _zoom_by(self, factor: float, about: QPointF) -> None:
        if self._view is not None:
            self._zoom_to(self._view.scale * factor, about)

    def _zoom_to(self, scale: float, about: QPointF) -> None:
        if self._view is not None:
            self._fitting = False
            self._set_view(self._view.zoomed(scale, about))

    def _set_view(self, view: ViewTransform) -> None:
        self._view = view
        self._view_moved()

    def _view_moved(self) -> None:
        if self._view is not None:
            self.view_changed.emit(self._view.scale * self.devicePixelRatioF())
        self.update()

    def _middle(self) -> QPointF:
        return self._viewport().center()

    def _viewport(self) -> QRectF:
        """The part of the widget that the photo is fitted to and that tools work in."""
        return self._compare.viewport(QRectF(self.rect()))

    def _shown_overlays(self) -> list[Layer | None]:
        return [self.overlay.layer, *(layer() for layer in self._layers)] if self.mask_visible else []

    def _halves(self) -> list[QPointF]:
        """What to add to a place of the photo's half to be in each half."""
        beside = self._compare.mirrored_point(QRectF(self.rect()))
        return [QPointF()] if beside is None else [QPointF(), beside]

    def _update_part(self, part: QRectF) -> None:
        for half in self._halves():
            self.update(part.translated(half).toAlignedRect())

    def event(self, event: QEvent) -> bool:
        if event.type() in _OTHER_SCREEN:
            self.screen_colour.follow(self.screen())
        return super().event(event)

    def resizeEvent(self, _event: QResizeEvent) -> None:
        self._fit_room()

    def _fit_room(self) -> None:
        """Follow the room there is for the photo: it halves when two halves are compared."""
        if self._view is None:
            return
        view = self._view.resized(self._viewport().size())
        self._set_view(view.fitted() if self._fitting else view)

    def in_view(self, point: QPointF) -> QPointF:
        """A point of either half of a halved canvas as one of the photo's half."""
        return self._compare.in_view(point, QRectF(self.rect()))

    def move_view(self, dx: float, dy: float) -> None:
        if self._view is not None:
            self._fitting = False
            self._set_view(self._view.moved(dx, dy))

    def hits_split_line(self, point: QPointF) -> bool:
        if self._compare.mode is not CompareMode.SPLIT:
            return False
        return abs(point.x() - self._compare.split_x(QRectF(self.rect()))) <= _GRIP

    def move_split_line(self, x: float) -> None:
        self._compare.set_position(x / max(self.width(), 1))

    def show_marks(self) -> None:
        """Marking shows the marks."""
        self._compare.show_work()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(event.rect(), self._surround)
        if self._view is None:
            return
        area, exposed = QRectF(self.rect()), QRectF(event.rect())
        sheet = PaintContext(painter, self._view, area, exposed, self.devicePixelRatioF())
        self._comparison.paint(sheet, self._shown_overlays())
        for half in self._halves() if self._outlines else ():
            inside = QRectF(self._viewport()).translated(half)
            placed = [
                QPolygonF([self._view.to_widget(at) + half for at in line.toList()])
                for line in self._outlines
            ]
            decorations.draw_outlines(painter, inside, placed)
        self.paint_over(painter)

    def paint_over(self, painter: QPainter) -> None:
        """Draw what lies over photo and marks."""


def around(view: ViewTransform, part: QRectF) -> QRectF:
    """The widget pixels of a part of the photo, with room for the lines and corners drawn on its edge."""
    if part == QRectF():  # nothing, where a single point is something
        return part
    corners = (view.to_widget(part.topLeft()), view.to_widget(part.bottomRight()))
    return QRectF(*corners).adjusted(-6, -6, 6, 6)
