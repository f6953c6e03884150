"""What a run reports: the rows of the report file, what is left unexplained where, the places to mend."""

import base64
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from daps_desktop.base.i18n import N_, phrase
from daps_desktop.imaging.formats.limits import LIMIT_MP
from daps_desktop.imaging.formats.png_codec import decode_mask, encode_mask
from daps_desktop.imaging.mask import Mask
from daps_desktop.imaging.rect import Rect

ResidualMap = NDArray[np.float16]
"""(h, w), a small copy of the photo: |A(x) - y| over the noise level, RMS over each area and all channels.

NaN where the photo shows nothing; 0 where it was kept bit for bit.
"""


@dataclass(frozen=True, slots=True)
class StepReport:
    """One row of the residual plot, with the stable names of the report file."""

    sigma: float
    residual_over_noise: float
    evaluations: int
    seconds: float
    sample: int = 0  # which sample the step belongs to


@dataclass(frozen=True, slots=True)
class NarrowedBlur:
    """Pixels: the blur that was named, and the one used, as the edges of the photo show no wider one."""

    named: float
    used: float


Reason = Literal["damage", "colour", "grain", "doubt"]
"""It still looks damaged; it has not the colours, or not the grain, of what is around; it may be damage."""


@dataclass(frozen=True, slots=True)
class PlaceToMend:
    """A place, in or at a mark that was filled in, that does not pass for the photo.

    `marks` is a mask of the size of `rect`, as a PNG of one bit a pixel in base64. Raises: ValueError where
    it is none.
    """

    rect: Rect
    reason: Reason
    marks: str

    def __post_init__(self) -> None:
        sound = min(self.rect.top, self.rect.left) >= 0 and not self.rect.empty
        if not sound or self.rect.pixels > LIMIT_MP * 1_000_000:
            raise ValueError(phrase(N_("a value in it is impossible")))
        _ = self.mask

    @classmethod
    def of(cls, rect: Rect, reason: Reason, mask: Mask) -> "PlaceToMend":
        return cls(rect, reason, base64.b64encode(encode_mask(mask)).decode())

    @property
    def mask(self) -> Mask:
        """(h, w) of `rect`."""
        rect = self.rect
        return decode_mask(base64.b64decode(self.marks), rect.bottom - rect.top, rect.right - rect.left)


@dataclass(frozen=True, slots=True)
class Trace:
    """What a look at the filled marks found: of so many `repaired`, the `places` where a trace is left.

    Where none is certain, those where one may be: they alone have the reason "doubt".
    """

    repaired: int
    places: list[PlaceToMend]

    @property
    def doubtful(self) -> bool:
        """Whether it cannot be told of any place that a trace is left there, only that one may be."""
        return bool(self.places) and all(place.reason == "doubt" for place in self.places)

    def fits(self, height: int, width: int) -> bool:
        """Whether it can be one of a photo of that size."""
        inside = all(p.rect.bottom <= height and p.rect.right <= width for p in self.places)
        return inside and 0 <= self.repaired <= height * width


@dataclass(frozen=True, slots=True)
class Report:
    """What was done and how well it agrees with the photo; the names are those of the report file."""

    evaluations: int
    seconds_total: float
    seconds_denoiser: float
    peak_memory_mb: float
    noise_level: float  # 0-255
    residual_over_noise: float
    device: str
    seed: int
    prior: str
    prior_sha256: str
    preset: str
    method: str
    output: str
    damage: list[str]
    versions: dict[str, str]
    steps: list[StepReport]
    notices: list[str] = field(default_factory=list[str])
    blur: NarrowedBlur | None = None
    trace: Trace | None = None  # nothing was filled in, or nobody could look at it
