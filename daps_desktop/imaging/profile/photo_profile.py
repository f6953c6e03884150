"""Everything that a photo says of itself, measured once and kept with it."""

from dataclasses import dataclass

from daps_desktop.base.i18n import N_, phrase
from daps_desktop.imaging.profile.noise_model import NoiseModel
from daps_desktop.imaging.profile.print_outline import PrintOutline
from daps_desktop.imaging.profile.tone_curve import ToneCurve

_MAX_BLUR = 1000.0  # pixels
_MAX_CAST = 100.0


@dataclass(frozen=True, slots=True)
class FadingStrength:
    """What a photo shows of fading, in shares of full scale.

    `contrast`: how much of the range between black and white is used. `black`: what should be black, lifted.
    `cast`: how far apart the channels of what should be a middle grey are, over its mean, and `shared`: by
    how much of the photo. `yellow`: the cast is a lack of blue. `toned`: colour follows luminance alone, as
    in a sepia or a grey photo, so that a cast may be meant.
    """

    contrast: float
    black: float
    cast: float
    shared: float
    yellow: bool
    toned: bool


@dataclass(frozen=True, slots=True)
class FoundPlaces:
    """How many places looked damaged at a glance: to the finder as it is usually set, and at its keenest."""

    usual: int
    keenest: int


@dataclass(frozen=True, slots=True)
class PhotoProfile:
    """What was measured; None: the photo does not tell, or nobody looked.

    No field has a default: one kept by an earlier version, which knew less, is no profile, and the photo is
    measured again. Raises: ValueError where a value is impossible.
    """

    noise: NoiseModel
    tone: ToneCurve | None  # that a toned photo keeps to; None: it has colours
    grey: bool  # no colour anywhere, whether or not there are channels for it
    blur_sigma: float | None  # pixels, standard deviation of a Gaussian; 0: sharp
    jpeg_quality: int | None  # 1 to 100; None: no trace of JPEG
    jpeg_from_file: bool  # the file's own tables say the quality, and not traces in the pixels
    fading: FadingStrength
    places: FoundPlaces | None
    prints: tuple[PrintOutline, ...]  # several that lie in one scan, in reading order; else none

    @property
    def toned(self) -> bool:
        """Sepia and the like: one colour for each brightness, and not grey."""
        return self.tone is not None and not self.tone.neutral

    def __post_init__(self) -> None:
        blur = self.blur_sigma is None or 0 <= self.blur_sigma <= _MAX_BLUR
        quality = self.jpeg_quality is None or 1 <= self.jpeg_quality <= 100
        shares = self.fading.contrast, self.fading.black, self.fading.shared
        fading = all(0 <= share <= 1 for share in shares) and 0 <= self.fading.cast <= _MAX_CAST
        if not (blur and quality and fading):
            raise ValueError(phrase(N_("a value in it is impossible")))
