"""What every tool is to the canvas."""

from dataclasses import dataclass

from PySide6.QtCore import QObject, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QPainter

from daps_desktop.imaging.selection import Point
from daps_desktop.ui.canvas.drawing.view_transform import ViewTransform


@dataclass(frozen=True, slots=True)
class PointerEvent:
    """Where the mouse or the pen is on the photo, and how it is held.

    `at` is (x, y) with the corner of the first pixel at (0, 0).
    """

    at: QPointF
    erase: bool = False  # take away, this once
    whole: bool = False  # take all of the stroke, where it would only take what was found in it
    straight: bool = False  # draw from where the last stroke ended
    pressure: float = 1.0  # of a pen, 0 to 1; a mouse presses fully

    @property
    def point(self) -> Point:
        return self.at.y(), self.at.x()


class Tool(QObject):
    """Does nothing of its own; each tool answers to what it cares for."""

    changed = Signal()  # what it draws over the photo

    @property
    def ring(self) -> float | None:
        """Diameter of the ring under the mouse in pixels of the photo; None: a crosshair."""
        return None

    @property
    def is_drawing(self) -> bool:
        """A stroke or a shape is under way."""
        return False

    @property
    def bounding_rect(self) -> QRectF:
        """Where on the photo it draws something; empty while it does not."""
        return QRectF()

    def press(self, event: PointerEvent) -> None: ...

    def move(self, event: PointerEvent) -> None:
        """The mouse moved with its button down."""

    def release(self, event: PointerEvent) -> None: ...

    def hover(self, event: PointerEvent) -> None:
        """The mouse moved with no button down."""

    def double_click(self, event: PointerEvent) -> None: ...

    def key(self, key: Qt.Key) -> bool:
        """True where the key meant something to the shape under way."""
        return False

    def cancel(self) -> None:
        """Cancel what is under way and leave the marks as they were."""

    def paint(self, painter: QPainter, view: ViewTransform) -> None: ...
