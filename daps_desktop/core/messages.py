"""The whole language between window and worker: frozen, picklable values; no tensor, QImage or exception."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from daps_desktop.core.language import mark, tr
from daps_desktop.core.photo import Photo
from daps_desktop.core.settings import SolverSettings
from daps_desktop.core.task import Task

ResidualMap = NDArray[np.float16]
"""(h, w), a small copy of the photo: |A(x) - y| over the noise level, RMS over each area and all channels.

NaN where the photo tells nothing; 0 where it was kept bit for bit.
"""


@dataclass(frozen=True, slots=True)
class JobRequest:
    """All that can influence an answer; a saved request reproduces a saved result.

    `hole` is (H, W) bool, True = reconstruct here, and read-only because the user keeps painting;
    None where nothing was painted.
    """

    job_id: str
    photo: Photo
    hole: NDArray[np.bool_] | None
    task: Task
    settings: SolverSettings
    preview_side: int = 0  # longest side of the previews in pixels; 0: no previews


@dataclass(frozen=True, slots=True)
class ForecastRequest:
    """How long would a photo of this size take, at each quality? Answered by one Forecast or Failed.

    `marks` is every fourth pixel of the hole in either direction, True = reconstruct, or None where the
    task does not ask for it. `speed` is what an earlier Forecast found; None: try the network.
    """

    job_id: str
    height: int
    width: int
    task: Task
    settings: SolverSettings
    marks: NDArray[np.bool_] | None = None
    speed: float | None = None


MARKS_STEP = 4  # side in pixels of the square that each of the `marks` stands for


@dataclass(frozen=True, slots=True)
class Hardware:
    """What computes: `device` is cpu, cuda or mps; `card` is the name of a graphics card, else empty."""

    cores: int
    device: str
    card: str


@dataclass(frozen=True, slots=True)
class Forecast:
    """Seconds by quality; empty where nothing is marked yet. `typical`: a few scratches on two megapixels.

    `speed` is in seconds per network evaluation of a megapixel, for the prior and device of the request.
    """

    job_id: str
    seconds: dict[str, float]
    speed: float
    typical: float
    hardware: Hardware


@dataclass(frozen=True, slots=True)
class Preview:
    """A small RGB picture, (h, w, 3) uint8, of the whole result as it stands."""

    pixels: NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Progress:
    """One annealing step, or a noticeable part of one, is done."""

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
    facts: dict[str, Any] = field(default_factory=dict[str, Any])


@dataclass(frozen=True, slots=True)
class StepReport:
    """One row of the residual plot, with the stable names of the report file."""

    sigma: float
    residual_over_noise: float
    evaluations: int
    seconds: float
    sample: int = 0  # which sample the step belongs to


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


@dataclass(frozen=True, slots=True)
class Finished:
    """The result at the photo's own depth; pixels the task must not touch are the photo's own.

    `residual_map` is None where the measurement is no picture.
    """

    job_id: str
    photo: Photo
    report: Report
    residual_map: ResidualMap | None = None


@dataclass(frozen=True, slots=True)
class Cancelled:
    job_id: str


@dataclass(frozen=True, slots=True)
class Failed:
    """`code` and `facts` as in UserError; `details` is for a report and may hold a traceback."""

    job_id: str
    code: str
    facts: dict[str, Any]
    details: str = ""


JobMessage = Progress | Notice | Finished | Cancelled | Failed | Forecast

# What a Notice says; `UserError` has its own table in errors.py.
NOTICES: dict[str, str] = {
    "smaller_tiles": mark("Memory ran short: going on with tiles of {tile} pixels, {batch} at a time."),
    "first_page": mark("The file has {pages} pages; this is the first."),
    "noise_unused": mark("Only the marked places change, so the noise level is not used."),
    "noise_estimated": mark("Noise estimated at {noise:.1f} of 255 grey levels."),
    "coarse_first": mark("The hole is wide: its content is found on a smaller copy first."),
    "alpha_kept": mark("Transparency is carried over unchanged."),
}


def notice_line(code: str, **facts: Any) -> str:
    """The sentence of a notice in the language of the user; facts are those of its template."""
    return tr(NOTICES[code]).format(**facts)
