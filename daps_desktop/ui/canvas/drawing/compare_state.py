"""Which pictures are compared, and in which part of the canvas each is seen: view state only."""

from enum import Enum

from PySide6.QtCore import QObject, QPointF, QRectF, Signal


class CompareMode(Enum):
    ORIGINAL = "original"
    PREVIEW = "preview"
    SPLIT = "split"
    SIDE = "side"
    DIFFERENCE = "difference"
    RESULT = "result"


FACTORS = (1, 2, 4, 8, 16, 32)  # by which a difference is made easier to see

_ORDER = tuple(CompareMode)
ALONE = (CompareMode.ORIGINAL, CompareMode.PREVIEW)  # the photo, and nothing to compare it with


class CompareState(QObject):
    """Original to the left of a line, result to its right, or one of them all over.

    Without a result there is only the original, and a preview where its colours are to change. Side by side
    the canvas is halved and both halves show the same part of the photo.
    """

    changed = Signal()
    available_changed = Signal(bool)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._mode = CompareMode.ORIGINAL
        self._position = 0.5
        self._factor = 8
        self._peeking = False
        self._painting = False
        self._available = False
        self._previewing = False
        self._marking = False  # since the comparison was chosen

    @property
    def mode(self) -> CompareMode:
        """What is seen now; the original while its key is held."""
        if self._peeking or self._mode is CompareMode.ORIGINAL:
            return CompareMode.ORIGINAL
        comparing = self._available and self._mode is not CompareMode.PREVIEW
        return self._mode if comparing else self._alone

    @property
    def _alone(self) -> CompareMode:
        """How the photo is seen by itself: as it will look, where that is previewed."""
        return CompareMode.PREVIEW if self._previewing else CompareMode.ORIGINAL

    @property
    def chosen(self) -> CompareMode:
        """What is seen when there is a result and no key is held."""
        return self._mode

    @property
    def marks_shown(self) -> bool:
        """Marks lie on the photo alone; comparing shows neither side with them until something is marked."""
        marking = self._marking and self.mode is CompareMode.SIDE
        return not self._peeking and (self.mode in ALONE or marking)

    @property
    def peeking(self) -> bool:
        return self._peeking

    @property
    def side_by_side(self) -> bool:
        """True where two halves show the same place; a peek at the original moves nothing."""
        return self._available and self._mode is CompareMode.SIDE

    @property
    def position(self) -> float:
        """Where the split line is, as a share of the width."""
        return self._position

    @property
    def factor(self) -> int:
        """How much a difference is amplified; one of FACTORS."""
        return self._factor

    @property
    def available(self) -> bool:
        return self._available

    @property
    def previewing(self) -> bool:
        """Whether there are colours to come that can be seen before the run."""
        return self._previewing

    def set_previewing(self, previewing: bool) -> None:
        """New colours to come are seen at once where the photo is seen alone."""
        self._previewing = previewing
        if self.chosen in ALONE:
            self._mode = self._alone
        self.changed.emit()

    def set_available(self, available: bool) -> None:
        if available != self._available:
            self._available = available
            self.available_changed.emit(available)
            self.changed.emit()

    def set_mode(self, mode: CompareMode) -> None:
        self._mode, self._marking = mode, False
        self.changed.emit()

    def set_painting(self, painting: bool) -> None:
        """While the result itself is painted, that is what has to be seen."""
        self._painting = painting
        self.show_work()

    def show_work(self) -> None:
        """Show what the tools change: the marks, or the result that is painted."""
        if self._painting:
            if self.mode in ALONE:
                self.set_mode(CompareMode.RESULT)
        elif self.mode is CompareMode.SIDE:
            self._marking = True
            self.changed.emit()
        elif not self.marks_shown:
            self.show_alone()

    def show_alone(self) -> None:
        """Show the photo by itself."""
        self.set_mode(self._alone)

    def next_mode(self) -> None:
        known = [mode for mode in _ORDER if mode is not CompareMode.PREVIEW or self._previewing]
        self.set_mode(known[(known.index(self.mode) + 1) % len(known)])

    def set_position(self, position: float) -> None:
        self._position = min(max(position, 0.0), 1.0)
        self.changed.emit()

    def set_factor(self, factor: int) -> None:
        """The nearest of FACTORS."""
        self._factor = min(FACTORS, key=lambda known: abs(known - factor))
        self.changed.emit()

    def amplify(self, steps: int) -> None:
        """So many of FACTORS up, or down where negative."""
        index = FACTORS.index(self._factor) + steps
        self.set_factor(FACTORS[min(max(index, 0), len(FACTORS) - 1)])

    def set_peeking(self, peeking: bool) -> None:
        """Show the original as long as the key is held."""
        if peeking != self._peeking:
            self._peeking = peeking
            self.changed.emit()

    def split_x(self, area: QRectF) -> float:
        return area.left() + self._position * area.width()

    def viewport(self, area: QRectF) -> QRectF:
        """The part of the canvas that the photo is fitted to and that tools work in."""
        return area.adjusted(0, 0, -area.width() / 2, 0) if self.side_by_side else area

    def mirrored_point(self, area: QRectF) -> QPointF | None:
        """From a place in the left half to the same place of the photo in the right one; None if whole."""
        return QPointF(area.width() / 2, 0) if self.side_by_side else None

    def in_view(self, point: QPointF, area: QRectF) -> QPointF:
        """A point of either half as one of the left half."""
        beside = self.mirrored_point(area)
        return point - beside if beside is not None and point.x() >= area.center().x() else point

    def original_rect(self, area: QRectF) -> QRectF:
        """Where the original is seen."""
        return QRectF(area.left(), area.top(), self._original_width(area), area.height())

    def result_rect(self, area: QRectF) -> QRectF:
        """Where the result, or its difference from the original, is seen."""
        width = self._original_width(area)
        return QRectF(area.left() + width, area.top(), area.width() - width, area.height())

    def _original_width(self, area: QRectF) -> float:
        match self.mode:
            case CompareMode.ORIGINAL | CompareMode.PREVIEW:
                return area.width()
            case CompareMode.SPLIT:
                return round(self._position * area.width())
            case CompareMode.SIDE:
                return area.width() / 2
            case CompareMode.DIFFERENCE | CompareMode.RESULT:
                return 0.0
