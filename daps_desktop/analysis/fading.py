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

from daps_desktop.analysis.picture_area import at_size, picture_area, without_hidden
from daps_desktop.imaging.photo import Pixels
from daps_desktop.imaging.profile.photo_profile import FadingStrength

Floats = NDArray[np.floating[Any]]

_SMALL = 160  # pixels on the longer side of the copy that is looked at
_ENDS = (0.5, 99.5)  # percentiles that become nearly black and white:
_BLACK, _WHITE = 0.02, 0.97  # what they are in photos, of full scale
_MAX_BLACK, _MIN_WHITE = 0.45, 0.45  # of full scale: beyond, the photo is dark or light by itself
_UNEVEN = 2.2  # most that one channel may be stretched more than another
_GREYEST = 0.2  # share of the pixels that is taken for grey
_DOUBT = 0.1  # of what they say beyond the ends, against which it is weighed
_MAX_GAMMA, _MAX_GAIN = 1.8, 1.25
_TONED = 0.009  # of full scale: colour that luminance does not explain; less is a toned or a grey photo
_SHARES = 0.35  # of the cast, in a pixel that has its part of it
# Between the two, from no sign of fading to a clear one: contrast, lifted blacks, a cast that all shares.
_CONTRAST, _LIFTED, _CAST = (0.76, 0.64), (0.02, 0.06), (0.02, 0.08)
_GENTLE = 0.4  # share of the correction where there is no sign


@dataclass(frozen=True, slots=True)
class LevelsCurve:
    """For each channel v becomes ((v - black) / (white - black)) ** gamma, clipped to 0..1; v in 0..1."""

    black: tuple[float, ...]
    white: tuple[float, ...]
    gamma: tuple[float, ...]

    def share(self, amount: float) -> "LevelsCurve":
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
        return [np.rint(np.clip(curve(values, c), 0, 1) * top).astype(dtype) for c in range(len(self.black))]


def fading_certainty(seen: FadingStrength) -> float:
    """0 to 1: how far the photo looks faded at all; a sunset that is corrected stays a sunset."""
    if seen.toned:
        return 1.0
    signs = (seen.contrast, _CONTRAST), (seen.black, _LIFTED), (seen.cast * seen.shared, _CAST)
    return min(float(np.interp(value, *_ascending(ends))) for value, ends in signs)


def fading_curve(pixels: Pixels, amount: float = 1.0, alpha: Pixels | None = None) -> LevelsCurve:
    """The curve that takes fading and a cast from (H, W, C) pixels, uint8 or uint16, by `amount` of 0 to 1.

    Black and white of each channel are robust percentiles of a small copy inside the picture, from which a
    median has taken noise, scratches and dust; gamma and gain bring what is nearly grey to grey, in the dark
    and in the light. Where nothing says that the photo is faded, a part of that is done. `alpha` is (H, W).
    """
    colours = _colours(pixels, alpha)
    curve = _whole_curve(colours)
    return curve.share(amount * (_GENTLE + (1 - _GENTLE) * fading_certainty(_strength(colours, curve))))


def measure_fading(pixels: Pixels, alpha: Pixels | None = None) -> FadingStrength:
    """Measured on a small copy of (H, W, C) pixels, uint8 or uint16; `alpha` is (H, W)."""
    colours = _colours(pixels, alpha)
    return _strength(colours, _whole_curve(colours))


def correct_for_display(level_pixels: NDArray[np.uint8], curve: LevelsCurve) -> NDArray[np.uint8]:
    """One level of a photo's pyramid as it would look corrected: (h, w) grey or (h, w, 3), uint8.

    The values on a screen are those of the file where it has no colour profile of its own, else near them.
    """
    if level_pixels.ndim == 2:
        return cast(NDArray[np.uint8], curve.apply(level_pixels[..., None])[..., 0])
    if len(curve.black) == 1:
        curve = LevelsCurve(curve.black * 3, curve.white * 3, curve.gamma * 3)
    return cast(NDArray[np.uint8], curve.apply(level_pixels))


def _colours(pixels: Pixels, alpha: Pixels | None) -> Floats:
    """(n, C) in 0..1 of the picture alone, without noise, thin scratches and dust."""
    height, width = pixels.shape[:2]
    shrink = min(1.0, _SMALL / max(height, width))
    size = max(1, round(width * shrink)), max(1, round(height * shrink))
    small = cv2.resize(without_hidden(pixels, alpha), size, interpolation=cv2.INTER_AREA)
    calm = cv2.medianBlur(small, 5).reshape(size[1], size[0], -1)
    inside = at_size(picture_area(pixels, alpha), size[1], size[0])
    return calm[inside].astype(np.float64) / np.iinfo(pixels.dtype).max


def _whole_curve(colours: Floats) -> LevelsCurve:
    black, white = _ends(colours)
    stretched = np.clip((colours - black) / (white - black), 1e-3, 1)
    gamma, gain = _balance(stretched)
    white = black + (white - black) * gain ** (-1 / gamma)
    return LevelsCurve(tuple(black.tolist()), tuple(white.tolist()), tuple(gamma.tolist()))


def _ends(colours: Floats) -> tuple[Floats, Floats]:
    """Black and white point of each channel of (n, C) colours, within what fading can have done."""
    black, white = np.percentile(colours, _ENDS, axis=0)
    black = np.minimum(black, _MAX_BLACK)
    white = np.maximum(np.maximum(white, _MIN_WHITE), black + 0.1)
    short = np.maximum(float((white - black).max()) / _UNEVEN - (white - black), 0)
    black, white = np.maximum(black - short, 0), np.minimum(white + short, 1)
    span = (white - black) / (_WHITE - _BLACK)
    return black - _BLACK * span, black + (1 - _BLACK) * span


def _balance(colours: Floats) -> tuple[Floats, Floats]:
    """Gamma and gain of each channel that make what is nearly grey neutral, in the dark and in the light.

    A line through the logarithms of the greyest pixels, channel against mean, by ridge regression.
    """
    channels = colours.shape[1]
    chroma = np.ptp(colours, axis=1)
    middling = (colours.min(axis=1) > 0.05) & (colours.max(axis=1) < 0.95)
    if channels == 1 or not middling.any():
        return np.ones(channels), np.ones(channels)
    values = np.log(colours[middling & (chroma <= np.quantile(chroma[middling], _GREYEST))])
    mean = values.mean(axis=1)
    gamma, offset = np.empty(channels), np.empty(channels)
    for channel, own in enumerate(values.T):
        terms = np.stack([own, np.ones_like(own)])
        doubt = np.diag([_DOUBT / 2, _DOUBT]) * len(own)
        gamma[channel], offset[channel] = np.linalg.solve(
            terms @ terms.T + doubt, terms @ mean + doubt @ (1.0, 0.0)
        )
    gain = np.clip(np.exp(offset - offset.mean()), 1 / _MAX_GAIN, _MAX_GAIN)
    return np.clip(gamma, 1 / _MAX_GAMMA, _MAX_GAMMA), gain


def _strength(colours: Floats, curve: LevelsCurve) -> FadingStrength:
    """What the photo shows, judged by the curve that would make it neutral."""
    black, white, gamma = (np.asarray(part) for part in (curve.black, curve.white, curve.gamma))
    grey, dark = (black + (white - black) * value ** (1 / gamma) for value in (0.45, 0.05))
    tint = grey / grey.mean() - 1
    luma = colours.mean(axis=1)
    low, high = np.percentile(luma, (1, 99))
    coloured = colours / np.maximum(luma, 0.03)[:, None] - 1
    counted = luma >= min(0.08, float(np.median(luma)))
    shared = coloured[counted] @ tint > _SHARES * (tint @ tint)
    return FadingStrength(
        float(high - low),
        float(dark.mean()),
        float(np.ptp(grey) / grey.mean()),
        float(shared.mean()),
        bool(grey[-1] < grey[0] and np.argmin(grey) == len(grey) - 1),
        _is_toned(colours, luma),
    )


def _is_toned(colours: Floats, luma: Floats) -> bool:
    """True where the colour of (n, C) pixels is that of their tone, whatever it is."""
    order = np.argsort(luma, kind="stable")
    bands = np.array_split((colours - luma[:, None])[order], min(24, max(1, len(order) // 8)))
    spread = [np.abs(band - np.median(band, axis=0)).mean(axis=0).max() for band in bands]
    return bool(np.mean(spread) < _TONED)


def _ascending(ends: tuple[float, float]) -> tuple[list[float], list[float]]:
    """The places of no and of full certainty for `np.interp`, whichever comes first."""
    pairs = sorted(zip(ends, (0.0, 1.0), strict=True))
    return [at for at, _ in pairs], [certainty for _, certainty in pairs]


def _through(pixels: Pixels, tables: list[NDArray[Any]]) -> Pixels:
    """Every channel of (H, W, C) pixels through its table."""
    corrected = np.empty(pixels.shape, pixels.dtype)
    for channel, table in enumerate(tables):
        np.take(table, pixels[..., channel], out=corrected[..., channel])
    return corrected
