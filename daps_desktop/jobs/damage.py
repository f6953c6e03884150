"""The kinds of damage a photo can have, in the user's words: frozen values."""

import math
from dataclasses import dataclass
from typing import ClassVar

from daps_desktop.base.errors import UserError
from daps_desktop.base.i18n import N_, Phrase, phrase, written


def _check(name: str, ok: bool, detail: Phrase) -> None:
    if not ok:
        raise UserError("damage_value", name=name, detail=detail)


def _check_range(name: str, key: str, value: float, low: float, high: float, unit: Phrase | str = "") -> None:
    if not low <= value <= high:
        words = N_("{key} must be between {low} and {high}{unit}, not {value}")
        detail = phrase(words, key=key, low=written(low), high=written(high), unit=unit, value=written(value))
        raise UserError("damage_value", name=name, detail=detail)


@dataclass(frozen=True, slots=True)
class Damage:
    """One way in which a photo was spoilt. `name` is its word on the command line and in saved recipes."""

    name: ClassVar[str]


@dataclass(frozen=True, slots=True)
class Scratches(Damage):
    """Pixels that tell nothing: scratches, tears, dust, stains. Needs a hole."""

    name: ClassVar[str] = "scratches"


@dataclass(frozen=True, slots=True)
class Blur(Damage):
    """Out of focus: a Gaussian of `sigma` pixels."""

    name: ClassVar[str] = "blur"
    sigma: float = 2.0  # pixels

    def __post_init__(self) -> None:
        _check_range("blur", "sigma", self.sigma, 0.2, 20, phrase(N_(" pixels")))


@dataclass(frozen=True, slots=True)
class Motion(Damage):
    """Camera shake along a straight line."""

    name: ClassVar[str] = "motion"
    length: float = 9.0  # pixels
    angle: float = 0.0  # degrees, anticlockwise from the horizontal

    def __post_init__(self) -> None:
        _check_range("motion", "length", self.length, 1, 99, phrase(N_(" pixels")))
        _check("motion", math.isfinite(self.angle), phrase(N_("angle must be a number of degrees")))


@dataclass(frozen=True, slots=True)
class Kernel(Damage):
    """A blur whose kernel is a small grey picture."""

    name: ClassVar[str] = "kernel"
    file: str = ""

    def __post_init__(self) -> None:
        _check("kernel", bool(self.file), phrase(N_("file= must name a small grey picture")))


SHRINK_KERNELS = ("unknown", "area", "bilinear", "bicubic", "lanczos")


@dataclass(frozen=True, slots=True)
class Small(Damage):
    """Too small by `factor`; the result is that many times larger than the photo.

    `kernel` says how it was made small, where that is known: one of SHRINK_KERNELS.
    """

    name: ClassVar[str] = "small"
    factor: int = 2
    kernel: str = "unknown"

    def __post_init__(self) -> None:
        wrong = phrase(N_("factor must be 2, 3, 4 or 8, not {factor}"), factor=self.factor)
        _check("small", self.factor in (2, 3, 4, 8), wrong)
        known = ", ".join(SHRINK_KERNELS)
        wrong = phrase(N_("kernel must be one of {known}, not {kernel}"), known=known, kernel=self.kernel)
        _check("small", self.kernel in SHRINK_KERNELS, wrong)


@dataclass(frozen=True, slots=True)
class Noise(Damage):
    """Noise or grain; its strength is the noise level of the settings."""

    name: ClassVar[str] = "noise"


@dataclass(frozen=True, slots=True)
class Jpeg(Damage):
    """JPEG blocks: quality 0 means the tables of the file itself."""

    name: ClassVar[str] = "jpeg"
    quality: int = 0

    def __post_init__(self) -> None:
        _check_range("jpeg", "quality", self.quality, 0, 100)


@dataclass(frozen=True, slots=True)
class Grey(Damage):
    """Colour was lost: the photo keeps the luma only."""

    name: ClassVar[str] = "grey"


@dataclass(frozen=True, slots=True)
class Faded(Damage):
    """Colours bleached or yellowed; taken back by curves that are found from the photo."""

    name: ClassVar[str] = "faded"
    amount: float = 0.8  # share of the correction found, 0 to 1

    def __post_init__(self) -> None:
        _check_range("faded", "amount", self.amount, 0, 1)


@dataclass(frozen=True, slots=True)
class Clipped(Damage):
    """Highlights and shadows burnt out: the scene was multiplied by `scale` about mid-grey, then clipped."""

    name: ClassVar[str] = "clipped"
    scale: float = 2.0

    def __post_init__(self) -> None:
        wrong = phrase(N_("scale must be above 1 and at most 8, not {scale}"), scale=written(self.scale))
        _check("clipped", 1 < self.scale <= 8, wrong)


@dataclass(frozen=True, slots=True)
class RandomMask(Damage):
    """Laboratory: a fraction of the pixels is lost at random."""

    name: ClassVar[str] = "random-mask"
    fraction: float = 0.7
    seed: int = 42

    def __post_init__(self) -> None:
        words = N_("fraction must be above 0 and below 1, not {fraction}")
        _check("random-mask", 0 < self.fraction < 1, phrase(words, fraction=written(self.fraction)))
        _check_range("random-mask", "seed", self.seed, 0, 2**63 - 1)


@dataclass(frozen=True, slots=True)
class Box(Damage):
    """Laboratory: a square hole of `size` pixels in the middle (0: half of the shorter side)."""

    name: ClassVar[str] = "box"
    size: int = 0

    def __post_init__(self) -> None:
        _check("box", self.size >= 0, phrase(N_("size must not be negative")))


@dataclass(frozen=True, slots=True)
class Phase(Damage):
    """Laboratory: only the modulus of the Fourier transform, padded by `oversample` / 8 of the side."""

    name: ClassVar[str] = "phase"
    oversample: float = 2.0
    starts: int = 4

    def __post_init__(self) -> None:
        _check_range("phase", "oversample", self.oversample, 1, 8)
        _check_range("phase", "starts", self.starts, 1, 32)


@dataclass(frozen=True, slots=True)
class CameraBlur(Damage):
    """Laboratory: blur in linear light, then saturation of the sensor, then the camera's gamma."""

    name: ClassVar[str] = "camera-blur"
    sigma: float = 2.0  # pixels
    exposure: float = 1.5  # gain before saturation

    def __post_init__(self) -> None:
        _check_range("camera-blur", "sigma", self.sigma, 0.2, 20, phrase(N_(" pixels")))
        _check_range("camera-blur", "exposure", self.exposure, 0.5, 4)


KINDS: tuple[type[Damage], ...] = (
    Scratches, Blur, Motion, Kernel, Small, Noise, Jpeg, Grey, Faded, Clipped,
    RandomMask, Box, Phase, CameraBlur,
)  # fmt: skip
