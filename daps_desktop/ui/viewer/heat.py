"""A map laid over the photo, with the legend that says what its colours mean."""

from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QImage, QPainter

from daps_desktop.ui.theme import GRID

_WIDTH, _HEIGHT = 160.0, 10.0  # of the bar of colours
_DARK, _LIGHT = QColor(0, 0, 0, 190), QColor(255, 255, 255)


@dataclass(frozen=True, slots=True)
class Heat:
    """`picture` is see-through where there is nothing to tell; `bar` is one row of colours, low to high."""

    picture: QImage
    bar: QImage
    title: str
    low: str
    high: str

    def paint(self, painter: QPainter, photo_rect: QRectF) -> None:
        """Stretch the map over the photo."""
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.drawImage(photo_rect, self.picture)

    def paint_legend(self, painter: QPainter, area: QRectF) -> None:
        """The legend in the lower left corner of `area`."""
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        line = QFontMetricsF(painter.font()).height()
        width = max(_WIDTH, QFontMetricsF(painter.font()).horizontalAdvance(self.title))
        box = QRectF(0, 0, width + 2 * GRID, 2 * line + _HEIGHT + 2 * GRID)
        box.moveBottomLeft(area.bottomLeft() + QPointF(GRID, -GRID))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(_DARK)
        painter.drawRoundedRect(box, 4, 4)
        inner = box.adjusted(GRID, GRID, -GRID, -GRID)
        painter.setPen(_LIGHT)
        painter.drawText(inner, Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft, self.title)
        painter.drawImage(QRectF(inner.left(), inner.top() + line, inner.width(), _HEIGHT), self.bar)
        painter.drawText(inner, Qt.AlignmentFlag.AlignBottom | Qt.AlignmentFlag.AlignLeft, self.low)
        painter.drawText(inner, Qt.AlignmentFlag.AlignBottom | Qt.AlignmentFlag.AlignRight, self.high)
        painter.restore()
