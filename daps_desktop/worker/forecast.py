"""How long a run would take on this computer, from a short trial of the network."""

import statistics
import time
from collections.abc import Sequence

import torch

from daps_desktop.core.photo import Photo
from daps_desktop.core.settings import Device, Preset
from daps_desktop.priors import catalogue, loader
from daps_desktop.solver.planning import TILE
from daps_desktop.solver.presets import LEVELS
from daps_desktop.solver.tiling import origins, tile_overlap
from daps_desktop.worker.devices import choose_device, network_dtype

TRIALS = 3
OVERHEAD = 1.2  # what a run costs beside its network evaluations


def expected_seconds(photo: Photo, presets: Sequence[Preset], device: Device = "auto") -> dict[Preset, float]:
    """Seconds for the whole photo with `safest` output; a hole costs less, as only its surroundings count.

    The network is loaded and tried once, whatever the number of presets.
    """
    evaluation = _seconds_per_evaluation(photo, choose_device(device))
    return {preset: OVERHEAD * evaluation * LEVELS[preset] for preset in presets}


def _seconds_per_evaluation(photo: Photo, device: torch.device) -> float:
    prior = loader.load(catalogue.find(catalogue.default_prior(device.type)), device, network_dtype(device))
    multiple = prior.denoiser.multiple
    height, width = (min(TILE, side + -side % multiple) for side in (photo.height, photo.width))
    tile = torch.zeros(1, 3, height, width, device=device)
    rows, columns = (len(origins(side, TILE, tile_overlap(TILE))) for side in (photo.height, photo.width))
    return statistics.median(_trial(prior, tile) for _ in range(TRIALS)) * rows * columns


def _trial(prior: loader.Prior, tile: torch.Tensor) -> float:
    started = time.perf_counter()
    prior.denoiser.denoise(tile, 0.2)
    if tile.is_cuda:
        torch.cuda.synchronize(tile.device)
    return time.perf_counter() - started
