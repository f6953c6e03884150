"""How much memory a run will need, said before it begins."""

from collections.abc import Sequence

import torch

from daps_desktop.base.errors import UserError
from daps_desktop.networks.runtime.devices import available_memory_mb

BYTES_PER_PIXEL = 3 * 4  # three channels in float32
KEPT = 3  # pictures that a region keeps between its steps: the photo, its operator's, the estimate
WORKING = 6  # more of them while a step is computed; RK4 holds the most
NETWORK_MB = 400  # activations of one batch of tiles, at most


def required_mb(pixels: Sequence[int]) -> float:
    """Megabytes that a run over regions of so many pixels will hold at its peak, beside the weights."""
    at_once = KEPT * sum(pixels) + WORKING * max(pixels, default=0)
    return at_once * BYTES_PER_PIXEL / 2**20 + NETWORK_MB


def check_memory(pixels: Sequence[int], device: torch.device) -> None:
    """Raises: UserError memory_short where the run would not fit."""
    needed, available = required_mb(pixels), available_memory_mb(device)
    if needed > available:
        raise UserError("memory_short", needed_mb=round(needed), available_mb=round(available))
