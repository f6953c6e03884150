"""A map laid over the photo, with the legend that says what its colours mean."""

from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QImage, QPainter

from daps_desktop.base.i18n import tr
from daps_desktop.ui.common.live_text import Words, said
from daps_desktop.ui.common.theme import SPACING

_WIDTH, _HEIGHT = 160.0, 10.0  # of the bar of colours
_DARK, _LIGHT = QColor(0, 0, 0, 190), QColor(255, 255, 255)


@dataclass(frozen=True, slots=True)
class HeatMap:
    """`image` is see-through where there is nothing to show; `bar` is one row of colours, low to high."""

    image: QImage
    bar: QImage
    title: str  # a message
    low: str
    high: Words

    def paint(self, painter: QPainter, photo_rect: QRectF) -> None:
        """Stretch the map over the photo."""
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.drawImage(photo_rect, self.image)

    def scale_size(self, metrics: QFontMetricsF) -> QSizeF:
        """What the scale takes, with its whole title."""
        width = max(_WIDTH, metrics.horizontalAdvance(tr(self.title)))
        return QSizeF(width, 2 * metrics.height() + _HEIGHT)

    def paint_legend(self, painter: QPainter, area: QRectF) -> None:
        """The scale in the lower left corner of `area`, on a ground that any photo may lie under."""
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        scale = QRectF(QPointF(), self.scale_size(QFontMetricsF(painter.font())))
        box = scale.adjusted(0, 0, 2 * SPACING, 2 * SPACING)
        box.moveBottomLeft(area.bottomLeft() + QPointF(SPACING, -SPACING))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(_DARK)
        painter.drawRoundedRect(box, 4, 4)
        self.paint_scale(painter, box.adjusted(SPACING, SPACING, -SPACING, -SPACING), _LIGHT)
        painter.restore()

    def paint_scale(self, painter: QPainter, place: QRectF, ink: QColor) -> None:
        """What the colours mean, title over bar over both its ends; a title too long for `place` is cut."""
        metrics, left = QFontMetricsF(painter.font()), Qt.AlignmentFlag.AlignLeft
        title = metrics.elidedText(tr(self.title), Qt.TextElideMode.ElideRight, place.width())
        painter.setPen(ink)
        painter.drawText(place, Qt.AlignmentFlag.AlignTop | left, title)
        painter.drawImage(
            QRectF(place.left(), place.top() + metrics.height(), place.width(), _HEIGHT), self.bar
        )
        painter.drawText(place, Qt.AlignmentFlag.AlignBottom | left, self.low)
        painter.drawText(place, Qt.AlignmentFlag.AlignBottom | Qt.AlignmentFlag.AlignRight, said(self.high))
