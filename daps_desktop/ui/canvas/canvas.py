"""The photo on the screen: zoom, pan, brush, overlay and the split view, drawn from tiles."""

from typing import Literal

from PySide6.QtCore import QEvent, QPointF, QRectF, QSizeF, Qt, Signal, Slot
from PySide6.QtGui import (
    QColor,
    QEnterEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QWidget

from daps_desktop.core.hole import Hole, Rect
from daps_desktop.ui import text
from daps_desktop.ui.canvas import marks
from daps_desktop.ui.canvas.brush import Brush
from daps_desktop.ui.canvas.layer import Layer, hole_layer, picture_layer
from daps_desktop.ui.canvas.pyramid import HolePyramid, Pyramid
from daps_desktop.ui.canvas.view_transform import ViewTransform
from daps_desktop.ui.theme import OVERLAY_OPACITY, Colours
from daps_desktop.ui.viewer.compare import Compare, CompareMode

Drag = Literal["pan", "split", "stroke"]

_WHEEL_STEP = 1.25  # for one notch
_BUTTON_STEP = 1.5
_ARROW_STEP = 64  # pixels
_GRIP = 8  # pixels to either side of the split line
_ARROWS = {
    Qt.Key.Key_Left: (1, 0),
    Qt.Key.Key_Right: (-1, 0),
    Qt.Key.Key_Up: (0, 1),
    Qt.Key.Key_Down: (0, -1),
}


class Canvas(QWidget):
    """Shows what it is given and passes strokes to the brush; owns nothing but the view."""

    view_changed = Signal(float)  # device pixels for one pixel of the photo
    hovered = Signal(object)  # (row, col) under the mouse, or None

    def __init__(self, brush: Brush, compare: Compare, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._brush = brush
        self._compare = compare
        self._view: ViewTransform | None = None
        self._original: Layer | None = None
        self._result: Layer | None = None
        self._hole: HolePyramid | None = None
        self._overlay: Layer | None = None
        self._overlay_shown = True
        self._surround = QColor(Qt.GlobalColor.gray)
        self._fitting = True  # follow the size of the widget until the user zooms
        self._space_held = False
        self._drag: Drag | None = None
        self._mouse: QPointF | None = None
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setAccessibleName(text.CANVAS_NAME)
        self.setAccessibleDescription(text.CANVAS_HELP)
        compare.changed.connect(self.update)
        brush.changed.connect(self.update)

    # what is shown

    def show_photo(self, pyramid: Pyramid, hole: Hole) -> None:
        """A newly opened photo, fitted, with its (H, W) hole; the array is the document's own."""
        height, width = pyramid.size
        self._view = ViewTransform(QSizeF(width, height), QSizeF(self.size())).fitted()
        self._original = picture_layer(pyramid)
        self._result = None
        self._hole = HolePyramid(hole)
        colour = QColor(Qt.GlobalColor.red)
        colour.setAlphaF(OVERLAY_OPACITY)
        self._overlay = hole_layer(self._hole, colour)
        self._fitting = True
        self._view_moved()

    def show_result(self, pyramid: Pyramid | None) -> None:
        """A result or a preview of any size, stretched over the photo; None takes it away."""
        self._result = picture_layer(pyramid) if pyramid else None
        self._compare.set_available(pyramid is not None)
        self.update()

    @Slot(Rect)
    def hole_changed(self, rect: Rect) -> None:
        if self._hole is None or self._overlay is None or self._view is None:
            return
        self._hole.update(rect)
        self._overlay.forget(rect)
        corners = (QPointF(rect.left, rect.top), QPointF(rect.right, rect.bottom))
        first, last = (self._view.to_widget(corner) for corner in corners)
        self.update(QRectF(first, last).toAlignedRect().adjusted(-2, -2, 2, 2))

    def set_overlay_shown(self, shown: bool) -> None:
        self._overlay_shown = shown
        self.update()

    def set_colours(self, colours: Colours) -> None:
        self._surround = QColor(colours.surround)
        self.update()

    # the view

    @property
    def view(self) -> ViewTransform | None:
        return self._view

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

    def set_space_held(self, held: bool) -> None:
        """Space turns the brush into a hand for as long as it is held."""
        self._space_held = held
        self._show_cursor()

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
        return QRectF(self.rect()).center()

    # painting

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(event.rect(), self._surround)
        if self._view is None:
            return
        area = QRectF(self.rect())
        exposed = QRectF(event.rect())
        self._paint_side(
            painter, self._compare.original_rect(area) & exposed, [self._original, self._shown_overlay()]
        )
        self._paint_side(painter, self._compare.result_rect(area) & exposed, [self._result])
        painter.setClipRect(event.rect())
        self._paint_marks(painter, area)

    def _shown_overlay(self) -> Layer | None:
        return self._overlay if self._overlay_shown and self._compare.marks_shown else None

    def _paint_side(self, painter: QPainter, part: QRectF, layers: list[Layer | None]) -> None:
        if part.isEmpty() or self._view is None:
            return
        painter.setClipRect(part)
        for layer in layers:
            if layer is not None:
                layer.paint(painter, self._view.photo_rect, part, self.devicePixelRatioF())

    def _paint_marks(self, painter: QPainter, area: QRectF) -> None:
        if self._compare.available:
            marks.draw_labels(painter, area, self._compare.mode)
        if self._compare.mode is CompareMode.SPLIT:
            marks.draw_split_line(painter, area, self._compare.split_x(area))
        if self._mouse is not None and self._view is not None and self._drag in (None, "stroke"):
            marks.draw_ring(painter, self._mouse, self._ring_radius())

    def _ring_radius(self) -> float:
        assert self._view is not None
        return max(self._brush.diameter * self._view.scale / 2, 1.5)

    def _update_ring(self, at: QPointF | None) -> None:
        if at is not None and self._view is not None:
            reach = self._ring_radius() + 3
            self.update(QRectF(at, at).adjusted(-reach, -reach, reach, reach).toAlignedRect())

    # mouse and keys

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if self._view is None or self._drag is not None:
            return
        self._drag = self._drag_for(event)
        if self._drag == "stroke":
            self._begin_stroke(event)
        self._show_cursor()

    def _drag_for(self, event: QMouseEvent) -> Drag:
        if event.button() == Qt.MouseButton.MiddleButton or self._space_held:
            return "pan"
        if self._over_split_line(event.position()):
            return "split"
        return "stroke"

    def _begin_stroke(self, event: QMouseEvent) -> None:
        assert self._view is not None
        if not self._compare.marks_shown:
            self._compare.set_mode(CompareMode.ORIGINAL)
        keys = event.modifiers()
        erase = event.button() == Qt.MouseButton.RightButton or bool(keys & Qt.KeyboardModifier.AltModifier)
        straight = bool(keys & Qt.KeyboardModifier.ShiftModifier)
        self._brush.press(self._view.to_photo(event.position()), erase, straight)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        before, self._mouse = self._mouse, event.position()
        if self._view is None:
            return
        self._report_position()
        if self._drag == "pan" and before is not None:
            step = event.position() - before
            self._fitting = False
            self._set_view(self._view.moved(step.x(), step.y()))
        elif self._drag == "split":
            self._compare.set_position(event.position().x() / max(self.width(), 1))
        elif self._drag == "stroke":
            self._brush.move(self._view.to_photo(event.position()))
        self._update_ring(before)
        self._update_ring(self._mouse)
        self._show_cursor()

    def mouseReleaseEvent(self, _event: QMouseEvent) -> None:
        drag, self._drag = self._drag, None
        if drag == "stroke":
            self._brush.release()
        self._show_cursor()

    def wheelEvent(self, event: QWheelEvent) -> None:
        notches = event.angleDelta().y() / 120
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self._brush.set_diameter(self._brush.diameter * _WHEEL_STEP**notches)
        else:
            self._zoom_by(_WHEEL_STEP**notches, event.position())
        event.accept()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        arrow = _ARROWS.get(Qt.Key(event.key()))
        if arrow is None or self._view is None:
            super().keyPressEvent(event)
            return
        self._fitting = False
        self._set_view(self._view.moved(arrow[0] * _ARROW_STEP, arrow[1] * _ARROW_STEP))

    def enterEvent(self, event: QEnterEvent) -> None:
        self._mouse = event.position()
        self._update_ring(self._mouse)

    def leaveEvent(self, _event: QEvent) -> None:
        self._update_ring(self._mouse)
        self._mouse = None
        self.hovered.emit(None)

    def resizeEvent(self, event: QResizeEvent) -> None:
        if self._view is None:
            return
        view = self._view.resized(QSizeF(event.size()))
        self._set_view(view.fitted() if self._fitting else view)

    def _report_position(self) -> None:
        assert self._view is not None and self._mouse is not None
        point = self._view.to_photo(self._mouse)
        inside = QRectF(QPointF(0, 0), self._view.photo).contains(point)
        self.hovered.emit((int(point.y()), int(point.x())) if inside else None)

    def _over_split_line(self, point: QPointF) -> bool:
        if self._compare.mode is not CompareMode.SPLIT:
            return False
        return abs(point.x() - self._compare.split_x(QRectF(self.rect()))) <= _GRIP

    def _show_cursor(self) -> None:
        if self._view is None:
            shape = Qt.CursorShape.ArrowCursor
        elif self._drag == "pan":
            shape = Qt.CursorShape.ClosedHandCursor
        elif self._space_held:
            shape = Qt.CursorShape.OpenHandCursor
        elif self._mouse is not None and self._drag != "stroke" and self._over_split_line(self._mouse):
            shape = Qt.CursorShape.SplitHCursor
        else:
            shape = Qt.CursorShape.CrossCursor
        self.setCursor(shape)
