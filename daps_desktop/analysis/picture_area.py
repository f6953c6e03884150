"""Where on a scan the picture is: without mounts, borders, a scanner's bed, rebates and torn corners."""

import cv2
import numpy as np
from numpy.typing import NDArray

from daps_desktop.imaging.mask import Mask
from daps_desktop.imaging.photo import Pixels, at_depth

SMALL = 256  # pixels on the longer side of the copy that is looked at, and of what is returned
_ALIKE = 14  # grey levels in any channel between pixels of one margin
_STEEPEST = 0.07  # a margin's end is straight: rows a column that it may be askew
_SHARE = 0.55  # of a side's lines that end there; corners may be torn, sprockets and labels cut in
_DEEPEST = 0.3  # of the side
_PLAIN = 12  # grey levels from black or white
_LONELY = 0.1  # of the side, where there is none opposite and it is neither black nor white
_NESTED = 4  # bed, mount, border and rebate
_CORNER = 0.04  # of the whole, at most, and
_BEYOND = 10  # grey levels lighter or darker than all that is left: a corner lost
_LEAST = 0.25  # of the whole: less is no picture
_FRINGE = 9  # pixels across of what is left out around a transparent one, as softer copies mix them
_EDGE = 1  # pixels inside of every end, which are a blend

_Small = NDArray[np.int16]  # (h, w, C), grey levels 0-255


def picture_area(pixels: Pixels, alpha: Pixels | None = None) -> Mask:
    """True where the picture is, on a copy of (H, W, C) pixels with at most `SMALL` on its longer side.

    `alpha` is (H, W) of the same type, or None; what is mostly transparent is not the picture. A margin is
    what keeps its colour from a side inwards and ends along a straight line: a sky or a studio's ground ends
    anyhow. All is True where nothing would be left.
    """
    small = small_copy(without_hidden(pixels, alpha))
    seen = np.ones(small.shape[:2], bool) if alpha is None else _seen(alpha)
    area = seen & _within_margins(small)
    area &= ~_lost_corners(small, area)
    if area.sum() >= max(1, _LEAST * seen.sum()):
        return area
    return seen if seen.any() else np.ones_like(seen)


def without_hidden(pixels: Pixels, alpha: Pixels | None) -> Pixels:
    """(H, W, C) pixels with black for the colours that nobody sees, which may be anything."""
    return pixels if alpha is None else pixels * (alpha > 0)[..., None].astype(pixels.dtype)


def _seen(alpha: Pixels) -> Mask:
    """What is opaque and not beside what is not, on the small copy."""
    opaque = small_copy(alpha[..., None])[..., 0] > 127
    inner = cv2.erode(opaque.astype(np.uint8), np.ones((_FRINGE, _FRINGE), np.uint8)) > 0
    return inner if inner.any() else opaque


def at_size(area: Mask, height: int, width: int) -> Mask:
    """The area on a copy of the photo of another size, (height, width)."""
    return cv2.resize(area.astype(np.uint8), (width, height), interpolation=cv2.INTER_NEAREST) > 0


def small_copy(pixels: Pixels, side: int = SMALL) -> _Small:
    """(h, w, C) means over areas, in grey levels 0-255, `side` pixels on the longer side at most."""
    height, width = pixels.shape[:2]
    shrink = min(1.0, side / max(height, width))
    size = max(1, round(width * shrink)), max(1, round(height * shrink))
    small = cv2.resize(pixels, size, interpolation=cv2.INTER_AREA).reshape(size[1], size[0], -1)
    return at_depth(np.asarray(small, pixels.dtype), 8).astype(np.int16)


def _within_margins(small: _Small) -> Mask:
    """True inside the margins of all four sides, however many lie in one another."""
    area = np.ones(small.shape[:2], bool)
    ends = [_margin_end(np.rot90(small, turn)) for turn in range(4)]
    for turn, (end, plain) in enumerate(ends):
        turned = np.rot90(area, turn)
        height = len(turned)
        alone = not ends[(turn + 2) % 4][0].any()
        if alone and not plain and end.mean() > _LONELY * height:
            continue
        turned &= np.arange(height)[:, None] >= end + (_EDGE if height > 8 * _EDGE else 0)
    return area


def _margin_end(turned: _Small) -> tuple[NDArray[np.float64], bool]:
    """The row of each column at which the margins at the top end, 0 for none; and: it is black or white."""
    height, width = turned.shape[:2]
    end, plain = np.zeros(width), True
    rows = np.arange(height)[:, None]
    for _ in range(_NESTED):
        first = np.minimum(np.ceil(end).astype(int) + (end > 0), height - 1).clip(0)
        colours = turned[first, np.arange(width)]
        other = (np.abs(turned - colours).max(axis=2) > _ALIKE) & (rows >= first)
        depth = np.where(other.any(axis=0), other.argmax(axis=0), height).astype(np.float64)
        usual = np.median(colours, axis=0)
        alike = np.abs(colours - usual).max(axis=1) <= 2 * _ALIKE
        further = _straight(depth, alike & (depth < _DEEPEST * height))
        if further is None or np.median(further - first) < 1:
            break
        end = further
        plain = plain and bool(usual.max() <= _PLAIN or usual.min() >= 255 - _PLAIN)
    return end, plain


def _straight(depth: NDArray[np.float64], counts: Mask) -> NDArray[np.float64] | None:
    """The line, as its row in each column, on which most depths lie; None where no line holds enough."""
    across = np.arange(len(depth)) - len(depth) / 2
    best, found = _SHARE * len(depth), None
    for slope in np.linspace(-_STEEPEST, _STEEPEST, 29):
        level = (depth - slope * across)[counts]
        if not len(level):
            return None
        bins = np.bincount(np.rint(level - level.min()).astype(int))
        held = np.convolve(bins, np.ones(3, int), "same")
        if held.max() > best:
            best = held.max()
            found = slope * across + level.min() + held.argmax()
    return found


def _lost_corners(small: _Small, area: Mask) -> Mask:
    """Small places of the area's own corners that are lighter or darker than everything else in it."""
    luma = small.mean(axis=2)
    lost = np.zeros_like(area)
    rows, cols = np.nonzero(area)
    if len(rows) < 64:
        return lost
    corners = [int(np.argmin(a * rows + b * cols)) for a in (1, -1) for b in (1, -1)]
    for corner in corners:
        seed = rows[corner], cols[corner]
        alike = (area & (np.abs(small - small[seed]).max(axis=2) <= 2 * _ALIKE)).astype(np.uint8)
        _, labels = cv2.connectedComponents(alike, connectivity=4)
        place = labels == labels[seed]
        if place.sum() < _CORNER * area.sum():
            rest = luma[area & ~cv2.dilate(place.astype(np.uint8), np.ones((5, 5), np.uint8)).astype(bool)]
            low, high = np.percentile(rest, (1, 99))
            own = np.median(luma[place])
            if own > high + _BEYOND or own < low - _BEYOND:
                lost |= place
    return cv2.dilate(lost.astype(np.uint8), np.ones((3, 3), np.uint8)).astype(bool)
