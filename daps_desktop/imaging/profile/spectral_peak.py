"""Noise that keeps to one frequency: the dots of a printed picture, the streaks of a scanner."""

import math
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from daps_desktop.base.i18n import N_, phrase

_MAX_VARIANCE = 3 * 255**2
_RESOLVED = 0.4  # of the spacing of a grid's frequencies: a peak is at least so wide on it


@dataclass(frozen=True, slots=True)
class SpectralPeak:
    """A Gaussian in the spectrum at +-(`down`, `right`), in cycles a pixel, `width` (down, right) its std.

    `powers`: its variance along each colour axis of the noise, in squared grey levels of 0-255. Streaks lie
    at frequency 0, narrow in the direction along which they keep their value. Raises: ValueError where a
    value is impossible.
    """

    down: float
    right: float
    width: tuple[float, float]
    powers: tuple[float, ...]

    def __post_init__(self) -> None:
        placed = -0.5 <= self.down <= 0.5 and -0.5 <= self.right <= 0.5
        if not (placed and all(0 < width <= 1 for width in self.width)) or not all(
            0 <= power <= _MAX_VARIANCE for power in self.powers
        ):
            raise ValueError(phrase(N_("a value in it is impossible")))

    @property
    def streaks(self) -> bool:
        return self.down == 0 == self.right

    @property
    def variance(self) -> float:
        """Of a channel, in squared grey levels, as the mean of the three."""
        return sum(self.powers) / 3

    @property
    def period(self) -> float:
        """Pixels from one wave to the next, infinite for streaks."""
        frequency = math.hypot(self.down, self.right)
        return 1 / frequency if frequency else math.inf

    def scaled(self, factor: float) -> "SpectralPeak":
        """`factor` times as strong."""
        return replace(self, powers=tuple(factor**2 * power for power in self.powers))

    def lines(self, height: int, width: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """(2, height) and (2, width // 2 + 1): the half spectrum for power 1 is the product of the two.

        In units of white noise of variance 1 on a grid of that size, whatever the size: its mean is 1.
        """
        signs = np.array([[1.0], [-1.0]])
        down = _density(np.fft.fftfreq(height) - signs * self.down, max(self.width[0], _RESOLVED / height))
        right = _density(np.fft.rfftfreq(width) - signs * self.right, max(self.width[1], _RESOLVED / width))
        return down / 2, right


def _density(away: NDArray[np.float64], width: float) -> NDArray[np.float64]:
    """A Gaussian of integral 1 on the circle of frequencies."""
    turns = away[..., None] + np.arange(-3, 4)
    return np.exp(-0.5 * (turns / width) ** 2).sum(-1) / (math.sqrt(2 * math.pi) * width)
