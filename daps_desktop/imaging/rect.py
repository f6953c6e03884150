"""Rectangles of whole pixels."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Rect:
    """Rows top..bottom and columns left..right, ends excluded."""

    top: int
    left: int
    bottom: int
    right: int

    @property
    def slices(self) -> tuple[slice, slice]:
        return slice(self.top, self.bottom), slice(self.left, self.right)

    @property
    def pixels(self) -> int:
        return (self.bottom - self.top) * (self.right - self.left)

    @property
    def empty(self) -> bool:
        return self.bottom <= self.top or self.right <= self.left

    def union(self, other: "Rect") -> "Rect":
        if self.empty:
            return other
        if other.empty:
            return self
        return Rect(
            min(self.top, other.top),
            min(self.left, other.left),
            max(self.bottom, other.bottom),
            max(self.right, other.right),
        )

    def translated(self, rows: int, cols: int) -> "Rect":
        """The same rectangle further down and to the right."""
        return Rect(self.top + rows, self.left + cols, self.bottom + rows, self.right + cols)

    def clipped(self, height: int, width: int) -> "Rect":
        return Rect(max(self.top, 0), max(self.left, 0), min(self.bottom, height), min(self.right, width))
