"""What a piece looks like beside its surroundings: numbers by which damage differs from content.

All are means over the pixels of a piece, so that a scan of any size is gone through in strips.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import cast

import cv2
import numpy as np
from numpy.typing import NDArray

from daps_desktop.analysis.planes import Plane, gaussian_blurred, gradients, to_luma
from daps_desktop.imaging.photo import Pixels, at_depth
from daps_desktop.jobs.proposals import Proposals

Values = NDArray[np.float64]

_STRIP = 256  # rows worked on together
_AROUND = 15  # pixels around one that are its surroundings
_FAR = 32  # pixels around one in which other finds are counted
_SEEN = _AROUND + _FAR  # rows that a strip needs beyond its own

NAMES = (
    "area", "length", "width", "fill", "certainty", "peak", "excess", "size", "salience", "uneven", "paint",
    "slope", "extreme", "colour", "chroma", "chroma_around", "near", "near_sure", "texture", "noise", "busy",
    "busy_sure", "chroma_of_photo",
)  # fmt: skip


def piece_features(
    pixels: Pixels,
    probability: NDArray[np.uint8],
    found: Proposals,
    check: Callable[[], None] = lambda: None,
) -> Values:
    """(n, len(NAMES)) of the n pieces found in (H, W, C) pixels with those (H, W) probabilities.

    Lengths and areas are logarithms of pixels; grey levels are logarithms, or shares of the piece's excess
    over its surroundings. `check` is called for each strip, and may raise.
    """
    sums = _Sums(len(found.pieces))
    noise: list[float] = []
    photo = np.zeros(3)
    for strip, own in _strips(len(pixels)):
        check()
        maps = _Maps(pixels[strip], probability[strip], found.labels[strip] > 0)
        labels = found.labels[strip][own]
        noise.append(float(np.median(maps.noise[own])))
        photo += [(maps.likely[own] > 0).sum(), (maps.sure[own] > 0).sum(), maps.chroma[own].sum()]
        sums.add(labels, strip.start + own.start, maps, own)
    busy, busy_sure, chroma = photo / max(probability.size, 1)
    usual = float(np.median(noise)) if noise else 1.0
    return sums.features(np.array([piece.score for piece in found.pieces]), busy, busy_sure, chroma, usual)


def _strips(height: int) -> Iterator[tuple[slice, slice]]:
    """Rows that are seen, and of these the ones that are meant."""
    for top in range(0, height, _STRIP):
        first = max(top - _SEEN, 0)
        yield slice(first, min(top + _STRIP + _SEEN, height)), slice(top - first, top - first + _STRIP)


class _Maps:
    """Planes (H, W) of one strip; `inside` says which pixels are of any piece."""

    def __init__(self, pixels: Pixels, probability: NDArray[np.uint8], inside: NDArray[np.bool_]) -> None:
        self.luma = to_luma(pixels).astype(np.float32)
        eight = at_depth(pixels, 8)
        self.chroma = (eight.max(axis=2) - eight.min(axis=2)).astype(np.float32)
        outside = (~inside).astype(np.float32)
        self.odds = np.log((probability + np.float32(0.5)) / (np.float32(255.5) - probability))
        self.behind = _mean_of(self.luma, outside)
        self.chroma_behind = _mean_of(self.chroma, outside)
        self.noise = _mean_of(np.abs(self.luma - gaussian_blurred(self.luma, 1.0)), outside) + np.float32(0.3)
        self.slope = np.hypot(*gradients(gaussian_blurred(self.behind, 2.0)))
        around = np.ones((2 * _AROUND + 1, 2 * _AROUND + 1), np.uint8)
        self.lightest = cast(Plane, cv2.dilate(self.behind, around))
        self.darkest = cast(Plane, cv2.erode(self.behind, around))
        self.likely, self.sure = ((probability > level).astype(np.float32) for level in (25, 127))
        self.near, self.near_sure = (_box(plane, _FAR) for plane in (self.likely, self.sure))

    def planes(self) -> tuple[Plane, ...]:
        """What is summed over each piece, in the order in which `_Sums.features` reads it."""
        excess = self.luma - self.behind
        return (
            self.odds, excess, excess * excess, self.luma, self.luma * self.luma, self.slope,
            self.luma - self.lightest, self.darkest - self.luma, self.chroma - self.chroma_behind,
            self.chroma, self.chroma_behind, self.near, self.near_sure, self.noise,
        )  # fmt: skip


def _box(plane: Plane, reach: int) -> Plane:
    return cast(Plane, cv2.blur(plane, (2 * reach + 1, 2 * reach + 1), borderType=cv2.BORDER_REFLECT))


def _mean_of(plane: Plane, counts: Plane) -> Plane:
    """The mean of what counts around each pixel; where nothing does, of all."""
    little = np.float32(1e-4)
    mean = _box(plane * counts, _AROUND) + little * _box(plane, _AROUND)
    return cast(Plane, mean / (_box(counts, _AROUND) + little))


class _Sums:
    """Sums over the pixels of each of `count` pieces."""

    def __init__(self, count: int) -> None:
        self.count = count
        self.places = np.zeros((6, count))  # pixels, rows, columns and their products
        self.values: Values = np.zeros((0, count))

    def add(self, labels: NDArray[np.uint16], top: int, maps: _Maps, own: slice) -> None:
        at = np.nonzero(labels)
        index = labels[at].astype(np.intp) - 1
        row, col = at[0] + float(top), at[1].astype(float)
        self.places += self._each(index, [np.ones(len(index)), row, col, row * row, col * col, row * col])
        values = self._each(index, [plane[own][at] for plane in maps.planes()])
        self.values = values if len(self.values) == 0 else self.values + values

    def _each(self, index: NDArray[np.intp], values: Sequence[Values | Plane]) -> Values:
        sums = [np.bincount(index, some, minlength=self.count) for some in values]
        return np.stack(sums).astype(np.float64)

    def features(
        self, scores: Values, busy: float, busy_sure: float, chroma_of_photo: float, usual: float
    ) -> Values:
        if self.count == 0:
            return np.zeros((0, len(NAMES)))
        area, row, col, rows, cols, both = self.places
        area = np.maximum(area, 1)
        rr, cc = rows / area - (row / area) ** 2 + 1 / 12, cols / area - (col / area) ** 2 + 1 / 12
        rc = both / area - row * col / area**2
        apart = np.sqrt(((rr - cc) / 2) ** 2 + rc**2)
        length, width = (np.sqrt(12 * np.maximum((rr + cc) / 2 + s * apart, 1 / 12)) for s in (1, -1))
        mean = self.values / area
        odds, excess, excess2, luma, luma2, slope, above, below, gained, chroma, behind, near, sure, noise = (
            mean
        )
        size = np.abs(excess) + 2
        extreme = np.where(excess > 0, above, below) / size
        global_ = np.ones(self.count)
        own = np.minimum(area, (2 * _FAR + 1) * area / length) / (2 * _FAR + 1) ** 2
        spread, varied = (np.sqrt(np.maximum(a - b * b, 0)) for a, b in ((excess2, excess), (luma2, luma)))
        return np.stack(
            [
                np.log(area), np.log(length), np.log(width), np.log(area / (length * width)), odds,
                np.log((scores + 1e-3) / (1 + 1e-3 - scores)), excess / 64, np.log(size),
                np.log(size / noise),
                spread / size, np.log((varied + 2) / (noise + 2)), slope / size, np.clip(extreme, -3, 2),
                np.clip(gained / size, -3, 3), chroma / 64, behind / 64, near - own, sure - own,
                np.log(noise / usual), np.log(noise), global_ * np.log(busy + 1e-4),
                global_ * np.log(busy_sure + 1e-4), global_ * np.log(chroma_of_photo + 1),
            ],
            axis=1,
        )  # fmt: skip
