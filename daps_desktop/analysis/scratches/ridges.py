"""What stands out of its neighbourhood in a photo, pixel by pixel and summed along lines."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from daps_desktop.analysis.planes import Plane

_THIN = 7  # side of the median: what fills less than half of it is taken out, so lines of up to 3 pixels
_WIDE = 21  # side of the median that gives what lies behind
_BLOCK = 16  # side of the blocks whose unrest is measured
_MIN_NOISE = 1.0  # grey levels: below, rounding alone would stand out
_CLIP = 3.0  # times the unrest: a single dot is not to draw a line
_DIRECTIONS = 24
_DOUBLINGS = 5  # lines of 2^5 pixels


@dataclass(frozen=True, slots=True)
class RidgeMaps:
    """Maps of one scale, each (H, W) float32.

    `excess` is what a pixel differs from the median of its neighbourhood, in grey levels; `local_noise` the
    usual size of that nearby, so that texture silences itself; `bright` and `dark` the sums of excess over it
    along the best line of 32 pixels through each pixel, which for white noise would have a standard deviation
    of one: 1.3 a pixel becomes 7 along such a line. `background` is the luma without thin things.
    """

    luma: Plane
    background: Plane
    excess: Plane
    local_noise: Plane
    bright: Plane
    dark: Plane


def ridge_maps(luma: NDArray[np.uint8]) -> RidgeMaps:
    """The maps of an (H, W) luma plane; a second and a half for two megapixels."""
    plane = luma.astype(np.float32)
    excess = plane - cv2.medianBlur(luma, _THIN)
    unrest = _local_noise(excess)
    bright, dark = _line_sums(np.clip(excess / unrest, -_CLIP, _CLIP))
    behind = cv2.medianBlur(luma, _WIDE).astype(np.float32)
    return RidgeMaps(plane, behind, excess, unrest, bright, dark)


def _local_noise(excess: Plane) -> Plane:
    """Median of |excess| over blocks as a standard deviation, that of the liveliest neighbour, smoothed."""
    height, width = excess.shape
    rows, cols = -(-height // _BLOCK), -(-width // _BLOCK)
    padded = np.pad(
        np.abs(excess), ((0, rows * _BLOCK - height), (0, cols * _BLOCK - width)), mode="symmetric"
    )
    blocks = padded.reshape(rows, _BLOCK, cols, _BLOCK).swapaxes(1, 2).reshape(rows, cols, -1)
    level = np.median(blocks, axis=2).astype(np.float32) * np.float32(1.4826)
    level = cv2.GaussianBlur(cv2.dilate(level, np.ones((3, 3))), (0, 0), 1.0)
    smooth = cv2.resize(level, (width, height), interpolation=cv2.INTER_LINEAR)
    return np.maximum(smooth, np.float32(_MIN_NOISE))


def _line_sums(z: Plane) -> tuple[Plane, Plane]:
    """Largest sum over all directions, and minus the smallest, over the root of the length."""
    length = 2**_DOUBLINGS
    high, low = np.full_like(z, -np.inf), np.full_like(z, np.inf)
    for k in range(_DIRECTIONS):
        angle = np.pi * k / _DIRECTIONS
        along = np.array([np.sin(angle), np.cos(angle)])
        total = z
        for doubling in range(_DOUBLINGS):
            total = total + _shift(total, np.rint(along * 2**doubling))
        total = _shift(total, np.rint(-along * (length - 1) / 2))
        np.maximum(high, total, out=high)
        np.minimum(low, total, out=low)
    return high / np.float32(length**0.5), low / np.float32(-(length**0.5))


def _shift(plane: Plane, by: NDArray[np.float64]) -> Plane:
    """The plane moved so that the pixel at `by` (rows, columns) comes to the origin; zero from outside."""
    moved = np.zeros_like(plane)
    (row_to, row_from), (col_to, col_from) = (
        _overlap(int(d), n) for d, n in zip(by, plane.shape, strict=True)
    )
    moved[row_to, col_to] = plane[row_from, col_from]
    return moved


def _overlap(by: int, size: int) -> tuple[slice, slice]:
    return slice(max(-by, 0), max(size - max(by, 0), 0)), slice(max(by, 0), max(size + min(by, 0), 0))
