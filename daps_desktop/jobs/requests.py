"""What the window asks of the engine: frozen, picklable values."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from daps_desktop.imaging.photo import Photo
from daps_desktop.imaging.profile.photo_profile import PhotoProfile
from daps_desktop.jobs.settings import Device, Preset, SolverSettings
from daps_desktop.jobs.task import Task


@dataclass(frozen=True, slots=True)
class RestoreRequest:
    """All that can influence an answer, as values; a saved request reproduces a saved result.

    `mask` is (H, W) bool, True = reconstruct here, and read-only because the user keeps painting;
    None where nothing was painted. `prior_sha256` is that of the weights, "" where any prior of that name
    will do; another one is refused. `profile` is that of the photo where it is known; else it is measured.
    `refused`, (H, W), is what the user said is no damage, though it looks like some.
    """

    cancel_timeout_s: ClassVar[float] = 1.5  # for the engine to answer a cancel; then its process is killed

    job_id: str
    photo: Photo
    mask: NDArray[np.bool_] | None
    task: Task
    settings: SolverSettings
    preview_side: int = 0  # longest side of the previews in pixels; 0: no previews
    prior_sha256: str = ""
    profile: PhotoProfile | None = None
    refused: NDArray[np.bool_] | None = None


@dataclass(frozen=True, slots=True)
class EstimateRequest:
    """How long would a photo of this size take, at each of QUALITIES? Answered by one TimeEstimate or Failed.

    `mask_tiles` is the mask in squares of MARKS_STEP pixels, True = reconstruct anything of it, or None where
    nothing is marked. `speed` is what an earlier estimate found; None: try the network, unless runs have said
    how fast it is. `profile` is that of the photo where it is known: coarse grain takes more evaluations,
    and a blur is undone as wide as the edges are.
    """

    # No one waits for it, and it is over sooner than another process has imported torch.
    cancel_timeout_s: ClassVar[float] = 30.0

    job_id: str
    height: int
    width: int
    task: Task
    settings: SolverSettings
    mask_tiles: NDArray[np.bool_] | None = None
    speed: float | None = None
    profile: PhotoProfile | None = None


@dataclass(frozen=True, slots=True)
class ProfileRequest:
    """What does the photo say of itself? Answered by one ProfileResult, Cancelled or Failed."""

    cancel_timeout_s: ClassVar[float] = 30.0  # as for an estimate

    job_id: str
    photo: Photo


@dataclass(frozen=True, slots=True)
class FindRequest:
    """What in the photo looks like damage? Answered by one FindResult, Cancelled or Failed."""

    cancel_timeout_s: ClassVar[float] = 10.0  # a tile takes a second or two, loading somewhat more

    job_id: str
    photo: Photo
    device: Device = "auto"


QUALITIES: tuple[Preset, ...] = ("draft", "balanced", "best")  # offered by the window, timed by an estimate
MARKS_STEP = 4  # side in pixels of the square that each of the `mask_tiles` stands for

Request = RestoreRequest | EstimateRequest | ProfileRequest | FindRequest
