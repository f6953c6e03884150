"""Engines for the window under test, found by name in the engine's process; some come to harm there."""

import threading
import time
from collections.abc import Callable

import numpy as np

from daps_desktop.base.paths import user_folder
from daps_desktop.engine.process.child import RunJob, import_engine
from daps_desktop.imaging.photo import Pixels
from daps_desktop.jobs.messages import Message, RestoreResult
from daps_desktop.jobs.requests import RestoreRequest
from tests.fakes.hosts import progress_of, report_of

STEP_S = 0.05
Emit = Callable[[Message], None]
Fill = Callable[[Pixels], Pixels]


def slow_grey() -> RunJob:
    """Fills holes with grey and takes its time."""
    return _filling(lambda pixels: np.full_like(pixels, 128))


def slower_grey() -> RunJob:
    """The same in two seconds, so that there is time to die in."""
    return _filling(lambda pixels: np.full_like(pixels, 128), step_s=0.5)


def grey() -> RunJob:
    """The same in no time."""
    return _filling(lambda pixels: np.full_like(pixels, 128), step_s=0)


def slow_noise() -> RunJob:
    """Makes noise of the whole picture, which no file format can make smaller."""
    rng = np.random.default_rng(0)
    return _filling(lambda pixels: rng.integers(0, 256, pixels.shape, np.uint8), everywhere=True)


def real() -> RunJob:
    return import_engine()


def short_of_memory() -> RunJob:
    """The real engine in half of the memory that it thinks it needs for twelve megapixels."""
    import resource

    import psutil

    from daps_desktop.restoration.cost import required_mb

    engine = import_engine()
    room = required_mb([12_000_000]) / 2 * 2**20
    limit = int(psutil.Process().memory_info().vms + room)
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    return engine


def small_card() -> RunJob:
    """The real engine on a card without memory for tiles above 64 pixels."""
    import torch
    from torch import Tensor

    from daps_desktop.networks.denoisers import NetworkDenoiser

    denoise = NetworkDenoiser.denoise

    def limited(self: NetworkDenoiser, x: Tensor, sigma: float) -> Tensor:
        if max(x.shape[-2:]) > 64:
            raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2.00 GiB.")
        return denoise(self, x, sigma)

    NetworkDenoiser.denoise = limited
    return import_engine()


def lost_card() -> RunJob:
    """The real engine, whose card is lost in the first run and cannot be used by that process any more."""
    from torch import Tensor

    from daps_desktop.networks.denoisers import NetworkDenoiser

    mark = user_folder() / "card-was-lost"
    denoise, begun_whole = NetworkDenoiser.denoise, mark.exists()

    def losing(self: NetworkDenoiser, x: Tensor, sigma: float) -> Tensor:
        if not begun_whole and threading.current_thread().name == "a job":
            mark.touch()
            raise RuntimeError("CUDA error: unspecified launch failure")
        return denoise(self, x, sigma)

    NetworkDenoiser.denoise = losing
    engine = import_engine()

    def run_job(job: RestoreRequest, cancel: threading.Event, emit: Emit) -> None:
        # The trial of the network for the forecast goes well: it is the run that loses the card.
        threading.current_thread().name = "a job" if isinstance(job, RestoreRequest) else "a trial"
        engine(job, cancel, emit)

    return run_job


def _filling(fill: Fill, everywhere: bool = False, step_s: float = STEP_S) -> RunJob:
    def run_job(job: RestoreRequest, cancel: threading.Event, emit: Emit) -> None:
        for step in range(1, 5):
            time.sleep(step_s)
            emit(progress_of(job.job_id, step))
        pixels = fill(job.photo.pixels)
        if job.mask is not None and not everywhere:
            pixels = np.where(job.mask[..., None], pixels, job.photo.pixels)
        emit(RestoreResult(job.job_id, job.photo.with_pixels(pixels), report_of(job)))

    return run_job
