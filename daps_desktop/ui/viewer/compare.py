"""Which side of the comparison is seen where: view state only."""

from enum import Enum

from PySide6.QtCore import QObject, QRectF, Signal


class CompareMode(Enum):
    ORIGINAL = "original"
    SPLIT = "split"
    RESULT = "result"


_NEXT = {
    CompareMode.ORIGINAL: CompareMode.SPLIT,
    CompareMode.SPLIT: CompareMode.RESULT,
    CompareMode.RESULT: CompareMode.ORIGINAL,
}


class Compare(QObject):
    """Original to the left of the split line, result to its right; without a result only the original."""

    changed = Signal()
    available_changed = Signal(bool)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._mode = CompareMode.ORIGINAL
        self._position = 0.5
        self._peeking = False
        self._available = False

    @property
    def mode(self) -> CompareMode:
        """What is seen now; the original while its key is held."""
        return CompareMode.ORIGINAL if self._peeking or not self._available else self._mode

    @property
    def marks_shown(self) -> bool:
        """Marks lie on the original; whoever compares wants to see it without them."""
        return self.mode is CompareMode.ORIGINAL and not self._peeking

    @property
    def position(self) -> float:
        """Where the split line is, as a share of the width."""
        return self._position

    @property
    def available(self) -> bool:
        return self._available

    def set_available(self, available: bool) -> None:
        if available != self._available:
            self._available = available
            self.available_changed.emit(available)
            self.changed.emit()

    def set_mode(self, mode: CompareMode) -> None:
        self._mode = mode
        self.changed.emit()

    def next_mode(self) -> None:
        self.set_mode(_NEXT[self._mode])

    def set_position(self, position: float) -> None:
        self._position = min(max(position, 0.0), 1.0)
        self.changed.emit()

    def set_peeking(self, peeking: bool) -> None:
        """Show the original as long as the key is held."""
        if peeking != self._peeking:
            self._peeking = peeking
            self.changed.emit()

    def split_x(self, area: QRectF) -> float:
        return area.left() + self._position * area.width()

    def original_rect(self, area: QRectF) -> QRectF:
        return QRectF(area.left(), area.top(), self._original_width(area), area.height())

    def result_rect(self, area: QRectF) -> QRectF:
        width = self._original_width(area)
        return QRectF(area.left() + width, area.top(), area.width() - width, area.height())

    def _original_width(self, area: QRectF) -> float:
        match self.mode:
            case CompareMode.ORIGINAL:
                return area.width()
            case CompareMode.SPLIT:
                return round(self._position * area.width())
            case CompareMode.RESULT:
                return 0.0
