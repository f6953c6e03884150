"""How long a run would take on this computer, from a short trial of the network."""

import os
import statistics
import threading
import time
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import torch

from daps_desktop.imaging.jpeg_tables import tables_for_quality
from daps_desktop.imaging.mask import Hole
from daps_desktop.imaging.photo import Photo
from daps_desktop.jobs.damage import Noise, Scratches
from daps_desktop.jobs.messages import Forecast, Hardware
from daps_desktop.jobs.requests import MARKS_STEP, ForecastRequest
from daps_desktop.jobs.settings import Device, Preset, SolverSettings
from daps_desktop.jobs.task import Task
from daps_desktop.networks import catalogue, loader
from daps_desktop.networks.runtime.devices import choose_device
from daps_desktop.restoration.forward_model import Measurement, build_problem
from daps_desktop.restoration.plan import TILE
from daps_desktop.restoration.presets import SCRATCH, recipe_for
from daps_desktop.restoration.progress import StoppedError
from daps_desktop.restoration.regions import islands
from daps_desktop.solver.denoisers.denoiser import await_result
from daps_desktop.solver.denoisers.tiled import CONTEXT, Box, tile_boxes
from daps_desktop.solver.tensors import LEVELS_PER_UNIT

QUALITIES: tuple[Preset, ...] = ("draft", "balanced", "best")
WARM_UP_S = 2.0
OVERHEAD = 1.2  # what a run costs beside its network evaluations
_MOST_TRIALS = 5
_SAMPLE_SIDE = 32  # pixels of the stand-in on which recipes are drawn up
_SAMPLE_NOISE = 5.0  # grey levels, where the noise is not given
_TYPICAL = (1224, 1632)  # height and width: two megapixels


def expected_seconds(photo: Photo, presets: Sequence[Preset], device: Device = "auto") -> dict[Preset, float]:
    """Seconds to take the noise off the whole photo and fill its gaps in, at each preset.

    A hole alone costs less, as only its surroundings count. The network is tried once.
    """
    settings = SolverSettings(device=device)
    speed = _speed(settings, (photo.height, photo.width), threading.Event())
    task = Task((Scratches(), Noise()))
    area = _megapixels(task, settings, (photo.height, photo.width), None)
    return {preset: speed * area * _cost(task, settings, preset) for preset in presets}


def foretell(request: ForecastRequest, cancel: threading.Event) -> Forecast:
    """Raises: StoppedError; UserError where prior, device or damage cannot serve."""
    settings, size = request.settings, (request.height, request.width)
    speed = request.speed or _speed(settings, size, cancel)
    task = request.task.solved_part
    area = 0.0
    if task.damages and (request.marks is not None or not task.repair_only):
        area = _megapixels(task, settings, size, _hole(request))
    times: dict[str, float] = {}
    if area or not task.damages:
        for quality in QUALITIES:
            times[quality] = speed * area * _cost(task, settings, quality) if task.damages else 0.0
    return Forecast(request.job_id, times, speed, _typical(speed), hardware(settings.device))


def hardware(device: Device) -> Hardware:
    kind = choose_device(device).type
    card = torch.cuda.get_device_name() if kind == "cuda" else ""
    return Hardware(os.cpu_count() or 1, kind, card)


def _hole(request: ForecastRequest) -> Hole | None:
    """The marks at the size of the photo again."""
    if request.marks is None:
        return None
    wide = request.marks.repeat(MARKS_STEP, 0).repeat(MARKS_STEP, 1)
    return wide[: request.height, : request.width]


def _typical(speed: float) -> float:
    """A few scratches on a photo of two megapixels, in balanced quality."""
    hole = np.zeros(_TYPICAL, dtype=bool)
    for k in range(1, 4):
        top, left = _TYPICAL[0] * k // 5, _TYPICAL[1] * k // 5
        hole[top : top + 4, left : left + 400] = True
    task, settings = Task((Scratches(),)), SolverSettings()
    area = _megapixels(task, settings, _TYPICAL, hole)
    return speed * area * _cost(task, settings, settings.preset)


def _cost(task: Task, settings: SolverSettings, preset: Preset) -> float:
    """Times what an evaluation takes in balanced quality, all else counted in."""
    return OVERHEAD * _evaluations(task, settings, preset) * _work(settings, preset)


def _work(settings: SolverSettings, preset: Preset) -> float:
    """How much more the network of this preset does than that of balanced quality, where both are known."""
    if settings.prior != "auto":
        return 1.0  # one network for all of them
    own, usual = (
        catalogue.find(loader.prior_name(replace(settings, preset=p))).architecture.work
        for p in (preset, "balanced")
    )
    return own / usual if own and usual else 1.0


def _evaluations(task: Task, settings: SolverSettings, preset: Preset) -> int:
    """Network evaluations of the whole picture, all runs together: those of a stand-in of a few pixels."""
    settings = replace(settings, preset=preset)
    side = _SAMPLE_SIDE
    observed = torch.ones(1, 1, side, side) if task.needs_mask else None
    noise = _SAMPLE_NOISE if settings.noise is None else max(settings.noise, 1.0)
    # Which tables a JPEG file has makes no difference here.
    measured = Measurement(side, side, observed, tables_for_quality(50))
    problem = build_problem(task, torch.zeros(1, 3, side, side), measured, noise / LEVELS_PER_UNIT)
    gap = SCRATCH if task.in_image_domain else float("inf")
    recipe = recipe_for(settings, problem, gap=gap, repair=task.repair_only)
    runs = task.runs or (settings.samples if recipe.chance else 1)
    return runs * recipe.evaluations


def _megapixels(task: Task, settings: SolverSettings, size: tuple[int, int], hole: Hole | None) -> float:
    """Megapixels of tiles in one evaluation of all that is computed: around the hole alone in a repair."""
    tile = settings.tile or TILE
    if hole is None or not task.repair_only:
        height, width = (side * task.scale for side in size)
        return sum(_seen(box) for box in tile_boxes(height, width, tile)) / 1e6
    islands_seen = (
        _seen(box)
        for island in islands(hole)
        for box in tile_boxes(island.bottom - island.top, island.right - island.left, tile)
        if hole[island.slices][box].any()
    )
    return sum(islands_seen) / 1e6


def _seen(box: Box) -> int:
    """Pixels that the network sees of a tile."""
    rows, cols = box
    return (rows.stop - rows.start + 2 * CONTEXT) * (cols.stop - cols.start + 2 * CONTEXT)


def _speed(settings: SolverSettings, size: tuple[int, int], cancel: threading.Event) -> float:
    """Seconds per evaluation of a megapixel, balanced: the median of a few trials within the warm-up."""
    prior = loader.open_prior(replace(settings, preset="balanced"))
    device, multiple = prior.network.device, prior.denoiser.multiple
    height, width = (min(settings.tile or TILE, side + -side % multiple) for side in size)
    tile = torch.zeros(1, 3, height + -height % multiple, width + -width % multiple, device=device)
    trials: list[float] = []
    until = time.perf_counter() + WARM_UP_S
    while len(trials) < _MOST_TRIALS and (len(trials) < 2 or time.perf_counter() < until):
        if cancel.is_set():
            raise StoppedError
        trials.append(_trial(prior, tile))
    return statistics.median(trials[1:]) / (tile.shape[-2] * tile.shape[-1] / 1e6)


def _trial(prior: loader.Prior, tile: torch.Tensor) -> float:
    started = time.perf_counter()
    await_result(prior.denoiser.denoise(tile, 0.2))
    return time.perf_counter() - started
