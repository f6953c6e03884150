"""How a frame is drawn over the photo while it is set."""

from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen, QPixmap, QPolygonF, QTransform

from daps_desktop.imaging.frame import Frame, Matrix, Size, moved
from daps_desktop.ui.canvas.drawing.view_transform import ViewTransform

_HALF = 4.0  # pixels of the screen, of a handle
_DARK, _LIGHT, _DIM = QColor(0, 0, 0, 170), QColor(255, 255, 255), QColor(0, 0, 0, 150)
_THIRDS = QColor(255, 255, 255, 110)


def paint_photo(painter: QPainter, picture: QPixmap, photo: Size, frame: Frame, view: ViewTransform) -> None:
    """All there is to crop from; `picture` is the untouched photo at any size."""
    onto = QTransform(view.scale, 0, 0, view.scale, view.left, view.top)
    full = QTransform.fromScale(photo[1] / picture.width(), photo[0] / picture.height())
    painter.save()
    painter.setClipPath(photo_outline(photo, frame, view))
    seen = np.asarray(np.linalg.inv(frame.canvas_matrix(photo)), np.float64)
    painter.setTransform(full * _transform(seen) * onto)
    painter.drawPixmap(0, 0, picture)
    painter.restore()


def photo_outline(photo: Size, frame: Frame, view: ViewTransform) -> QPainterPath:
    """Around all there is to crop from, on the screen."""
    height, width = frame.turned_size(photo)
    edge = [(0.0, 0.0), (width, 0.0), (width, height), (0.0, height)]
    inside = moved(frame.turned_matrix(photo), edge)
    path = QPainterPath()
    path.addPolygon(QPolygonF([view.to_widget(QPointF(*point)) for point in inside.tolist()]))
    path.closeSubpath()
    return path


def paint_crop(painter: QPainter, outline: QPainterPath, box: QRectF, handles: Sequence[QPointF]) -> None:
    """What goes is dimmed; thirds and handles lie over what stays."""
    hole = QPainterPath()
    hole.addRect(box)
    painter.fillPath(outline.subtracted(hole), _DIM)
    painter.setPen(QPen(_THIRDS, 1))
    for third in (1 / 3, 2 / 3):
        x, y = box.left() + third * box.width(), box.top() + third * box.height()
        painter.drawLine(QPointF(x, box.top()), QPointF(x, box.bottom()))
        painter.drawLine(QPointF(box.left(), y), QPointF(box.right(), y))
    paint_line(painter, [box.topLeft(), box.topRight(), box.bottomRight(), box.bottomLeft(), box.topLeft()])
    for at in handles:
        _paint_handle(painter, at, _HALF)


def paint_corners(painter: QPainter, points: Sequence[QPointF], chosen: int) -> None:
    paint_line(painter, [*points, points[0]])
    for index, point in enumerate(points):
        _paint_handle(painter, point, 1.5 * _HALF if index == chosen else _HALF)


def paint_line(painter: QPainter, points: Sequence[QPointF]) -> None:
    """In two tones, so that it is seen on any photo."""
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for colour, width in ((_DARK, 3.0), (_LIGHT, 1.5)):
        painter.setPen(QPen(colour, width))
        painter.drawPolyline(QPolygonF(points))


def _paint_handle(painter: QPainter, at: QPointF, half: float) -> None:
    painter.setPen(QPen(_DARK, 1))
    painter.setBrush(_LIGHT)
    painter.drawRect(QRectF(at.x() - half, at.y() - half, 2 * half, 2 * half))


def _transform(matrix: Matrix) -> QTransform:
    """Qt multiplies rows from the left."""
    return QTransform(*(float(value) for value in matrix.T.ravel()))


CURSORS: dict[tuple[int, int], Qt.CursorShape] = {
    (0, 0): Qt.CursorShape.SizeAllCursor,
    (-1, 0): Qt.CursorShape.SizeVerCursor,
    (1, 0): Qt.CursorShape.SizeVerCursor,
    (0, -1): Qt.CursorShape.SizeHorCursor,
    (0, 1): Qt.CursorShape.SizeHorCursor,
    (-1, -1): Qt.CursorShape.SizeFDiagCursor,
    (1, 1): Qt.CursorShape.SizeFDiagCursor,
    (-1, 1): Qt.CursorShape.SizeBDiagCursor,
    (1, -1): Qt.CursorShape.SizeBDiagCursor,
}
