"""Mouse, pen and keys over the canvas: they move the photo, the split line, or the tool in hand."""

from typing import Literal, Protocol

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QPointingDevice, QSinglePointEvent, QTabletEvent
from PySide6.QtWidgets import QApplication

from daps_desktop.ui.canvas.drawing.view_transform import ViewTransform
from daps_desktop.ui.canvas.toolbox import ToolBox
from daps_desktop.ui.canvas.tools.tool import PointerEvent

# "shift" is a press with Shift whose meaning is still open: a straight line, or another size of the brush.
Drag = Literal["pan", "split", "tool", "shift", "size"]

_SHIFT, _ALT = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.AltModifier


class PointerTarget(Protocol):
    """What the pointer does to the canvas."""

    @property
    def view(self) -> ViewTransform | None: ...
    def in_view(self, point: QPointF) -> QPointF: ...
    def move_view(self, dx: float, dy: float) -> None: ...
    def hits_split_line(self, point: QPointF) -> bool: ...
    def move_split_line(self, x: float) -> None: ...
    def show_marks(self) -> None: ...


class Pointer:
    """One drag at a time; while Space is held it moves the photo, in the middle of a shape too."""

    def __init__(self, surface: PointerTarget, tools: ToolBox) -> None:
        self._surface = surface
        self._tools = tools
        self.at: QPointF | None = None  # in the photo's half of the widget; None: outside of it
        self._beside = QPointF()  # from there to the mouse, which may be over the other half
        self.space_held = False
        self._drag: Drag | None = None
        self._pressed = QPointF()
        self._size_before = 0.0
        self._pen_down = False

    @property
    def panning(self) -> bool:
        return self._drag == "pan" or (self._drag == "tool" and self.space_held)

    @property
    def drag(self) -> Drag | None:
        return self._drag

    @property
    def ring_at(self) -> QPointF | None:
        """Where the brush is shown; it stays where it is while its size is dragged."""
        if self._drag in ("size", "shift"):
            return self._pressed
        return None if self.panning or self._drag == "split" else self.at

    def press(self, event: QSinglePointEvent) -> None:
        if self._surface.view is None or self._drag is not None:
            return
        self.at = self._pressed = self._place(event)
        self._pen_down = isinstance(event, QTabletEvent)
        self._drag = self._drag_for(event)
        self._size_before = self._tools.settings.diameter
        if self._drag == "tool":
            self._surface.show_marks()
            self._tools.tool.press(self._touch(event))

    def move(self, event: QSinglePointEvent) -> None:
        before, self.at = self.at, self._place(event)
        if self.panning:
            step = self.at - (before or self.at)
            self._surface.move_view(step.x(), step.y())
        elif self._drag == "split":
            self._surface.move_split_line(self.at.x())
        elif self._drag == "tool":
            self._tools.tool.move(self._touch(event))
        elif self._drag in ("shift", "size"):
            self._drag_size()
        elif self._surface.view is not None:
            self._tools.tool.hover(self._touch(event))

    def release(self, event: QSinglePointEvent) -> None:
        self.at = self._place(event)
        drag, self._drag = self._drag, None
        self._pen_down = False
        if drag == "shift":
            self._surface.show_marks()
            self._tools.tool.press(self._touch(event, straight=True))
        if drag in ("tool", "shift"):
            self._tools.tool.release(self._touch(event))

    def double_click(self, event: QSinglePointEvent) -> None:
        """Comes in place of the second press."""
        if self._surface.view is not None and self._tools.tool.is_drawing and not self._pans(event):
            self._tools.tool.double_click(self._touch(event))
        else:
            self.press(event)

    def cancel(self) -> bool:
        """Cancel the stroke, shape or drag under way; False where there was none."""
        going = self._drag is not None or self._tools.tool.is_drawing
        if self._drag == "size":
            self._tools.settings.set_diameter(self._size_before)
        if self._drag in ("tool", "shift", "size"):
            self._drag = None
        self._tools.tool.cancel()
        return going

    def is_pen_event(self) -> bool:
        """True while a pen draws: the mouse events that the system makes up from it say nothing new."""
        return self._pen_down

    def _place(self, event: QSinglePointEvent) -> QPointF:
        """Where the event is; a drag stays in the half where it began."""
        if self._drag is None:
            self._beside = event.position() - self._surface.in_view(event.position())
        return event.position() - self._beside

    def _pans(self, event: QSinglePointEvent) -> bool:
        return event.button() == Qt.MouseButton.MiddleButton or self.space_held

    def _drag_for(self, event: QSinglePointEvent) -> Drag:
        if self._pans(event):
            return "pan"
        if self._surface.hits_split_line(self._pressed):
            return "split"
        brush = self._tools.tool.ring is not None
        return "shift" if brush and event.modifiers() & _SHIFT else "tool"

    def _drag_size(self) -> None:
        """To the right is larger: the ring's edge keeps its distance from the mouse."""
        view, at = self._surface.view, self.at
        assert view is not None and at is not None
        moved = at - self._pressed
        if self._drag == "shift" and moved.manhattanLength() >= QApplication.startDragDistance():
            self._drag = "size"
        if self._drag == "size":
            self._tools.settings.set_diameter(self._size_before + 2 * moved.x() / view.scale)

    def _touch(self, event: QSinglePointEvent, straight: bool = False) -> PointerEvent:
        view = self._surface.view
        assert view is not None
        point = self._pressed if straight or self.at is None else self.at
        other_end = event.pointerType() == QPointingDevice.PointerType.Eraser  # of a pen
        right = event.button() == Qt.MouseButton.RightButton
        alt, found = bool(event.modifiers() & _ALT), self._tools.settings.found is not None
        erase = right or other_end or (alt and not found)
        pressure = 1.0 if straight else self._pressure(event)  # drawn as the pen comes up, pressing no more
        return PointerEvent(view.to_photo(point), erase, alt and found, straight, pressure)

    def _pressure(self, event: QSinglePointEvent) -> float:
        used = isinstance(event, QTabletEvent) and self._tools.settings.pen_pressure
        return event.pressure() if used and isinstance(event, QTabletEvent) else 1.0
