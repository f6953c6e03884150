"""Parts of a photo that a shape or a colour picks out, to be marked or unmarked as one edit."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from daps_desktop.imaging.mask import Mask, bounding_box
from daps_desktop.imaging.rect import Rect

Point = tuple[float, float]  # (row, col); the corner of the first pixel is (0, 0), its centre (0.5, 0.5)


@dataclass(frozen=True, slots=True)
class Selection:
    """The pixels `inside`, (rows, cols) bool, of `rect`."""

    rect: Rect
    inside: Mask

    @property
    def empty(self) -> bool:
        return not self.inside.any()

    def translated(self, rows: int, cols: int) -> "Selection":
        """The same pixels further down and to the right."""
        return Selection(self.rect.translated(rows, cols), self.inside)


def selection_of(marks: Mask) -> Selection:
    """All marked pixels, cut down to the rectangle that holds them."""
    rect = bounding_box(marks)
    return Selection(rect, marks[rect.slices].copy())


def rectangle(corner: Point, opposite: Point, height: int, width: int) -> Selection:
    """Every pixel of an image of `height` x `width` that the rectangle between two corners touches."""
    (r0, c0), (r1, c1) = corner, opposite
    top, left = int(np.floor(min(r0, r1))), int(np.floor(min(c0, c1)))
    bottom, right = int(np.ceil(max(r0, r1))), int(np.ceil(max(c0, c1)))
    rect = _sound(Rect(top, left, bottom, right).clipped(height, width))
    return Selection(rect, np.ones((rect.bottom - rect.top, rect.right - rect.left), dtype=bool))


def polygon(corners: Sequence[Point], height: int, width: int) -> Selection:
    """Every pixel whose centre lies in the closed polygon, by the nonzero winding rule.

    A loop that crosses itself, as those drawn by hand do, is filled throughout.
    """
    points = np.asarray(corners, dtype=np.float64).reshape(-1, 2)
    if len(points) < 3:
        return Selection(Rect(0, 0, 0, 0), np.zeros((0, 0), dtype=bool))
    top, left = np.floor(points.min(axis=0)).astype(int)
    bottom, right = np.ceil(points.max(axis=0)).astype(int)
    rect = _sound(Rect(int(top), int(left), int(bottom), int(right)).clipped(height, width))
    inside = np.zeros((rect.bottom - rect.top, rect.right - rect.left), dtype=bool)
    for row, start, end in _spans(points - (rect.top, rect.left), *inside.shape):
        inside[row, start:end] = True
    return Selection(rect, inside)


def _spans(points: NDArray[np.float64], height: int, width: int) -> Iterator[tuple[int, int, int]]:
    """(row, first column, end) of every run of pixels inside the closed polygon, row by row."""
    ends = np.roll(points, -1, axis=0)
    crossings = [_crossings(start, end, height) for start, end in zip(points, ends, strict=True)]
    rows, cols, signs = (np.concatenate(parts) for parts in zip(*crossings, strict=True))
    order = np.lexsort((cols, rows))
    rows, cols = rows[order], np.clip(np.ceil(cols[order] - 0.5), 0, width).astype(int)
    turns = np.cumsum(signs[order])  # nought after the last crossing of each row, as the polygon is closed
    first = (turns != 0) & (np.roll(turns, 1) == 0)
    last = (turns == 0) & (np.roll(turns, 1) != 0)
    yield from zip(rows[first].tolist(), cols[first].tolist(), cols[last].tolist(), strict=True)


def _crossings(
    start: NDArray[np.float64], end: NDArray[np.float64], height: int
) -> tuple[NDArray[np.int64], NDArray[np.float64], NDArray[np.int64]]:
    """Rows whose middle the edge crosses, the columns where it does, and +1 or -1 for down or up."""
    (r0, c0), (r1, c1) = start, end
    first, last = (int(np.ceil(row - 0.5)) for row in sorted((r0, r1)))
    rows = np.arange(max(first, 0), max(min(last, height), max(first, 0)))
    slope = (c1 - c0) / (r1 - r0) if r1 != r0 else 0.0
    return rows, c0 + (rows + 0.5 - r0) * slope, np.full(len(rows), 1 if r1 > r0 else -1)


def _sound(rect: Rect) -> Rect:
    """An empty rectangle where the two sides have passed each other."""
    return Rect(0, 0, 0, 0) if rect.empty else rect
