"""Training crops: place, size, turn, flip and colour of each are random."""

from collections.abc import Sequence
from typing import cast

import cv2
import numpy as np
from numpy.typing import NDArray

from daps_desktop.imaging.colour import REC601
from daps_desktop.training.data.photos import Pixels8

SHRUNK, MAX_SHRUNK = 0.5, 2.0  # so many of the crops are shrunk, by a factor between 1 and, usually, this
GREY, TONED = 0.25, 0.5  # so many are grey; of these so many toned, as sepia is
GAMMA_STD, GAIN_STD = 0.25, 0.12  # of the logarithm of a toned channel's power and gain

Floats = NDArray[np.float32]


class Crops:
    """Crops of photos (H, W, 3), each drawn as often as its area says."""

    def __init__(self, photos: Sequence[Pixels8], most_shrunk: float = MAX_SHRUNK) -> None:
        self.most_shrunk = most_shrunk
        areas = np.array([photo.shape[0] * photo.shape[1] for photo in photos], np.float64)
        self.photos = photos
        self.shares = np.cumsum(areas) / areas.sum()

    def draw(self, count: int, side: int, rng: np.random.Generator) -> Floats:
        """(count, 3, side, side) in [-1, 1], channels last in memory.

        Every photo must be at least `side` pixels high and wide.
        """
        crops = np.empty((count, side, side, 3), np.float32)
        for crop in crops:
            crop[:] = _recolour(self.cut(side, rng), rng)
        return to_unit(crops)

    def cut(self, side: int, rng: np.random.Generator) -> Floats:
        """(side, side, 3) in 0-255, in the colours of its photo."""
        photo = self.photos[int(np.searchsorted(self.shares, rng.random(), "right"))]
        return _turn(_cut(photo, side, self.most_shrunk, rng), rng)


def to_unit(crops: Floats) -> Floats:
    """(B, H, W, 3) of 0 to 255 to (B, 3, H, W) in [-1, 1]."""
    return (crops / 127.5 - 1).transpose(0, 3, 1, 2)


def _cut(photo: Pixels8, side: int, most_shrunk: float, rng: np.random.Generator) -> Floats:
    """As it is or shrunk by averaging areas."""
    height, width = photo.shape[:2]
    shrink = rng.uniform(1, most_shrunk) if rng.random() < SHRUNK else 1.0
    taken = min(round(side * shrink), height, width)
    top, left = rng.integers(height - taken + 1), rng.integers(width - taken + 1)
    crop = photo[top : top + taken, left : left + taken].astype(np.float32)
    if taken == side:
        return crop
    return cast(Floats, cv2.resize(crop, (side, side), interpolation=cv2.INTER_AREA))


def _turn(crop: Floats, rng: np.random.Generator) -> Floats:
    way = rng.integers(8)
    crop = crop[:: -1 if way & 1 else 1, :: -1 if way & 2 else 1]
    return crop.transpose(1, 0, 2) if way & 4 else crop


def _recolour(crop: Floats, rng: np.random.Generator) -> Floats:
    if rng.random() >= GREY:
        return crop
    return grey_or_toned(crop, rng)


def grey_or_toned(crop: Floats, rng: np.random.Generator, warm: float = 0.0) -> Floats:
    """(H, W, 1 or 3) of (H, W, 3) in 0-255; `warm`: so many of the toned are warm for certain."""
    grey = (crop @ np.array(REC601, np.float32))[..., None]
    if rng.random() >= TONED:
        return grey
    gamma, gain = (np.exp(rng.normal(0, std, 3)).astype(np.float32) for std in (GAMMA_STD, GAIN_STD))
    if warm and rng.random() < warm:
        gamma, gain = np.sort(gamma), -np.sort(-gain)
    return np.minimum((grey / 255) ** gamma * gain, 1) * 255
