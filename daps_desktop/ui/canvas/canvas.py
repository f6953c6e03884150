"""The photo with the tool in hand: mouse, pen and keys become strokes, and the tool is drawn over it."""

from collections.abc import Callable

from PySide6.QtCore import QEvent, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import (
    QEnterEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QSinglePointEvent,
    QTabletEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QWidget

from daps_desktop.ui.canvas.drawing import decorations
from daps_desktop.ui.canvas.drawing.compare_state import CompareState
from daps_desktop.ui.canvas.photo_view import PhotoView, around
from daps_desktop.ui.canvas.pointer import Pointer
from daps_desktop.ui.canvas.toolbox import ToolBox
from daps_desktop.ui.common import labels
from daps_desktop.ui.common.live_text import keep_said, say

_WHEEL_STEP = 1.25  # for one notch
_ARROW_STEP = 64  # pixels
_ARROWS = {
    Qt.Key.Key_Left: (1, 0),
    Qt.Key.Key_Right: (-1, 0),
    Qt.Key.Key_Up: (0, 1),
    Qt.Key.Key_Down: (0, -1),
}


class Canvas(PhotoView):
    """Passes mouse, pen and keys to the tool in hand."""

    help_chapter = "marking"

    hovered = Signal(object)  # (row, col) under the mouse, or None

    def __init__(self, tools: ToolBox, compare: CompareState, parent: QWidget | None = None) -> None:
        super().__init__(compare, parent)
        self._tools = tools
        self._pointer = Pointer(self, tools)
        self._drawn = QRectF()  # where on the photo the tool drew last
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        say(self, accessibleName=labels.CANVAS_NAME, accessibleDescription=labels.CANVAS_HELP)
        keep_said(self, self.update, "pixels")
        tools.changed.connect(self._tool_set)
        tools.drawn.connect(self._tool_drawn)

    def set_space_held(self, held: bool) -> None:
        """Space turns any tool into a hand for as long as it is held, in the middle of a shape too."""
        self._pointer.space_held = held
        self._show_cursor()

    def paint_over(self, painter: QPainter) -> None:
        """What the tool in hand draws, in both halves where the canvas is halved."""
        if self._view is None:
            return
        for half in self._halves():
            painter.save()
            painter.setClipRect(self._viewport().translated(half), Qt.ClipOperation.IntersectClip)
            painter.translate(half)
            self._tools.tool.paint(painter, self._view)
            self._paint_ring(painter)
            painter.restore()

    def _paint_ring(self, painter: QPainter) -> None:
        at, radius = self._pointer.ring_at, self._ring_radius()
        if at is None:
            return
        if radius is not None:
            decorations.draw_brush_ring(painter, at, radius)
        if self._tools.settings.erasing:
            decorations.draw_minus(painter, at, radius or 0.0)

    def _ring_radius(self) -> float | None:
        diameter = self._tools.tool.ring
        return None if diameter is None or self._view is None else max(diameter * self._view.scale / 2, 1.5)

    def _update_ring(self) -> None:
        """Draw again where the ring is: to be called before it moves, and after."""
        at = self._pointer.ring_at
        if at is not None:
            reach = (self._ring_radius() or 0.0) + decorations.RING_REACH
            self._update_part(QRectF(at, at).adjusted(-reach, -reach, reach, reach))

    def _tool_set(self) -> None:
        self.update()
        self._show_cursor()

    def _tool_drawn(self) -> None:
        """Draw again where the tool draws, and where it drew last."""
        if self._view is None:
            return
        extent = self._tools.tool.bounding_rect
        for part in (extent, self._drawn):
            self._update_part(around(self._view, part))
        self._drawn = extent
        self._show_cursor()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if not self._pointer.is_pen_event():
            self._pointed(self._pointer.press, event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if not self._pointer.is_pen_event():
            self._pointed(self._pointer.move, event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if not self._pointer.is_pen_event():
            self._pointed(self._pointer.release, event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if not self._pointer.is_pen_event():
            self._pointed(self._pointer.double_click, event)

    def tabletEvent(self, event: QTabletEvent) -> None:
        """Accepted, so that no mouse event is made of it."""
        handlers = {
            QEvent.Type.TabletPress: self._pointer.press,
            QEvent.Type.TabletMove: self._pointer.move,
            QEvent.Type.TabletRelease: self._pointer.release,
        }
        handler = handlers.get(event.type())
        if handler is not None:
            self._pointed(handler, event)
            event.accept()

    def _pointed(self, handle: Callable[[QSinglePointEvent], None], event: QSinglePointEvent) -> None:
        self._update_ring()
        handle(event)
        self._update_ring()
        self._report_position()
        self._show_cursor()

    def wheelEvent(self, event: QWheelEvent) -> None:
        notches = event.angleDelta().y() / 120
        if notches:  # none where it is turned sideways
            self._zoom_by(_WHEEL_STEP**notches, self.in_view(event.position()))
        event.accept()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        if key in _ARROWS:
            right, down = _ARROWS[key]
            self.move_view(right * _ARROW_STEP, down * _ARROW_STEP)
        elif not (key == Qt.Key.Key_Escape and self._pointer.cancel()) and not self._tools.tool.key(key):
            super().keyPressEvent(event)

    def enterEvent(self, event: QEnterEvent) -> None:
        self._pointer.at = self.in_view(event.position())
        self._update_ring()

    def leaveEvent(self, _event: QEvent) -> None:
        self._update_ring()
        self._pointer.at = None
        self.hovered.emit(None)

    def _report_position(self) -> None:
        if self._view is None or self._pointer.at is None:
            return
        point = self._view.to_photo(self._pointer.at)
        inside = QRectF(QPointF(0, 0), self._view.photo).contains(point)
        self.hovered.emit((int(point.y()), int(point.x())) if inside else None)

    def _show_cursor(self) -> None:
        pointer = self._pointer
        if self._view is None:
            shape = Qt.CursorShape.ArrowCursor
        elif pointer.panning:
            shape = Qt.CursorShape.ClosedHandCursor
        elif pointer.space_held:
            shape = Qt.CursorShape.OpenHandCursor
        elif pointer.at is not None and pointer.drag is None and self.hits_split_line(pointer.at):
            shape = Qt.CursorShape.SplitHCursor
        elif self._tools.working:
            shape = Qt.CursorShape.BusyCursor
        else:
            shape = Qt.CursorShape.CrossCursor
        self.setCursor(shape)
