"""The outline of a shape under way: black and white dashes in turn, seen on any photo."""

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF

from daps_desktop.ui.canvas.drawing.view_transform import ViewTransform

_DASH = 4.0  # widths of the line
_WIDTH = 1.2  # widget pixels
_HALF = QPointF(3.0, 3.0)  # of a corner's square
_DARK, _LIGHT = QColor(0, 0, 0), QColor(255, 255, 255)


def draw_outline(painter: QPainter, view: ViewTransform, points: list[QPointF], closed: bool) -> None:
    """A line through points of the photo."""
    line = QPolygonF([view.to_widget(point) for point in points])
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for pen in _pens():
        painter.setPen(pen)
        if closed:
            painter.drawPolygon(line)
        else:
            painter.drawPolyline(line)
    painter.restore()


def draw_corners(painter: QPainter, view: ViewTransform, points: list[QPointF]) -> None:
    """Small squares on the corners that can still be undone."""
    painter.save()
    painter.setPen(QPen(_DARK, 1))
    painter.setBrush(_LIGHT)
    for point in points:
        middle = view.to_widget(point)
        painter.drawRect(QRectF(middle - _HALF, middle + _HALF))
    painter.restore()


def _pens() -> tuple[QPen, QPen]:
    dark, light = QPen(_DARK, _WIDTH), QPen(_LIGHT, _WIDTH)
    light.setDashPattern([_DASH, _DASH])
    return dark, light
