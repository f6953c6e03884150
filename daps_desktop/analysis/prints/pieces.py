"""What is not lid, taken apart into prints: those that touch are cut along their straight edges."""

from collections.abc import Iterator
from dataclasses import dataclass

import cv2
import numpy as np

from daps_desktop.analysis.prints.lid import Floats
from daps_desktop.analysis.prints.sides import Fitted, Known, Points, fitted
from daps_desktop.imaging.mask import Mask

_AREA = 0.008  # of the scan, at least
_SHORT = 0.05  # of the scan's shorter side, at least
_LONGEST = 4.0  # times as long as wide, at most
_SQUARE = 0.035  # radians from right angles and parallels
_EVEN = 0.93  # of its rectangle that a print fills, at least: less may be several
_SURE = 0.85  # of each side that shows an edge: no reason to look for several
_SEEN, _WEAKEST = 0.6, 0.15  # of all sides, and of the least of them, that show an edge
_BETTER = 0.08  # by how much several are to explain a part better than one
_MORE = 0.01  # that each more has to explain
_CUT = 0.4  # of a side along a cut is taken for seen
_TRIES = 4  # pieces cut off, the best seen first
_DEEPEST = 8  # prints that touch in one heap
_HAIR = 5  # pixels
_BEND = 5.0  # pixels that a contour may be off its polygon
_LONG = 20.0  # pixels of a polygon's side, at least, for its direction to count
_EDGE = 1.5  # grey levels a pixel, at least, of a print's edge, and
_GRAIN = 0.7  # of the steepness of the lid's grain, as sides are looked at in means along them


@dataclass(frozen=True, slots=True)
class Guess:
    fitted: Fitted
    filled: float  # share of the rectangle that is not lid

    @property
    def quad(self) -> Floats:
        return self.fitted.corners.astype(np.float32)

    @property
    def sides(self) -> list[Known]:
        corners = self.fitted.corners
        return [((corners[i], corners[(i + 1) % 4]), 1.0) for i in range(4)]

    @property
    def likely(self) -> bool:
        return min(self.fitted.seen) >= _WEAKEST and float(np.mean(self.fitted.seen)) >= _SEEN

    @property
    def sure(self) -> bool:
        return self.filled >= _EVEN and min(self.fitted.seen) >= _SURE


def guesses(mask: Mask, work: Floats, shrunk: float, grain: float) -> list[Guess]:
    """The prints of a (h, w) mask, fitted on `work`, of which the mask is a copy at the scale `shrunk`."""
    search = _Search(work, shrunk, max(_EDGE, _GRAIN * grain), _AREA * mask.size, _SHORT * min(mask.shape))
    parts = components(mask.astype(np.uint8), search.area)
    found = [guess for part in parts for guess in search.prints(part, _DEEPEST)]
    return _apart(found)


@dataclass(frozen=True, slots=True)
class _Search:
    work: Floats
    scale: float
    least: float  # grey levels a pixel of an edge
    area: float
    short: float

    def prints(self, part: np.ndarray, depth: int, known: tuple[Known, ...] = ()) -> list[Guess]:
        """One print or several, whichever explains the part better; `known` are the sides of prints that
        were cut off, which it may share."""
        whole = self.guess(part, known)
        best = [whole] if whole and whole.likely else []
        if depth == 0 or (whole and whole.sure):
            return best
        wanted = self._explained(part, best) + _BETTER
        cut_off = [
            guess
            for piece, line in self._cut_off(part)
            if (guess := self.guess(piece, (*known, line))) and guess.likely
        ]
        cut_off.sort(key=lambda guess: -min(guess.filled, 1) * sum(guess.fitted.seen))
        sure = _apart([guess for guess in cut_off if guess.sure])
        for firsts in [sure] * (len(sure) > 1) + [[guess] for guess in cut_off[:_TRIES]]:
            near = (*known, *(side for guess in firsts for side in guess.sides))
            pieces = self._beside(part, firsts)
            rest = [guess for piece in pieces for guess in self.prints(piece, depth - 1, near)]
            explained = self._explained(part, [*firsts, *rest])
            if len(firsts) + len(rest) > 1 and explained > wanted:
                best, wanted = [*firsts, *rest], explained
        return best

    def _explained(self, part: np.ndarray, found: list[Guess]) -> float:
        """How well prints cover a part and nothing else, times the share of their sides that show an edge."""
        if not found:
            return 0.0
        drawn = np.zeros_like(part)
        for guess in found:
            cv2.fillConvexPoly(drawn, self._pixels(guess), 1)
        covered = (drawn & part).sum() / max(1, (drawn | part).sum())
        return float(covered * np.mean([guess.fitted.seen for guess in found])) - _MORE * len(found)

    def _pixels(self, guess: Guess) -> np.ndarray:
        return np.rint(guess.fitted.corners * self.scale - 0.5).astype(np.int32)

    def _beside(self, part: np.ndarray, found: list[Guess]) -> list[np.ndarray]:
        """What is left of a part without some prints of it."""
        rest = part.copy()
        for guess in found:
            cv2.fillConvexPoly(rest, self._pixels(guess), 0)
            cv2.polylines(rest, [self._pixels(guess)], True, 0, 3)
        return components(rest, self.area)

    def guess(self, part: np.ndarray, known: tuple[Known, ...] = ()) -> Guess | None:
        """The rectangle around a part, fitted; None where it cannot be a print."""
        contour = _contour(part)
        rect = cv2.minAreaRect(contour)
        if min(rect[1]) < self.short or max(rect[1]) > _LONGEST * min(rect[1]):
            return None
        corners = _clockwise(cv2.boxPoints(rect).astype(float) + 0.5) / self.scale
        found = fitted(self.work, corners, self.least, known)
        filled = float(part.sum()) / max(1.0, rect[1][0] * rect[1][1])
        if not _is_square(found.corners):
            return Guess(Fitted(corners, (0.0, 0.0, 0.0, 0.0)), filled)
        return Guess(found, filled)

    def _cut_off(self, part: np.ndarray) -> Iterator[tuple[np.ndarray, Known]]:
        """What a straight edge cuts off where it goes on inside, from each corner that points inwards, and
        where it was cut."""
        for start, direction in _inner_corners(_contour(part)):
            pieces, end = _cut(part, start, direction, self.area)
            if len(pieces) == 2:
                line = (start + 0.5) / self.scale, (end + 0.5) / self.scale
                yield from ((piece, (line, _CUT)) for piece in pieces)


def components(part: np.ndarray, area: float) -> list[np.ndarray]:
    """Each whole piece of at least so many pixels as a mask of its own, hairs and bridges left out."""
    tidy = cv2.morphologyEx(part, cv2.MORPH_OPEN, np.ones((_HAIR, _HAIR), np.uint8))
    _, labels, stats, _ = cv2.connectedComponentsWithStats(tidy, connectivity=4)
    large = np.flatnonzero(stats[:, cv2.CC_STAT_AREA] >= area)
    return [(labels == label).astype(np.uint8) for label in large if label]


def _contour(part: np.ndarray) -> np.ndarray:
    contours, _ = cv2.findContours(part, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    return max(contours, key=len)


def _inner_corners(contour: np.ndarray) -> Iterator[tuple[Points, Points]]:
    """Corners that point inwards, each with the directions in which its two sides go on."""
    at = cv2.approxPolyDP(contour, _BEND, True)[:, 0]
    points = contour[:, 0].astype(float)
    index = np.array([int(np.abs(points - vertex).sum(axis=1).argmin()) for vertex in at])
    polygon, count = points[index], len(index)
    signed = np.sum(polygon[:, 0] * np.roll(polygon[:, 1], -1) - np.roll(polygon[:, 0], -1) * polygon[:, 1])
    for i in range(count):
        here, before, after = polygon[i], polygon[i - 1], polygon[(i + 1) % count]
        a, b = here - before, after - here
        if np.sign(a[0] * b[1] - a[1] * b[0]) == np.sign(signed):
            continue
        for side, first, last in ((a, index[i - 1], index[i]), (-b, index[i], index[(i + 1) % count])):
            if np.hypot(*side) >= _LONG:
                yield _line(points, first, last, here, side)


def _line(points: Points, first: int, last: int, here: Points, side: Points) -> tuple[Points, Points]:
    """Where the straight line through a stretch of a contour comes nearest to a point, and its direction."""
    stretch = np.roll(points, -first, axis=0)[: (last - first) % len(points)]
    ends = int(min(_BEND, len(stretch) / 4))
    inner = stretch[ends : len(stretch) - ends].astype(np.float32)
    vx, vy, x, y = cv2.fitLine(inner, cv2.DIST_HUBER, 0, 0.1, 0.01)[:, 0]
    direction, middle = np.array([vx, vy], float), np.array([x, y], float)
    direction *= np.sign(direction @ side) or 1
    return middle + direction * ((here - middle) @ direction), direction


def _cut(part: np.ndarray, start: Points, direction: Points, area: float) -> tuple[list[np.ndarray], Points]:
    """The pieces of the part without a line from `start` to where it leaves the part, and that end."""
    steps = np.arange(3, sum(part.shape))
    xs, ys = (np.rint(start[k] + steps * direction[k]).astype(int) for k in range(2))
    valid = (xs >= 0) & (ys >= 0) & (xs < part.shape[1]) & (ys < part.shape[0])
    inside = valid.copy()
    inside[valid] = part[ys[valid], xs[valid]] > 0
    if not inside[:8].any():
        return [], start
    first = int(inside.argmax())
    leaves = np.flatnonzero(~inside[first:])
    last = first + int(leaves[0]) if len(leaves) else len(steps) - 1
    end = start + direction * (steps[last] + 3)
    line, begin = part.copy(), start - direction * 4
    cv2.line(line, _pixel(begin), _pixel(end), 0, 2)
    return components(line, area), end


def _pixel(point: Points) -> tuple[int, int]:
    return round(float(point[0])), round(float(point[1]))


def _clockwise(box: Points) -> Points:
    around = box - box.mean(axis=0)
    return box[np.argsort(np.arctan2(around[:, 1], around[:, 0]))]


def _is_square(corners: Points) -> bool:
    sides = np.roll(corners, -1, axis=0) - corners
    turned = np.arctan2(sides[:, 1], sides[:, 0])
    off = (turned - turned[0] + np.pi / 4) % (np.pi / 2) - np.pi / 4
    return bool(np.ptp(off) < _SQUARE)


def _apart(found: list[Guess]) -> list[Guess]:
    """Without those that lie for the most part in a larger one."""
    kept: list[Guess] = []
    for guess in sorted(found, key=lambda guess: -cv2.contourArea(guess.quad)):
        area = cv2.contourArea(guess.quad)
        shared = (cv2.intersectConvexConvex(guess.quad, other.quad)[0] for other in kept)
        if all(part < 0.3 * area for part in shared):
            kept.append(guess)
    return kept
