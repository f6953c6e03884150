"""The photo as it will be framed, with what can be taken hold of: edges, corners, a line to level by."""

from dataclasses import replace
from enum import Enum

from PySide6.QtCore import QLineF, QPointF, QRectF, QSize, QSizeF, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPixmap,
    QWheelEvent,
)  # fmt: skip
from PySide6.QtWidgets import QWidget

from daps_desktop.base.i18n import N_
from daps_desktop.imaging.frame import Corners, Frame, Point, Size, straightening
from daps_desktop.imaging.rect import Rect
from daps_desktop.ui.canvas.drawing.view_transform import ViewTransform
from daps_desktop.ui.common.live_text import say
from daps_desktop.ui.framing import painting
from daps_desktop.ui.framing.editing import Edges, dragged, straightened

VIEW_NAME = N_("The photo as it will be framed")
VIEW_HELP = N_(
    "Arrow keys move the frame, with Shift they change its size. While corners are set, 1 to 4 choose a "
    "corner and arrow keys move it. The wheel, + and - zoom, 0 shows all. Enter applies, Esc cancels."
)
_ALL_EDGES = tuple(edges for edges in painting.CURSORS if any(edges))
_GRIP = 12.0  # pixels of the screen
_LEAST_LINE = 10.0  # pixels of the screen: what is shorter was a click
_ARROWS = {
    Qt.Key.Key_Left: (0, -1),
    Qt.Key.Key_Right: (0, 1),
    Qt.Key.Key_Up: (-1, 0),
    Qt.Key.Key_Down: (1, 0),
}
_ZOOM_KEYS = {Qt.Key.Key_Plus: 1.5, Qt.Key.Key_Equal: 1.5, Qt.Key.Key_Minus: 1 / 1.5, Qt.Key.Key_0: 0.0}
_WHEEL_STEP = 1.2
_INSET = 0.1  # of the sides, where corners begin
_MIN_SIDE = QSize(120, 60)  # pixels, so that it widens no window


class Mode(Enum):
    CROP = "crop"
    LEVEL = "level"  # the next drag draws a line
    CORNERS = "corners"


class FrameView(QWidget):
    """Owns the frame while it is set; `frame` is what it has come to."""

    changed = Signal()  # the frame or the mode

    def __init__(self) -> None:
        super().__init__()
        self.photo: Size = (1, 1)
        self.frame = Frame()
        self.ratio = 0.0  # width / height of the crop; 0: any
        self.mode = Mode.CROP
        self.corner = 0  # which the arrow keys move
        self.surround = QColor(Qt.GlobalColor.gray)
        self._picture = QPixmap()
        self._zoomed: ViewTransform | None = None  # None: all of it is shown
        self._moving: QPointF | None = None  # from where the middle button moves what is shown
        self._quad: list[Point] = []
        self._line: tuple[QPointF, QPointF] | None = None
        self._hold: tuple[Edges | int, QPointF, Rect] | None = None  # edges or corner, from where, crop then
        self.setMinimumSize(_MIN_SIDE)
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        say(self, accessibleName=VIEW_NAME, accessibleDescription=VIEW_HELP)

    # what is set

    def begin(self, picture: QPixmap, photo: Size, frame: Frame) -> None:
        """The untouched photo as a picture of any size, and the frame that it is in."""
        self._picture, self.photo, self.ratio = picture, photo, 0.0
        self._hold = self._line = self._zoomed = self._moving = None
        self.mode = Mode.CROP
        self.set_frame(frame)

    def set_frame(self, frame: Frame) -> None:
        self.frame = frame
        self.changed.emit()
        self.update()

    def set_mode(self, mode: Mode) -> None:
        """Leaving the corners takes them over."""
        if mode is self.mode:
            return
        if self.mode is Mode.CORNERS:
            self._take_corners()
        if mode is Mode.CORNERS:
            self._quad = list(self.frame.corners or self._inset())
        self.mode, self._line, self._hold = mode, None, None
        self.changed.emit()
        self.update()

    def leave_mode(self) -> bool:
        """Back to the crop without what was begun; False where there was nothing to leave."""
        if self.mode is Mode.CROP:
            return False
        self.mode, self._line, self._hold = Mode.CROP, None, None
        self.changed.emit()
        self.update()
        return True

    @property
    def crop(self) -> Rect:
        return self.frame.crop_of(self.photo)

    def set_crop(self, crop: Rect) -> None:
        self.set_frame(replace(self.frame, crop=crop))

    def _inset(self) -> Corners:
        height, width = self.photo
        x, y = width * _INSET, height * _INSET
        return (x, y), (width - x, y), (width - x, height - y), (x, height - y)

    def _take_corners(self) -> None:
        a, b, c, d = self._quad
        if (a, b, c, d) != self.frame.corners:
            # They say what is level, too.
            self.frame = replace(self.frame, corners=(a, b, c, d), angle=0.0, crop=None)

    # where it lies

    @property
    def _seen(self) -> Frame:
        """Corners are set on the photo as it is."""
        return Frame() if self.mode is Mode.CORNERS else self.frame

    @property
    def view(self) -> ViewTransform:
        """From points of the canvas to those of the widget."""
        height, width = self._seen.canvas_size(self.photo)
        all_of_it = ViewTransform(QSizeF(width, height), QSizeF(self.size())).fitted()
        zoomed = self._zoomed
        if zoomed is None or zoomed.scale <= all_of_it.scale:
            return all_of_it
        return replace(zoomed, photo=all_of_it.photo).resized(all_of_it.widget)

    def zoom(self, factor: float, about: QPointF) -> None:
        """The point under `about` stays where it is; 0 shows all of it."""
        self._zoomed = self.view.zoomed(self.view.scale * factor, about) if factor else None
        self.update()

    def _crop_on_screen(self) -> QRectF:
        crop, view = self.crop, self.view
        return QRectF(
            view.to_widget(QPointF(crop.left, crop.top)), view.to_widget(QPointF(crop.right, crop.bottom))
        )

    def handle_at(self, edges: Edges) -> QPointF:
        """Where the edges can be taken hold of."""
        box = self._crop_on_screen()
        down, across = edges
        return box.center() + QPointF(across * box.width() / 2, down * box.height() / 2)

    @property
    def corners_now(self) -> tuple[Point, ...]:
        """Where they have come to, in pixels of the photo."""
        return tuple(self._quad)

    def corner_at(self, index: int) -> QPointF:
        return self.view.to_widget(QPointF(*self._quad[index]))

    # drawing

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), self.surround)
        if self._picture.isNull():
            return
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painting.paint_photo(painter, self._picture, self.photo, self._seen, self.view)
        if self.mode is Mode.CORNERS:
            painting.paint_corners(painter, [self.corner_at(i) for i in range(4)], self.corner)
        else:
            handles = [self.handle_at(edges) for edges in _ALL_EDGES]
            outline = painting.photo_outline(self.photo, self._seen, self.view)
            painting.paint_crop(painter, outline, self._crop_on_screen(), handles)
        if self._line is not None:
            painting.paint_line(painter, list(self._line))

    # mouse

    def wheelEvent(self, event: QWheelEvent) -> None:
        if self._hold is None and self._line is None:
            self.zoom(_WHEEL_STEP ** (event.angleDelta().y() / 120), event.position())
        event.accept()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() is Qt.MouseButton.MiddleButton:
            self._moving = event.position()
        if event.button() is not Qt.MouseButton.LeftButton:
            return
        at = event.position()
        if self.mode is Mode.LEVEL:
            self._line = (at, at)
        elif self.mode is Mode.CORNERS:
            self.corner = min(range(4), key=lambda i: QLineF(self.corner_at(i), at).length())
            self._hold = (self.corner, at - self.corner_at(self.corner), self.crop)
        elif (edges := self._edges_at(at)) is not None:
            self._hold = (edges, at, self.crop)
        self.update()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        at = event.position()
        if self._moving is not None:
            by, self._moving = at - self._moving, at
            self._zoomed = self.view.moved(by.x(), by.y())
            self.update()
        elif self._line is not None:
            self._line = (self._line[0], at)
            self.update()
        elif self._hold is not None:
            self._drag(at)
        self._show_cursor(at)

    def mouseReleaseEvent(self, _event: QMouseEvent) -> None:
        line, self._line, self._hold, self._moving = self._line, None, None, None
        if line is not None and QLineF(*line).length() >= _LEAST_LINE:
            start, end = (point.toTuple() for point in line)
            angle = self.frame.angle + straightening(start, end)
            self.mode = Mode.CROP
            self.set_frame(straightened(self.frame, self.photo, angle))
        self.update()

    def _drag(self, at: QPointF) -> None:
        assert self._hold is not None
        held, start, crop = self._hold
        scale = self.view.scale
        if isinstance(held, int):
            point = self.view.to_photo(at - start)
            self.move_corner(held, (point.x(), point.y()))
        else:
            by = ((at.y() - start.y()) / scale, (at.x() - start.x()) / scale)
            self.set_crop(dragged(self.frame, self.photo, crop, held, by, self.ratio))

    def move_corner(self, index: int, to: Point) -> None:
        """As far as it goes: inside the photo, and not across the line between two others."""
        height, width = self.photo
        quad = list(self._quad)
        quad[index] = (min(max(to[0], 0.0), float(width)), min(max(to[1], 0.0), float(height)))
        a, b, c, d = quad
        try:
            Frame(corners=(a, b, c, d))
        except ValueError:
            return
        self._quad = quad
        self.update()

    def _edges_at(self, at: QPointF) -> Edges | None:
        nearest = min(_ALL_EDGES, key=lambda edges: QLineF(self.handle_at(edges), at).length())
        if QLineF(self.handle_at(nearest), at).length() <= _GRIP:
            return nearest
        return (0, 0) if self._crop_on_screen().contains(at) else None

    def _show_cursor(self, at: QPointF) -> None:
        shape = Qt.CursorShape.ArrowCursor
        if self.mode is not Mode.CROP:
            shape = Qt.CursorShape.CrossCursor
        elif self._hold is None and (edges := self._edges_at(at)) is not None:
            shape = painting.CURSORS[edges]
        elif self._hold is not None:
            return
        self.setCursor(shape)

    # keys

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        if self.mode is Mode.CORNERS and Qt.Key.Key_1 <= key <= Qt.Key.Key_4:
            self.corner = key - Qt.Key.Key_1
            self.update()
        elif key in _ARROWS:
            self._step(_ARROWS[key], bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier))
        elif key in _ZOOM_KEYS:
            self.zoom(_ZOOM_KEYS[key], QPointF(self.rect().center()))
        else:
            super().keyPressEvent(event)

    def _step(self, way: tuple[int, int], size: bool) -> None:
        """By about a pixel of the screen, and a whole one of the photo."""
        pixels = max(round(1 / self.view.scale), 1)
        down, across = way[0] * pixels, way[1] * pixels
        if self.mode is Mode.CORNERS:
            x, y = self._quad[self.corner]
            self.move_corner(self.corner, (x + across, y + down))
        elif self.mode is Mode.CROP:
            edges: Edges = (abs(way[0]), abs(way[1])) if size else (0, 0)
            crop = dragged(self.frame, self.photo, self.crop, edges, (down, across), self.ratio)
            self.set_crop(crop)
