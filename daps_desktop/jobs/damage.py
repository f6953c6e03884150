"""The kinds of damage a photo can have, in the user's words: frozen values.

What may be given for a value stands once, with it: the check, the card's field, the command line's help and
the guide go by it. What the program does with a kind stands in damage_traits.
"""

from dataclasses import Field, dataclass, field, fields
from typing import Any, ClassVar

from daps_desktop.base.errors import UserError
from daps_desktop.base.i18n import N_, Phrase, phrase
from daps_desktop.base.validation import Allowed, OneOf, Range
from daps_desktop.imaging.profile.tone_curve import TONES

_PIXELS = N_(" pixels")


@dataclass(frozen=True, slots=True)
class _PictureName:
    """The path of a picture, which must be given."""

    def refusal(self, key: str, value: object) -> Phrase | None:
        return None if value else phrase(N_("file= must name a small grey picture"))

    def usage(self) -> str:
        return "PATH"


def checked_field(default: Any, allowed: Allowed) -> Any:
    """A field of a damage, with what it may be."""
    return field(default=default, metadata={"allowed": allowed})


def value_fields(kind: "type[Damage]") -> list[Field[Any]]:
    """The fields that can be given as text: all but pictures."""
    return [f for f in fields(kind) if "allowed" in f.metadata]


def allowed(kind: "type[Damage]", key: str) -> Allowed:
    """What the value called `key` of that kind of damage may be."""
    of = {f.name: f for f in value_fields(kind)}
    return of[key].metadata["allowed"]


@dataclass(frozen=True, slots=True)
class Damage:
    """One way in which a photo was degraded. `name` is its word on the command line and in saved recipes.

    Raises: UserError (`damage_value`) for a value that is not allowed.
    """

    name: ClassVar[str]

    def __post_init__(self) -> None:
        for f in value_fields(type(self)):
            refusal = allowed(type(self), f.name).refusal(f.name, getattr(self, f.name))
            if refusal:
                raise UserError("damage_value", name=self.name, detail=refusal)

    @property
    def enlargement(self) -> int:
        """How many times larger than the photo the result is."""
        return 1

    @property
    def runs(self) -> int:
        """How many runs to take the best of; 0 where all runs explain the photo alike."""
        return 0


@dataclass(frozen=True, slots=True)
class MissingPixels(Damage):
    """Pixels without information: scratches, tears, dust, stains. Needs a mask."""

    name: ClassVar[str] = "scratches"


@dataclass(frozen=True, slots=True)
class GaussianBlur(Damage):
    """Out of focus: a Gaussian of `sigma` pixels."""

    name: ClassVar[str] = "blur"
    sigma: float = checked_field(2.0, Range(0.2, 20, _PIXELS))


@dataclass(frozen=True, slots=True)
class MotionBlur(Damage):
    """Camera shake along a straight line."""

    name: ClassVar[str] = "motion"
    length: float = checked_field(9.0, Range(1, 99, _PIXELS))
    angle: float = checked_field(0.0, Range(-90, 90, periodic=True))  # anticlockwise from the horizontal


MAX_KERNEL_BYTES = 1 << 20  # of the PNG; kernels of 255 pixels a side take less than half


@dataclass(frozen=True, slots=True)
class KernelBlur(Damage):
    """A blur whose kernel is a small grey picture.

    `picture` is a PNG, and `file` then the name it is shown by; where it is empty, the path of a file that is
    still to be read.
    """

    name: ClassVar[str] = "kernel"
    file: str = checked_field("", _PictureName())
    picture: bytes = field(default=b"", repr=False)


SHRINK_KERNELS = ("unknown", "area", "bilinear", "bicubic", "lanczos")


@dataclass(frozen=True, slots=True)
class Downsampling(Damage):
    """Too small by `factor`; the result is that many times larger than the photo.

    `kernel` says how it was made small, where that is known: one of SHRINK_KERNELS.
    """

    name: ClassVar[str] = "small"
    factor: int = checked_field(2, OneOf(2, 3, 4, 8))
    kernel: str = checked_field("unknown", OneOf(*SHRINK_KERNELS))

    @property
    def enlargement(self) -> int:
        return self.factor


@dataclass(frozen=True, slots=True)
class Noise(Damage):
    """Noise or grain; its strength is the noise level of the settings."""

    name: ClassVar[str] = "noise"


@dataclass(frozen=True, slots=True)
class JpegCompression(Damage):
    """JPEG blocks: quality 0 means the tables of the file itself."""

    name: ClassVar[str] = "jpeg"
    quality: int = checked_field(0, Range(0, 100))


@dataclass(frozen=True, slots=True)
class Greyscale(Damage):
    """Colour was lost: the photo keeps the luma only."""

    name: ClassVar[str] = "grey"


@dataclass(frozen=True, slots=True)
class Fading(Damage):
    """Colours bleached or yellowed; undone by curves that are estimated from the photo."""

    name: ClassVar[str] = "faded"
    amount: float = checked_field(0.8, Range(0, 1))  # share of the correction found


@dataclass(frozen=True, slots=True)
class Toning(Damage):
    """The tone of a black and white photo, given or taken out by a curve from luminance: a choice, no damage.

    `to` is one of TONES.
    """

    name: ClassVar[str] = "tone"
    to: str = checked_field("sepia", OneOf(*TONES))


@dataclass(frozen=True, slots=True)
class Clipping(Damage):
    """Highlights and shadows burnt out: the scene was multiplied by `scale` about mid-grey, then clipped."""

    name: ClassVar[str] = "clipped"
    scale: float = checked_field(2.0, Range(1, 8, above=True))


@dataclass(frozen=True, slots=True)
class RandomMask(Damage):
    """Benchmark: a fraction of the pixels is lost at random."""

    name: ClassVar[str] = "random-mask"
    fraction: float = checked_field(0.7, Range(0, 1, above=True, below=True))
    seed: int = checked_field(42, Range(0, 2**63 - 1))


@dataclass(frozen=True, slots=True)
class BoxMask(Damage):
    """Benchmark: a square mask of `size` pixels in the middle (0: half of the shorter side)."""

    name: ClassVar[str] = "box"
    size: int = checked_field(0, Range(0))


@dataclass(frozen=True, slots=True)
class PhaseRetrieval(Damage):
    """Benchmark: only the modulus of the Fourier transform, padded by `oversample` / 8 of the side."""

    name: ClassVar[str] = "phase"
    oversample: float = checked_field(2.0, Range(1, 8))
    starts: int = checked_field(4, Range(1, 32))

    @property
    def runs(self) -> int:
        return self.starts


@dataclass(frozen=True, slots=True)
class CameraBlur(Damage):
    """Benchmark: blur in linear light, then saturation of the sensor, then the camera's gamma."""

    name: ClassVar[str] = "camera-blur"
    sigma: float = checked_field(2.0, Range(0.2, 20, _PIXELS))
    exposure: float = checked_field(1.5, Range(0.5, 4))  # gain before saturation
