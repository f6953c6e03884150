"""The noise of a photo: how strong, how coarse, along which colours."""

import math
from dataclasses import dataclass, replace
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from daps_desktop.base.i18n import N_, phrase
from daps_desktop.imaging.colour import REC601
from daps_desktop.imaging.profile.spectral_peak import SpectralPeak

Lags = tuple[tuple[tuple[float, ...], ...], ...]
MAX_SIDE = 65  # of the lags
MAX_TONES, _MAX_RATIO = 64, 100.0  # of a level to the mean one
MAX_PEAKS = 64


@dataclass(frozen=True, slots=True)
class NoiseModel:
    """Gaussian noise, independent along one to three orthonormal colour axes, stationary but for its level.

    `axes`: rows (r, g, b); the grey axis alone for a photo without colour. `lags`: for each axis the
    autocovariance at (down, right) = -L..L, in squared grey levels of 0-255, as the mean over the photo.
    `tones`: the std over that mean at luma (i + 1/2) / n of full scale; none where it is the same at all.
    `peaks` lie over it: what a screen and a scanner add. Raises: ValueError where a value is impossible.
    """

    axes: tuple[tuple[float, float, float], ...]
    lags: Lags
    tones: tuple[float, ...]
    peaks: tuple[SpectralPeak, ...]

    def __post_init__(self) -> None:
        side = len(self.lags[0]) if self.lags else 0
        square = all(len(lag) == side and all(len(row) == side for row in lag) for lag in self.lags)
        whole = len(self.axes) == len(self.lags) in (1, 2, 3) and side % 2 == 1 and side <= MAX_SIDE
        matched = len(self.peaks) <= MAX_PEAKS and all(len(p.powers) == len(self.axes) for p in self.peaks)
        if not (square and whole and matched) or not self._plausible():
            raise ValueError(phrase(N_("a value in it is impossible")))

    def _plausible(self) -> bool:
        axes, lags = np.array(self.axes), np.array(self.lags)
        if not (np.isfinite(axes).all() and np.isfinite(lags).all()):
            return False
        if len(self.tones) > MAX_TONES or not all(0 < ratio <= _MAX_RATIO for ratio in self.tones):
            return False
        variances = lags[:, lags.shape[1] // 2, lags.shape[1] // 2]
        strongest = np.abs(lags).max(axis=(1, 2))
        orthonormal = np.abs(axes @ axes.T - np.eye(len(axes))).max() < 1e-3
        return bool(orthonormal and (strongest <= variances + 1e-6).all() and variances.max() <= 3 * 255**2)

    @classmethod
    def white(cls, level: float, *, grey: bool = False) -> "NoiseModel":
        """Independent in all pixels, and in all channels where there are several; std in grey levels."""
        if grey:
            return cls(GREY_AXIS, (((3 * level**2,),),), (), ())
        return cls(((1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0)), (((level**2,),),) * 3, (), ())

    @classmethod
    def of(cls, axes: NDArray[Any], lags: NDArray[Any], tones: tuple[float, ...] = ()) -> "NoiseModel":
        """From arrays (n, 3) and (n, side, side); numbers are kept to four figures, rims of zeros cut off."""
        middle = lags.shape[-1] // 2
        reach = int(np.abs(np.argwhere(lags)[:, 1:] - middle).max(initial=0))
        inner = slice(middle - reach, middle + reach + 1)
        lags = lags[:, inner, inner]
        rounded = np.array([[float(f"{value:.4g}") for value in row] for row in lags.reshape(len(lags), -1)])
        return cls(
            cast(Any, tuple(tuple(row) for row in np.round(axes, 6).tolist())),
            tuple(tuple(tuple(row) for row in lag) for lag in rounded.reshape(lags.shape).tolist()),
            tuple(float(f"{ratio:.4g}") for ratio in tones),
            (),
        )

    @property
    def level(self) -> float:
        """The standard deviation of a channel in grey levels, as the root of the mean square of the three.

        That of the grain: the peaks have theirs.
        """
        return math.sqrt(sum(self._at(0, 0)) / 3)

    @property
    def screen_level(self) -> float:
        """The same of the dots of a printed picture; 0 where there are none."""
        return math.sqrt(sum(peak.variance for peak in self.peaks if not peak.streaks))

    @property
    def screen_period(self) -> float:
        """Pixels from one row of dots to the next, by the strongest peak; infinite where there are none."""
        screen = [peak for peak in self.peaks if not peak.streaks]
        return max(screen, key=lambda peak: peak.variance).period if screen else math.inf

    @property
    def streak_level(self) -> float:
        """The same of the streaks of a scanner; 0 where there are none."""
        return math.sqrt(sum(peak.variance for peak in self.peaks if peak.streaks))

    @property
    def grain(self) -> "NoiseModel":
        """The noise without the peaks."""
        return replace(self, peaks=())

    @property
    def correlation(self) -> float:
        """Of neighbouring pixels: 0 for white noise, towards 1 for coarse grain."""
        total = sum(self._at(0, 0))
        if total == 0 or len(self.lags[0]) == 1:
            return 0.0
        return (sum(self._at(0, 1)) + sum(self._at(1, 0))) / 2 / total

    def at_level(self, level: float) -> "NoiseModel":
        """The same grain, stronger or weaker, white where there is none to scale; the peaks stay."""
        if self.level == 0:
            side = len(self.lags[0])
            white = np.zeros((len(self.axes), side, side))
            white[:, side // 2, side // 2] = 3 / len(self.axes) * level**2
            return replace(NoiseModel.of(np.array(self.axes), white, self.tones), peaks=self.peaks)
        factor = (level / self.level) ** 2
        lags = tuple(tuple(tuple(factor * v for v in row) for row in lag) for lag in self.lags)
        return replace(self, lags=lags)

    def of_luma(self) -> "NoiseModel":
        """The noise that the luma of the photo has, as that of a grey photo."""
        shares = (np.array(self.axes) @ np.array(REC601)) ** 2
        lags = 3 * np.tensordot(shares, np.array(self.lags), 1)[None]
        luma = NoiseModel.of(np.array(GREY_AXIS), lags, self.tones)
        peaks = [replace(peak, powers=(3 * float(shares @ peak.powers),)) for peak in self.peaks]
        return replace(luma, peaks=tuple(peaks))

    def of_channels(self) -> "NoiseModel":
        """The same along three axes, where a photo without colour is treated as one that may have some."""
        if len(self.axes) == 3:
            return self
        axes = np.linalg.svd(np.array(self.axes))[2]
        lags = np.zeros((3, *np.shape(self.lags)[1:]))
        lags[: len(self.lags)] = self.lags
        more = (0.0,) * (3 - len(self.axes))
        peaks = tuple(replace(peak, powers=peak.powers + more) for peak in self.peaks)
        return replace(NoiseModel.of(axes, lags, self.tones), peaks=peaks)

    def _at(self, down: int, right: int) -> list[float]:
        middle = len(self.lags[0]) // 2
        return [lag[middle + down][middle + right] for lag in self.lags]


def level_ratio(tones: tuple[float, ...], luma: NDArray[np.floating]) -> NDArray[np.float64]:
    """The std at a luma of 0 to 1 over the mean one, of any shape; linear between the tones."""
    if not tones:
        return np.ones(luma.shape)
    return np.interp(luma, (np.arange(len(tones)) + 0.5) / len(tones), tones)


GREY_AXIS = ((3**-0.5, 3**-0.5, 3**-0.5),)
