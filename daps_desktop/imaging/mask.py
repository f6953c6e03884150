"""The mask: (H, W) bool, True = reconstruct here. Strokes as patches, so that undo keeps rectangles only."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from daps_desktop.imaging.rect import Rect

Mask = NDArray[np.bool_]

_PIECE = 128.0  # pixels


@dataclass(frozen=True, slots=True)
class MaskEdit:
    """What one edit changed: the rectangle with its pixels before and after."""

    rect: Rect
    before: Mask
    after: Mask


def draw_line(
    mask: Mask, start: tuple[float, float], end: tuple[float, float], radius: float, value: bool
) -> Rect:
    """Set every pixel within `radius` of the segment to `value`, in place; returns the rectangle touched.

    `start` and `end` are (row, col) in pixel-centre coordinates; a radius under 0.5 sets single pixels. A
    long line is drawn in pieces: the rectangle around one across a whole photo holds the whole photo.
    """
    pieces = max(1, math.ceil(math.dist(start, end) / _PIECE))
    corners = np.linspace(start, end, pieces + 1).tolist()
    drawn = [_draw_piece(mask, a, b, max(radius, 0.5), value) for a, b in pairwise(corners)]
    return reduce(Rect.union, drawn)


def _draw_piece(mask: Mask, start: Sequence[float], end: Sequence[float], radius: float, value: bool) -> Rect:
    (r0, c0), (r1, c1) = start, end
    reach = radius + 1
    rect = Rect(
        int(np.floor(min(r0, r1) - reach)),
        int(np.floor(min(c0, c1) - reach)),
        int(np.ceil(max(r0, r1) + reach)) + 1,
        int(np.ceil(max(c0, c1) + reach)) + 1,
    ).clipped(*mask.shape)
    if rect.empty:
        return rect
    rows, cols = np.ogrid[rect.slices]
    length2 = (r1 - r0) ** 2 + (c1 - c0) ** 2
    along = 0.0
    if length2 > 0:
        along = np.clip(((rows - r0) * (r1 - r0) + (cols - c0) * (c1 - c0)) / length2, 0, 1)
    distance2 = (rows - r0 - along * (r1 - r0)) ** 2 + (cols - c0 - along * (c1 - c0)) ** 2
    mask[rect.slices][distance2 <= radius**2] = value
    return rect


def bounding_box(mask: Mask) -> Rect:
    """The smallest rectangle that holds the whole mask; an empty one where nothing is marked."""
    rows, cols = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    if not len(rows):
        return Rect(0, 0, 0, 0)
    return Rect(int(rows[0]), int(cols[0]), int(rows[-1]) + 1, int(cols[-1]) + 1)


def dilate(mask: Mask, radius: int) -> Mask:
    """A new mask: every pixel within `radius` pixels (Euclidean) of the old one."""
    grown = mask.copy()
    inner = bounding_box(mask)
    if inner.empty or radius <= 0:
        return grown
    rect = Rect(inner.top - radius, inner.left - radius, inner.bottom + radius, inner.right + radius).clipped(
        *mask.shape
    )
    grown[rect.slices] = _within(mask[rect.slices], radius)
    return grown


def erode(mask: Mask, radius: int) -> Mask:
    """A new mask: every pixel further than `radius` pixels from any unmarked one.

    Beyond the border all counts as marked.
    """
    if radius <= 0:
        return mask.copy()
    return ~_within(~mask, radius)


def _within(marked: Mask, radius: int) -> Mask:
    """Pixels within `radius` of a marked one: a disc is rows of spans, and a running sum tests a span."""
    height, width = marked.shape
    sums = np.zeros((height, width + 2 * radius + 1), np.int32)
    np.cumsum(np.pad(marked, ((0, 0), (radius, radius))), axis=1, out=sums[:, 1:])
    near = np.zeros_like(marked)
    for row in range(min(radius, height - 1) + 1):
        reach = math.isqrt(radius**2 - row**2)
        start = radius - reach
        span = sums[:, start + 2 * reach + 1 :][:, :width] != sums[:, start : start + width]
        near[row:] |= span[: height - row]
        near[: height - row] |= span[row:]
    return near


def downsampled(mask: Mask, step: int) -> Mask:
    """(ceil(H / step), ceil(W / step)): True where any pixel of a square of `step` x `step` is."""
    return _any_of_rows(_any_of_rows(mask, step).T, step).T


def _any_of_rows(mask: Mask, step: int) -> Mask:
    thin = mask[::step].copy()
    for k in range(1, step):
        rows = mask[k::step]
        thin[: len(rows)] |= rows
    return thin
