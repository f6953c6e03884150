"""What is drawn on top of the photo: brush ring, split line, names of the two sides."""

from collections.abc import Iterable

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPen, QPolygonF

from daps_desktop.base.i18n import tr
from daps_desktop.ui.canvas.drawing.compare_state import CompareMode, CompareState
from daps_desktop.ui.common import labels
from daps_desktop.ui.common.theme import SPACING

_DARK = QColor(0, 0, 0, 170)
_LIGHT = QColor(255, 255, 255)
_NOTED = QColor(255, 196, 0)  # as proposals are
_KNOB = 11
_MINUS = 7
_DIAGONAL = 0.71  # of a radius: where the ring is passed at 45 degrees
RING_REACH = 20.0  # beyond the ring's radius nothing is drawn further out


def draw_brush_ring(painter: QPainter, at: QPointF, radius: float) -> None:
    """A ring in two tones, so that it is seen on any photo."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for colour, width in ((_DARK, 2.6), (_LIGHT, 1.2)):
        painter.setPen(QPen(colour, width))
        painter.drawEllipse(at, radius, radius)
    painter.restore()


def draw_outlines(painter: QPainter, area: QRectF, outlines: Iterable[QPolygonF]) -> None:
    """Closed lines in two tones, as far as they lie in the area."""
    painter.save()
    painter.setClipRect(area, Qt.ClipOperation.IntersectClip)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for outline in outlines:
        for colour, width in ((_DARK, 3.5), (_NOTED, 1.8)):
            painter.setPen(QPen(colour, width))
            painter.drawPolygon(outline)
    painter.restore()


def draw_minus(painter: QPainter, at: QPointF, radius: float) -> None:
    """A minus next to the ring or the cross: what is in hand takes marks away."""
    offset = max(radius * _DIAGONAL, 4.0) + 4
    left = at + QPointF(offset, offset)
    for colour, width in ((_DARK, 4.0), (_LIGHT, 2.0)):
        painter.setPen(QPen(colour, width))
        painter.drawLine(left, left + QPointF(_MINUS, 0))


def draw_split_line(painter: QPainter, area: QRectF, x: float) -> None:
    """The line, with a knob half-way down that says it can be dragged."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    for colour, width in ((_DARK, 3.0), (_LIGHT, 1.5)):
        painter.setPen(QPen(colour, width))
        painter.drawLine(QPointF(x, area.top()), QPointF(x, area.bottom()))
    middle = QPointF(x, area.center().y())
    painter.setPen(QPen(_DARK, 1))
    painter.setBrush(_LIGHT)
    painter.drawEllipse(middle, _KNOB, _KNOB)
    painter.setPen(QPen(QColor(50, 50, 50), 1.5))
    for side in (-1, 1):
        tip = middle + QPointF(side * 6, 0)
        painter.drawPolyline([tip + QPointF(-side * 3, -3), tip, tip + QPointF(-side * 3, 3)])
    painter.restore()


def draw_divider(painter: QPainter, area: QRectF) -> None:
    """The line between the two halves of a comparison side by side."""
    x = area.center().x()
    painter.fillRect(QRectF(x - 1, area.top(), 2, area.height()), _DARK)


def draw_labels(painter: QPainter, area: QRectF, compare: CompareState) -> None:
    """The name of each picture, as far as it is seen."""
    differing = compare.mode is CompareMode.DIFFERENCE
    result = difference_label(compare.factor) if differing else tr(labels.SIDE_RESULT)
    original = labels.SIDE_PREVIEW if compare.mode is CompareMode.PREVIEW else labels.SIDE_ORIGINAL
    _draw_label(painter, tr(original), compare.original_rect(area), Qt.AlignmentFlag.AlignLeft)
    _draw_label(painter, result, compare.result_rect(area), Qt.AlignmentFlag.AlignRight)


def difference_label(factor: int) -> str:
    return tr("Difference ×{factor}").format(factor=factor)


def _draw_label(painter: QPainter, text: str, area: QRectF, side: Qt.AlignmentFlag) -> None:
    metrics = QFontMetricsF(painter.font())
    width, height = metrics.horizontalAdvance(text) + 2 * SPACING, metrics.height() + SPACING
    left = area.left() + SPACING if side == Qt.AlignmentFlag.AlignLeft else area.right() - SPACING - width
    box = QRectF(left, area.top() + SPACING, width, height)
    painter.save()
    painter.setClipRect(area, Qt.ClipOperation.IntersectClip)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(_DARK)
    painter.drawRoundedRect(box, 4, 4)
    painter.setPen(_LIGHT)
    painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)
    painter.restore()
