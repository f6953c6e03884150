"""The four sides of a print as lines through points on its edges, found to a fraction of a pixel."""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter

from daps_desktop.analysis.prints.lid import Floats

Points = NDArray[np.float64]  # (n, 2), x and y
Line = tuple[Points, Points]  # through two of them
Known = tuple[Line, float]  # and what share of a side is taken for seen that lies there

_OUT, _IN = 7, 26  # pixels on either side of where a side is expected
_FINE = 4  # once it is known better
_ENDS = 0.04  # of a side, left out at both: corners are round or worn
_STEEPEST = 0.03  # pixels a pixel that the side may be askew to what was expected
_ALONG = 3.0  # pixels, the deviation of the mean along a side
_NEAR = 1.5  # pixels from a line of what counts for it
_FAR = 4  # pixels beside an edge at which it is over: a shadow goes on
_OVER = 0.6  # of its steepness, at most
_BLUNT = 2  # pixels beside an edge, where a sharp one is nearly over and the rim of a shadow is not
_CRISPER = 0.8  # of a line's bluntness: a line that much sharper
_SHADOW = 13.0  # pixels inwards where it is then taken: the outer one is the rim of its shadow
_COUNTS = 0.65  # of the points on the best line: the outermost line with as many is the side
_FRAME = 3.0  # pixels from the frame of the scan that are at it
_ALONE = 0.5  # of a side that shows an edge: it needs no neighbour
_TOUCHING, _OVERLAP = 8, 0.3  # pixels from a neighbour's side, and the share of a side that lies at it
_MOST = 600  # points along a side


@dataclass(frozen=True, slots=True)
class Fitted:
    """(4, 2) corners, clockwise, and for each side, beginning between the first two, the share of it on which
    an edge was seen."""

    corners: Points
    seen: tuple[float, float, float, float]


def fitted(image: Floats, corners: Points, least: float, known: Sequence[Known] = ()) -> Fitted:
    """The outline of the print near (4, 2) `corners`, on (H, W, C) grey levels.

    `least` is how many grey levels a pixel an edge has at least. `known` are edges of neighbours and where
    two prints were cut apart: a side near one of them that shows little of an edge is taken for the same.
    Lines are fitted to edge points by least squares with the weights of Tukey's biweight, twice, the second
    time near the first.
    """
    found = _once(image, corners, _OUT, _IN, least, known)
    again = _once(image, found.corners, _FINE, _FINE, least, known)
    return again if min(again.seen) >= 0.8 * min(found.seen) else found


def _once(
    image: Floats, corners: Points, out: int, inner: int, least: float, known: Sequence[Known]
) -> Fitted:
    ends = [(corners[i], corners[(i + 1) % 4]) for i in range(4)]
    sides = [_known_or_seen(image, *side, out, inner, least, known) for side in ends]
    crossings = [_crossing(sides[i - 1][0], sides[i][0]) for i in range(4)]
    if any(crossing is None for crossing in crossings):
        return Fitted(corners, (0.0, 0.0, 0.0, 0.0))
    first, second, third, fourth = (seen for _, seen in sides)
    return Fitted(np.array(crossings), (first, second, third, fourth))


def _known_or_seen(
    image: Floats, start: Points, end: Points, out: int, inner: int, least: float, known: Sequence[Known]
) -> tuple[Line, float]:
    shared = _shared(start, end, known)
    if shared is None:
        return _side(image, start, end, out, inner, least)
    seen = _side(image, start, end, min(out, _TOUCHING), min(inner, _TOUCHING), least)
    return seen if seen[1] > _ALONE else shared


def _shared(start: Points, end: Points, known: Sequence[Known]) -> Known | None:
    """The line of those known that a side lies at."""
    for (a, b), share in known:
        along = (b - a) / max(float(np.hypot(*(b - a))), 1e-9)
        across = np.array([-along[1], along[0]])
        off = max(abs((start - a) @ across), abs((end - a) @ across))
        low, high = sorted(((start - a) @ along, (end - a) @ along))
        overlap = min(high, float(np.hypot(*(b - a)))) - max(low, 0.0)
        if off < _TOUCHING and overlap > _OVERLAP * (high - low):
            return (start - across * ((start - a) @ across), end - across * ((end - a) @ across)), share
    return None


def _side(
    image: Floats, start: Points, end: Points, out: int, inner: int, least: float
) -> tuple[Line, float]:
    """Two points of the line, and the share of the side that shows an edge there."""
    height, width = image.shape[:2]
    for axis, at in ((0, 0.0), (0, float(width)), (1, 0.0), (1, float(height))):
        if max(abs(start[axis] - at), abs(end[axis] - at)) < _FRAME:
            straight = np.array([start, end])
            straight[:, axis] = at
            return (straight[0], straight[1]), 1.0
    along = end - start
    length = float(np.hypot(*along))
    along = along / max(length, 1e-9)
    outwards = np.array([along[1], -along[0]])
    count = int(min(_MOST, max(16, length * (1 - 2 * _ENDS))))
    ts = np.linspace(_ENDS * length, (1 - _ENDS) * length, count)
    offsets = np.arange(-inner - _FAR, out + _FAR + 1, dtype=float)
    points = start + ts[:, None, None] * along + offsets[None, :, None] * outwards
    edges, where, blunt = _edges(image, points, offsets, ts[1] - ts[0], least)
    line = _outermost(edges, where, blunt, ts)
    if line is None:
        return (start, end), 0.0
    level, slope, seen = line
    at_start, at_end = level - slope * length / 2, level + slope * length / 2
    return (start + outwards * at_start, end + outwards * at_end), seen


def _edges(
    image: Floats, points: Points, offsets: NDArray[np.float64], step: float, least: float
) -> tuple[NDArray[np.bool_], NDArray[np.float64], NDArray[np.float64]]:
    """Where across the side, (n, k), there is an edge, its offset to a fraction of a pixel, and how blunt it
    is: its steepness a little beside it, in shares of its own."""
    maps = np.asarray(points - 0.5, np.float32)  # whole numbers are corners of pixels
    shape = points.shape[:2]
    strip = cv2.remap(image, maps[..., 0], maps[..., 1], cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    strip = gaussian_filter(strip.reshape(*shape, -1), (max(0.5, _ALONG / step), 0.8, 0), mode="nearest")
    slope = np.abs(np.gradient(strip, axis=1)).max(axis=2)
    before, after = np.roll(slope, 1, 1), np.roll(slope, -1, 1)
    peak = (slope >= before) & (slope > after) & (slope > least)
    peak &= np.minimum(np.roll(slope, _FAR, 1), np.roll(slope, -_FAR, 1)) < _OVER * slope
    peak[:, :_FAR] = peak[:, -_FAR:] = False
    bend = before - 2 * slope + after
    shift = np.where(np.abs(bend) > 1e-6, (before - after) / (2 * np.where(bend == 0, 1, bend)), 0)
    beside = (np.roll(slope, _BLUNT, 1) + np.roll(slope, -_BLUNT, 1)) / 2
    return peak, offsets[None, :] + shift.clip(-0.5, 0.5), beside / np.maximum(slope, 1e-6)


def _outermost(
    edges: NDArray[np.bool_], where: NDArray[np.float64], blunt: NDArray[np.float64], ts: NDArray[np.float64]
) -> tuple[float, float, float] | None:
    """Level at the middle, slope and share of the outermost line on which enough points lie; one a little
    inside that is sharper is taken before the rim of a shadow."""
    rows, cols = np.nonzero(edges)
    if len(rows) < 8:
        return None
    x, y, blunt = ts[rows] - (ts[0] + ts[-1]) / 2, where[rows, cols], blunt[rows, cols]
    low = int(np.floor(y.min())) - 2
    slopes = np.linspace(-_STEEPEST, _STEEPEST, 61)
    held = np.stack([_held(y - slope * x, low, int(y.max()) - low + 4) for slope in slopes])
    most = held.max(axis=0)
    peaks = (most >= np.roll(most, 1)) & (most > np.roll(most, -1)) & (most >= _COUNTS * most.max())
    chosen: tuple[float, float, float, float] | None = None
    for index in np.flatnonzero(peaks)[::-1]:
        line = _least_squares(x, y, index + low + 0.5, float(slopes[held[:, index].argmax()]))
        if line is None:
            continue
        near = np.abs(y - line[0] - line[1] * x) < _NEAR
        told = *line, len(np.unique(rows[near])) / len(ts), float(np.median(blunt[near]))
        if chosen is None or (line[0] > chosen[0] - _SHADOW and told[3] < _CRISPER * chosen[3]):
            chosen = told
    return None if chosen is None else chosen[:3]


def _least_squares(
    x: NDArray[np.float64], y: NDArray[np.float64], level: float, slope: float
) -> tuple[float, float] | None:
    """Level and slope of the line through the points near it, with the weights of Tukey's biweight."""
    for _ in range(6):
        off = y - level - slope * x
        weight = np.clip(1 - (off / (2 * _NEAR)) ** 2, 0, None) ** 2 * (np.abs(off) < 2 * _NEAR)
        if weight.sum() < 4:
            return None
        terms = np.stack([np.ones_like(x), x], axis=1) * np.sqrt(weight)[:, None]
        (level, slope), *_ = np.linalg.lstsq(terms, y * np.sqrt(weight), rcond=None)
    return float(level), float(slope)


def _held(y: NDArray[np.float64], low: int, bins: int) -> NDArray[np.float64]:
    counts = np.bincount(np.floor(y - low).astype(int).clip(0, bins - 1), minlength=bins).astype(float)
    return np.convolve(counts, (0.5, 1, 0.5), "same")


def _crossing(one: Line, other: Line) -> Points | None:
    (a, b), (c, d) = one, other
    matrix = np.stack([b - a, c - d], axis=1)
    if abs(np.linalg.det(matrix)) < 1e-6 * np.hypot(*(b - a)) * np.hypot(*(d - c)):
        return None
    return a + np.linalg.solve(matrix, c - a)[0] * (b - a)
