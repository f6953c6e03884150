"""What the engine answers: frozen, picklable values; no tensor, QImage or exception."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from daps_desktop.base.i18n import N_, Phrase, phrase
from daps_desktop.imaging.photo import Photo
from daps_desktop.imaging.profile.photo_profile import PhotoProfile
from daps_desktop.jobs.proposals import Proposals
from daps_desktop.jobs.report import Report, ResidualMap
from daps_desktop.jobs.requests import EstimateRequest, FindRequest, ProfileRequest, Request, RestoreRequest
from daps_desktop.jobs.settings import Preset


@dataclass(frozen=True, slots=True)
class Hardware:
    """What computes: `device` is cpu, cuda or mps; `gpu_name` is the name of a graphics card, else empty."""

    cores: int
    device: str
    gpu_name: str


@dataclass(frozen=True, slots=True)
class TimeEstimate:
    """Seconds by quality; empty where nothing is marked yet. `typical`: a few scratches on two megapixels.

    `speed` is in seconds per network evaluation of a megapixel, for the prior and device of the request.
    `priors`: SHA-256 of the weights with which a run at each preset would restore.
    """

    job_id: str
    seconds: dict[str, float]
    speed: float
    typical: float
    hardware: Hardware
    priors: dict[Preset, str]

    def misfit(self, request: Request) -> str:
        """Why it cannot be an answer to the request; "" where it can."""
        return "" if isinstance(request, EstimateRequest) else type(self).__name__


@dataclass(frozen=True, slots=True)
class ProfileResult:
    """What the photo of a request says of itself, the places that look damaged among it."""

    job_id: str
    profile: PhotoProfile

    def misfit(self, request: Request) -> str:
        """Why it cannot be an answer to the request; "" where it can."""
        return "" if isinstance(request, ProfileRequest) else type(self).__name__


@dataclass(frozen=True, slots=True)
class FindResult:
    """What looks like damage in the photo of a request."""

    job_id: str
    proposals: Proposals

    def misfit(self, request: Request) -> str:
        """Why it cannot be an answer to the request; "" where it can."""
        if not isinstance(request, FindRequest):
            return type(self).__name__
        size, labels = (request.photo.height, request.photo.width), self.proposals.labels
        fits = labels.shape == size and labels.max(initial=0) <= len(self.proposals.pieces)
        return "" if fits else type(self).__name__


@dataclass(frozen=True, slots=True)
class Preview:
    """A small RGB picture, (h, w, 3) uint8, of the whole result as it stands."""

    pixels: NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Progress:
    """One annealing step, or a noticeable part of one, is done; of other jobs only `fraction` counts."""

    job_id: str
    step: int  # annealing steps finished
    steps: int  # annealing steps in all, over all stages and samples
    sigma: float  # std of the annealing noise, [-1, 1] units
    residual_over_noise: float  # RMS over observed entries, in units of the photo's noise level
    evaluations: int  # network evaluations so far, of the whole image each
    seconds: float
    seconds_left: float | None
    fraction: float = 0.0  # share of all the work that is done, 0 to 1
    sample: int = 0  # which sample this step belongs to
    preview: Preview | None = None


@dataclass(frozen=True, slots=True)
class Notice:
    """Something the user should know while the job goes on: `code` is a key of NOTICES."""

    job_id: str
    code: str
    params: dict[str, Any] = field(default_factory=dict[str, Any])


@dataclass(frozen=True, slots=True)
class RestoreResult:
    """The result at the photo's own depth; pixels the task must not touch are the photo's own.

    `residual_map` is None where the measurement is no picture.
    """

    job_id: str
    photo: Photo
    report: Report
    residual_map: ResidualMap | None = None

    def misfit(self, request: Request) -> Phrase | str:
        """Why it cannot be an answer to the request; "" where it can."""
        if not isinstance(request, RestoreRequest):
            return type(self).__name__
        photo, pixels, scale = request.photo, self.photo.pixels, request.task.scale
        size = photo.height * scale, photo.width * scale
        if pixels.shape[:2] == size and pixels.dtype == photo.pixels.dtype:
            return ""
        size = {"width": self.photo.width, "height": self.photo.height, "bits": self.photo.bits}
        return phrase(N_("{width} × {height}, {bits} bit"), **size)


@dataclass(frozen=True, slots=True)
class Cancelled:
    job_id: str


@dataclass(frozen=True, slots=True)
class Failed:
    """`code` and `params` as in UserError; `details` is for a report and may hold a traceback."""

    job_id: str
    code: str
    params: dict[str, Any]
    details: str = ""


Message = Progress | Notice | RestoreResult | Cancelled | Failed | TimeEstimate | ProfileResult | FindResult


def ends_job(message: Message) -> bool:
    """True for the one message after which a job says nothing more."""
    return not isinstance(message, Progress | Notice)


# What a Notice says; `UserError` has its own table in errors.py.
NOTICES: dict[str, str] = {
    "smaller_tiles": N_("Memory ran short: going on with tiles of {tile} pixels, {batch} at a time."),
    "first_page": N_("The file has {pages} pages; this is page {page}."),
    "noise_unused": N_("Only the marked places change, so the noise level is not used."),
    "noise_estimated": N_("Noise estimated at {noise:.1f} of 255 grey levels."),
    "blur_narrowed": N_(
        "The blur was set to {named:.1f} px, but this photo's edges show {used:.1f} px; that was used, as "
        "more would draw halos along edges."
    ),
    "coarse_first": N_("The marked area is wide: it is filled in on a smaller copy first."),
    "small_draft": N_(
        "The photo is so soft that a copy {times} times smaller holds all of its detail: the draft was made "
        "on one."
    ),
    "trace_unseen": N_(
        "What looks for damage is missing or damaged on this computer, so nobody looked whether a trace is "
        "left in the repaired places; install the program again."
    ),
    "tone_over_colours": N_("This photo has colours of its own; the tone has taken their place."),
    "alpha_kept": N_("Transparency is carried over unchanged."),
}


def file_notices(photo: Photo) -> dict[str, Phrase]:
    """What a person should know of how the file of a photo was read, each under a code of its own."""
    told = {f"remark_{number}": remark for number, remark in enumerate(photo.remarks)}
    if photo.pages == 1:
        return told
    return {"first_page": notice_text("first_page", pages=photo.pages, page=photo.page), **told}


def notice_text(code: str, **params: Any) -> Phrase:
    """The sentence of a notice; facts are those of its template."""
    return phrase(NOTICES[code], **params)
