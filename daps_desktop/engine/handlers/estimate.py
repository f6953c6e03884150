"""How long a run would take on this computer, from its plan and a short trial of the network."""

import os
import statistics
import time
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import torch

from daps_desktop.imaging.jpeg_tables import tables_for_quality
from daps_desktop.imaging.mask import Mask
from daps_desktop.imaging.photo import Photo
from daps_desktop.imaging.profile.noise_model import NoiseModel
from daps_desktop.jobs.damage import MissingPixels, Noise
from daps_desktop.jobs.messages import Hardware, TimeEstimate
from daps_desktop.jobs.requests import MARKS_STEP, QUALITIES, EstimateRequest
from daps_desktop.jobs.settings import DEFAULT_TILE, PRESETS, Device, Preset, SolverSettings
from daps_desktop.jobs.task import Task
from daps_desktop.networks import catalogue, loader
from daps_desktop.networks.card import PriorCard
from daps_desktop.networks.runtime.devices import choose_device
from daps_desktop.restoration.compose import with_soft_edge
from daps_desktop.restoration.cost import OVERHEAD, Pace, cost, known_pace
from daps_desktop.restoration.forward_model import narrowed
from daps_desktop.restoration.plan import Observation, lay_out, make_plan, noise_model, noise_of
from daps_desktop.restoration.presets import SCRATCH_WIDTH
from daps_desktop.restoration.progress import ProgressReporter
from daps_desktop.solver.denoisers.denoiser import synchronize

WARM_UP_S = 2.0
_MAX_TRIALS = 5
_SAMPLE_NOISE = NoiseModel.white(5.0)  # where the photo would give the noise
_SAMPLE_TABLES = tables_for_quality(50)  # of JPEG: those of the file make no difference here
_TYPICAL = (1224, 1632)  # height and width: two megapixels


def expected_seconds(
    photo: Photo, noise: NoiseModel, presets: Sequence[Preset], device: Device = "auto"
) -> dict[Preset, float]:
    """Seconds to take the noise off the whole photo and fill a few scratches in, at each preset.

    A mask alone costs less, as only its surroundings count. The network is tried once, before its first run.
    """
    settings, size = SolverSettings(device=device), (photo.height, photo.width)
    speed = _known_speed(settings) or _speed(settings, size, ProgressReporter())
    task = Task((MissingPixels(), Noise()))
    return _times(task, settings, size, _few_scratches(*size), noise, speed, presets, ProgressReporter())


def handle(request: EstimateRequest, progress: ProgressReporter) -> TimeEstimate:
    """Raises: JobCancelledError; UserError where prior, device or damage cannot serve."""
    settings, size = request.settings, (request.height, request.width)
    speed = request.speed or _known_speed(settings) or _speed(settings, size, progress)
    profile = request.profile
    softness = profile.blur_sigma if profile else None
    task, _ = narrowed(request.task.solved_part, softness)
    mask = _mask(request)
    times: dict[str, float] = {}
    if not task.damages:
        times = {quality: 0.0 for quality in QUALITIES}
    elif mask is not None or not task.needs_mask:
        noise = profile.noise if profile else _SAMPLE_NOISE
        times = {**_times(task, settings, size, mask, noise, speed, QUALITIES, progress, softness)}
    priors: dict[Preset, str] = {preset: _card(settings, preset).sha256 for preset in PRESETS}
    return TimeEstimate(request.job_id, times, speed, _typical(speed), hardware(settings.device), priors)


def hardware(device: Device) -> Hardware:
    kind = choose_device(device).type
    card = torch.cuda.get_device_name() if kind == "cuda" else ""
    return Hardware(os.cpu_count() or 1, kind, card)


def _mask(request: EstimateRequest) -> Mask | None:
    """The marks at the size of the photo again."""
    if request.mask_tiles is None:
        return None
    wide = request.mask_tiles.repeat(MARKS_STEP, 0).repeat(MARKS_STEP, 1)
    return wide[: request.height, : request.width]


def _typical(speed: float) -> float:
    """A few scratches on a photo of two megapixels, in balanced quality."""
    task, mask = Task((MissingPixels(),)), _few_scratches(*_TYPICAL)
    progress = ProgressReporter()
    times = _times(task, SolverSettings(), _TYPICAL, mask, _SAMPLE_NOISE, speed, ("balanced",), progress)
    return times["balanced"]


def _few_scratches(height: int, width: int) -> Mask:
    mask = np.zeros((height, width), dtype=bool)
    for k in range(1, 4):
        top, left = height * k // 5, width * k // 5
        mask[top : top + SCRATCH_WIDTH, left : left + 400] = True
    return mask


def _times(
    task: Task,
    settings: SolverSettings,
    size: tuple[int, int],
    mask: Mask | None,
    noise: NoiseModel,
    speed: float,
    presets: Sequence[Preset],
    progress: ProgressReporter,
    softness: float | None = None,
) -> dict[Preset, float]:
    """Seconds by preset; `speed` is that of balanced quality, by which others are judged before they ran."""
    mask = with_soft_edge(mask, task, settings.soft_edge)
    level = noise_of(noise_model(task, settings, lambda: noise))
    layout = lay_out(task, Observation(*size, level, mask, _SAMPLE_TABLES, softness=softness))
    usual = _card(settings, "balanced").architecture.work
    times: dict[Preset, float] = {}
    for preset in presets:
        progress.check()
        card = _card(settings, preset)
        plan = make_plan(layout, replace(settings, preset=preset), card.parameterisation.sigma_max)
        own = card.architecture.work  # of one evaluation, where it is known
        guessed = Pace(OVERHEAD * speed * (own / usual if own and usual else 1.0))
        pace = known_pace(card, choose_device(settings.device)) or guessed
        times[preset] = pace.seconds(cost(plan))
    return times


def _known_speed(settings: SolverSettings) -> float | None:
    """What runs have said of balanced quality; None before the first."""
    pace = known_pace(_card(settings, "balanced"), choose_device(settings.device))
    return pace.speed / OVERHEAD if pace else None


def _card(settings: SolverSettings, preset: Preset) -> PriorCard:
    return catalogue.find(loader.prior_name(replace(settings, preset=preset)))


def _speed(settings: SolverSettings, size: tuple[int, int], progress: ProgressReporter) -> float:
    """Seconds per evaluation of a megapixel, balanced: the median of a few trials within the warm-up."""
    prior = loader.open_prior(replace(settings, preset="balanced"))
    device, multiple = prior.network.device, prior.denoiser.size_multiple
    height, width = (min(settings.tile or DEFAULT_TILE, side + -side % multiple) for side in size)
    tile = torch.zeros(1, 3, height + -height % multiple, width + -width % multiple, device=device)
    trials: list[float] = []
    until = time.perf_counter() + WARM_UP_S
    while len(trials) < _MAX_TRIALS and (len(trials) < 2 or time.perf_counter() < until):
        progress.check()
        trials.append(_trial(prior, tile))
    return statistics.median(trials[1:]) / (tile.shape[-2] * tile.shape[-1] / 1e6)


def _trial(prior: loader.Prior, tile: torch.Tensor) -> float:
    started = time.perf_counter()
    synchronize(prior.denoiser.denoise(tile, 0.2))
    return time.perf_counter() - started
