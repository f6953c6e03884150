"""A scan with the outlines of its prints: corners to drag, by mouse or keys."""

import math

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QImage, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QWidget

from daps_desktop.base.i18n import N_
from daps_desktop.imaging.profile.print_outline import PrintOutline
from daps_desktop.ui.common.live_text import say
from daps_desktop.ui.common.theme import MIN_TARGET

_HANDLE = 5  # pixels from the middle of a corner's mark to its edge
_NEW = 0.3  # of the scan's sides: an outline that is added
_ARROWS = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, -1),
    Qt.Key.Key_Down: (0, 1),
}
_FAR = 10  # pixels that an arrow key moves with Shift


class OutlineView(QWidget):
    """Outlines in pixels of the scan; the chosen one and its chosen corner are marked."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setMinimumSize(320, 320)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        say(self, accessibleName=N_("Outlines of the prints"))
        say(self, toolTip=N_("Drag a corner. With the keyboard: Tab to the next corner, arrow keys move it."))
        self._image, self._size = QImage(), QSize(1, 1)
        self.outlines: list[PrintOutline] = []
        self.chosen, self.corner = 0, 0
        self._dragging = False

    def show_scan(self, image: QImage, size: QSize, outlines: list[PrintOutline]) -> None:
        """`image` is a copy of the scan, which has `size`."""
        self._image, self._size = image, size
        self._show(list(outlines), 0)

    def add(self) -> None:
        """Another outline in the middle of the scan, which is then the chosen one."""
        x, y = self._size.width() / 2, self._size.height() / 2
        a, b = x * _NEW, y * _NEW
        outline = PrintOutline(((x - a, y - b), (x + a, y - b), (x + a, y + b), (x - a, y + b)))
        self._show([*self.outlines, outline], len(self.outlines))

    def remove(self) -> None:
        """The chosen outline goes."""
        rest = [outline for i, outline in enumerate(self.outlines) if i != self.chosen]
        self._show(rest, max(0, min(self.chosen, len(rest) - 1)))

    def to_widget(self, x: float, y: float) -> QPointF:
        area = self._area()
        return area.topLeft() + QPointF(x, y) * (area.width() / self._size.width())

    def _to_scan(self, point: QPointF) -> tuple[float, float]:
        area = self._area()
        there = (point - area.topLeft()) * (self._size.width() / area.width())
        return self._within(there.x(), there.y())

    def _within(self, x: float, y: float) -> tuple[float, float]:
        return min(max(x, 0.0), float(self._size.width())), min(max(y, 0.0), float(self._size.height()))

    def _area(self) -> QRectF:
        room = self.size() - QSize(2 * _HANDLE, 2 * _HANDLE)
        fitted = self._size.scaled(room.expandedTo(QSize(1, 1)), Qt.AspectRatioMode.KeepAspectRatio)
        area = QRectF(0, 0, fitted.width(), fitted.height())
        area.moveCenter(QRectF(self.rect()).center())
        return area

    def _show(self, outlines: list[PrintOutline], chosen: int) -> None:
        self.outlines, self.chosen, self.corner = outlines, chosen, 0
        self.changed.emit()
        self.update()

    def _move_corner(self, x: float, y: float) -> None:
        self.outlines[self.chosen] = self.outlines[self.chosen].moved(self.corner, self._within(x, y))
        self.changed.emit()
        self.update()

    def _at(self, point: QPointF) -> tuple[int, int] | None:
        """The outline and corner under a point of the widget."""
        reach = [
            (math.hypot(*(self.to_widget(*corner) - point).toTuple()), i, k)
            for i, outline in enumerate(self.outlines)
            for k, corner in enumerate(outline.corners)
        ]
        nearest = min(reach, default=None)
        return nearest[1:] if nearest and nearest[0] <= MIN_TARGET / 2 else None

    # events

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() is not Qt.MouseButton.LeftButton:
            return
        at = self._at(event.position())
        if at is not None:
            (self.chosen, self.corner), self._dragging = at, True
        else:
            x, y = self._to_scan(event.position())
            inside = (i for i, outline in enumerate(self.outlines) if _holds(outline, QPointF(x, y)))
            self.chosen = next(inside, self.chosen)
        self.changed.emit()
        self.update()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._dragging:
            self._move_corner(*self._to_scan(event.position()))

    def mouseReleaseEvent(self, _event: QMouseEvent) -> None:
        self._dragging = False

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = _ARROWS.get(Qt.Key(event.key()))
        if step is None or not self.outlines:
            super().keyPressEvent(event)
            return
        far = _FAR if event.modifiers() & Qt.KeyboardModifier.ShiftModifier else 1
        x, y = self.outlines[self.chosen].corners[self.corner]
        self._move_corner(x + far * step[0], y + far * step[1])

    def focusNextPrevChild(self, forward: bool) -> bool:
        """Tab goes from corner to corner, and after the last one on to the buttons."""
        at = 4 * self.chosen + self.corner + (1 if forward else -1)
        if not 0 <= at < 4 * len(self.outlines):
            return super().focusNextPrevChild(forward)
        self.chosen, self.corner = divmod(at, 4)
        self.changed.emit()
        self.update()
        return True

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
        painter.drawImage(self._area(), self._image)
        colour = self.palette().highlight().color()
        for i, outline in enumerate(self.outlines):
            polygon = QPolygonF([self.to_widget(*corner) for corner in outline.corners])
            for pen in (QPen(QColor(255, 255, 255, 200), 4), QPen(colour, 3 if i == self.chosen else 1.5)):
                painter.setPen(pen)
                painter.drawPolygon(polygon)
            self._paint_corners(painter, polygon, i, colour)
            self._paint_number(painter, polygon, i)

    def _paint_corners(self, painter: QPainter, polygon: QPolygonF, index: int, colour: QColor) -> None:
        painter.setPen(QPen(QColor(255, 255, 255), 1.5))
        for k in range(4):
            wanted = index == self.chosen and k == self.corner and self.hasFocus()
            reach = _HANDLE + 3 if wanted else _HANDLE
            painter.setBrush(colour)
            painter.drawEllipse(polygon.at(k), reach, reach)
        painter.setBrush(Qt.BrushStyle.NoBrush)

    def _paint_number(self, painter: QPainter, polygon: QPolygonF, index: int) -> None:
        font = self.font()
        font.setBold(True)
        font.setPointSizeF(font.pointSizeF() * 1.5)
        painter.setFont(font)
        box = QRectF(0, 0, MIN_TARGET, MIN_TARGET)
        box.moveCenter(polygon.boundingRect().center())
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(0, 0, 0, 160))
        painter.drawEllipse(box)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QColor(255, 255, 255))
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, str(index + 1))


def _holds(outline: PrintOutline, point: QPointF) -> bool:
    polygon = QPolygonF([QPointF(*corner) for corner in outline.corners])
    return polygon.containsPoint(point, Qt.FillRule.OddEvenFill)
