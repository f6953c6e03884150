"""How much memory a run will need, said before it begins."""

from collections.abc import Sequence

import torch

from daps_desktop.core.errors import UserError
from daps_desktop.worker.devices import available_memory_mb
from daps_desktop.worker.regions import Region

BYTES_PER_PIXEL = 3 * 4  # three channels in float32
KEPT = 3  # pictures that a region keeps between its steps: the photo, its operator's, the estimate
WORKING = 6  # more of them while a step is computed; RK4 holds the most
NETWORK_MB = 400  # activations of one batch of tiles, at most


def required_mb(regions: Sequence[Region]) -> float:
    """Megabytes that the run will hold at its peak, beside the weights."""
    kept = KEPT * sum(region.pixels for region in regions)
    working = WORKING * max((region.pixels for region in regions), default=0)
    return (kept + working) * BYTES_PER_PIXEL / 2**20 + NETWORK_MB


def check_memory(regions: Sequence[Region], device: torch.device) -> None:
    """Raises: UserError memory_short where the run would not fit."""
    needed, available = required_mb(regions), available_memory_mb(device)
    if needed > available:
        raise UserError("memory_short", needed_mb=round(needed), available_mb=round(available))
