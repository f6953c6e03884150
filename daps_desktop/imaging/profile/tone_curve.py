"""The colour of a toned photo: sepia, selenium, cyanotype, yellowed paper. Luma says it all.

A photo gets its colours from a curve in the same way.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from daps_desktop.base.i18n import N_, phrase
from daps_desktop.imaging.colour import REC601
from daps_desktop.imaging.photo import Pixels, at_depth

MAX_TINTS = 257

Tint = tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class ToneCurve:
    """From luma to colour. `tints` are equally spaced from luma 0 to full scale, linear in between.

    Each is what red, green and blue have beyond the luma, in shares of full scale. As their own luma is 0,
    the colour of a luma has that luma, and lighter stays lighter, save where a colour leaves the gamut.
    """

    tints: tuple[Tint, ...] = ((0.0, 0.0, 0.0), (0.0, 0.0, 0.0))

    def __post_init__(self) -> None:
        """Raises: ValueError where a value is impossible."""
        if not (2 <= len(self.tints) <= MAX_TINTS and all(-1 <= v <= 1 for tint in self.tints for v in tint)):
            raise ValueError(phrase(N_("a value in it is impossible")))

    @property
    def neutral(self) -> bool:
        """Whether it makes R = G = B of every luma."""
        return not any(map(any, self.tints))

    def apply(self, luma: Pixels) -> Pixels:
        """(H, W) of either depth to (H, W, 3) of the same, the nearest values; a neutral one repeats it."""
        if self.neutral:
            return np.repeat(luma[..., None], 3, axis=2)
        top = np.iinfo(luma.dtype).max
        values = np.arange(int(top) + 1) / top
        colours = np.clip(values[:, None] + self.tint(values), 0, 1)
        return np.rint(colours * top).astype(luma.dtype)[luma]

    def tint(self, luma: NDArray[np.floating]) -> NDArray[np.float64]:
        """What red, green and blue have beyond a luma, (...) to (..., 3), in shares of full scale."""
        at = np.linspace(0, 1, len(self.tints))
        return np.stack([np.interp(luma, at, channel) for channel in zip(*self.tints, strict=True)], axis=-1)


NEUTRAL = ToneCurve()


def _toner(red: float, blue: float, shift: float) -> ToneCurve:
    """Red and blue beyond the luma in the middle tones; `shift`: -1 favours the shadows, 1 the highlights.

    Black and white stay what they are, so that no colour leaves the gamut and the luma is kept.
    """
    luma = np.linspace(0, 1, 65)
    share = 4 * luma * (1 - luma) * (1 + shift * (2 * luma - 1))
    green = -(REC601[0] * red + REC601[2] * blue) / REC601[1]
    return ToneCurve(tuple((red * s, green * s, blue * s) for s in share.tolist()))


# Sulphide takes the thin silver of the lighter tones first, selenium the dense one of the shadows.
TONES = {"sepia": _toner(0.10, -0.15, 0.1), "selenium": _toner(0.035, 0.02, -0.5), "neutral": NEUTRAL}


def in_tone(pixels: Pixels, curve: ToneCurve) -> Pixels:
    """A grey or toned photo in the colours of a curve: (H, W, C), C = 1 or 3, to (H, W, 3) at its own depth.

    Grey values go through the curve as they are, other colours by their luma. A neutral curve makes
    R = G = B, and leaves a photo of one channel what it is.
    """
    grey = pixels[..., 0]
    if (pixels == grey[..., None]).all():
        return pixels if curve.neutral else curve.apply(grey)
    return at_depth(curve.apply(luma_plane(pixels)[..., 0]), pixels.dtype.itemsize * 8)


def luma_plane(pixels: Pixels) -> NDArray[np.uint16]:
    """The luma of (H, W, 3) pixels as a grey picture, (H, W, 1), at 16 bits, so that a colour is found again.

    The luma of R = G = B is R exactly.
    """
    red, green, blue = np.moveaxis(at_depth(pixels, 16).astype(np.float32), 2, 0)
    luma = green + REC601[0] * (red - green) + REC601[2] * (blue - green)
    return np.rint(luma).astype(np.uint16)[..., None]
