"""The noise of a photo: how strong it is, and how alike neighbouring pixels are in it."""

from dataclasses import dataclass

from daps_desktop.base.i18n import N_, phrase


@dataclass(frozen=True, slots=True)
class NoiseModel:
    """Stationary Gaussian noise of luminance; `level` is its standard deviation in grey levels of 0-255.

    `correlation` is that of neighbouring pixels: 0 for white noise, towards 1 for coarse grain.
    Raises: ValueError where a value is impossible.
    """

    level: float
    correlation: float = 0.0

    def __post_init__(self) -> None:
        if not (0 <= self.level <= 255 and -1 <= self.correlation <= 1):
            raise ValueError(phrase(N_("a value in it is impossible")))
