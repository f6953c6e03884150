"""Faded and yellowed photos: levels for each channel, found from the photo, which can be taken back.

Why levels on the file's own values, a gain and a power for each channel: a print fades and yellows in its
dyes, each of which loses density by some factor and gains some as a veil, and density is the logarithm of
light. File values are nearly a power of light, so a power and a gain on them are exactly a factor and an
offset on the density of one dye. Working in linear light would lead to the same family of curves by way of
a profile that old scans seldom have. The black point takes off the veil that scattered light adds.
"""

from dataclasses import dataclass
from typing import Any, cast

import cv2
import numpy as np
from numpy.typing import NDArray

from daps_desktop.imaging.photo import Pixels
from daps_desktop.imaging.profile.photo_profile import FadingStrength

Floats = NDArray[np.floating[Any]]

_SMALL = 160  # pixels on the longer side of the copy that is looked at
_MARGIN = 0.04  # of each side, left out: mounts and torn edges are not the picture
_ENDS = (0.5, 99.5)  # percentiles that become black and white
_MAX_BLACK, _MIN_WHITE = 0.45, 0.35  # of full scale: beyond, the photo is dark or light by itself
_UNEVEN = 2.2  # most that one channel may be stretched more than another
_GREYEST = 1 / 3  # share of the pixels that is taken for grey
_MAX_GAMMA = 1.6


@dataclass(frozen=True, slots=True)
class LevelsCurve:
    """For each channel v becomes ((v - black) / (white - black)) ** gamma, clipped to 0..1; v in 0..1."""

    black: tuple[float, ...]
    white: tuple[float, ...]
    gamma: tuple[float, ...]

    def is_identity(self, amount: float) -> "LevelsCurve":
        """The same correction by a share of 0 to 1; at 0 nothing changes."""
        return LevelsCurve(
            tuple(amount * b for b in self.black),
            tuple(1 - amount * (1 - w) for w in self.white),
            tuple(g**amount for g in self.gamma),
        )

    def apply(self, pixels: Pixels) -> Pixels:
        """Corrected (H, W, C) pixels, C as many as the curve has channels, of the same type."""
        return _through(pixels, self._tables(pixels.dtype, self._forwards))

    def undo(self, pixels: Pixels) -> Pixels:
        """What `apply` made these of, up to rounding and to what it clipped."""
        return _through(pixels, self._tables(pixels.dtype, self._backwards))

    def _forwards(self, values: Floats, channel: int) -> Floats:
        black, white = self.black[channel], self.white[channel]
        return np.clip((values - black) / (white - black), 0, 1) ** self.gamma[channel]

    def _backwards(self, values: Floats, channel: int) -> Floats:
        black, white = self.black[channel], self.white[channel]
        return black + (white - black) * values ** (1 / self.gamma[channel])

    def _tables(self, dtype: Any, curve: Any) -> list[NDArray[Any]]:
        top = np.iinfo(dtype).max
        values = np.arange(top + 1) / top
        return [np.rint(curve(values, c) * top).astype(dtype) for c in range(len(self.black))]


def fading_curve(pixels: Pixels, amount: float = 1.0) -> LevelsCurve:
    """The curve that takes fading and a cast from (H, W, C) pixels, uint8 or uint16, by `amount` of 0 to 1.

    Black and white of each channel are robust percentiles of a small copy, from which a median has taken
    scratches and dust; gamma brings the middle of what is nearly grey to grey.
    """
    small = thumbnail(pixels)
    colours = small.reshape(-1, small.shape[2])
    black, white = _ends(colours)
    stretched = np.clip((colours - black) / (white - black), 0, 1)
    curve = LevelsCurve(tuple(black.tolist()), tuple(white.tolist()), tuple(_balance(stretched).tolist()))
    return curve.is_identity(amount)


def measure_fading(pixels: Pixels) -> FadingStrength:
    """Measured on a small copy of (H, W, C) pixels, uint8 or uint16."""
    small = thumbnail(pixels)
    colours = small.reshape(-1, small.shape[2])
    luma = colours.mean(axis=1)
    low, high = np.percentile(luma, (1, 99))
    lighter = colours[luma >= np.median(luma)]
    lack = (lighter[:, 0] - lighter[:, -1]) / np.maximum(lighter.max(axis=1), 0.05)
    return FadingStrength(float(high - low), float(np.percentile(lack, 5)))


def correct_for_display(level_pixels: NDArray[np.uint8], curve: LevelsCurve) -> NDArray[np.uint8]:
    """One level of a photo's pyramid as it would look corrected: (h, w) grey or (h, w, 3), uint8.

    The values on a screen are those of the file where it has no colour profile of its own, else near them.
    """
    if level_pixels.ndim == 2:
        return cast(NDArray[np.uint8], curve.apply(level_pixels[..., None])[..., 0])
    if len(curve.black) == 1:
        curve = LevelsCurve(curve.black * 3, curve.white * 3, curve.gamma * 3)
    return cast(NDArray[np.uint8], curve.apply(level_pixels))


def thumbnail(pixels: Pixels) -> Floats:
    """(h, w, C) in 0..1, without the margin, and without thin scratches and dust."""
    height, width = pixels.shape[:2]
    top, left = int(height * _MARGIN), int(width * _MARGIN)
    inner = pixels[top : height - top, left : width - left]
    shrink = min(1.0, _SMALL / max(inner.shape[:2]))
    size = max(1, round(inner.shape[1] * shrink)), max(1, round(inner.shape[0] * shrink))
    small = cv2.resize(inner, size, interpolation=cv2.INTER_AREA)
    calm = cv2.medianBlur(small, 5).reshape(size[1], size[0], -1)
    return calm.astype(np.float64) / np.iinfo(pixels.dtype).max


def _ends(colours: Floats) -> tuple[Floats, Floats]:
    """Black and white point of each channel of (n, C) colours, within what fading can have done."""
    black, white = np.percentile(colours, _ENDS, axis=0)
    black = np.minimum(black, _MAX_BLACK)
    white = np.maximum(white, _MIN_WHITE)
    white = np.maximum(white, black + 0.1)
    widest = float((white - black).max())
    short = np.maximum(widest / _UNEVEN - (white - black), 0)
    return np.maximum(black - short, 0), np.minimum(white + short, 1)


def _balance(colours: Floats) -> Floats:
    """The gamma of each channel that makes the middle of what is nearly grey neutral."""
    chroma = np.ptp(colours, axis=1)
    middling = (colours.min(axis=1) > 0.05) & (colours.max(axis=1) < 0.95)
    if colours.shape[1] == 1 or not middling.any():
        return np.ones(colours.shape[1])
    grey = colours[middling & (chroma <= np.quantile(chroma[middling], _GREYEST))]
    middle = np.median(grey, axis=0)
    gamma = np.log(middle.mean()) / np.log(middle)
    return np.clip(gamma, 1 / _MAX_GAMMA, _MAX_GAMMA)


def _through(pixels: Pixels, tables: list[NDArray[Any]]) -> Pixels:
    """Every channel of (H, W, C) pixels through its table."""
    corrected = np.empty(pixels.shape, pixels.dtype)
    for channel, table in enumerate(tables):
        np.take(table, pixels[..., channel], out=corrected[..., channel])
    return corrected
