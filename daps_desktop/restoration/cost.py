"""What a plan costs, said before it is run: network evaluations, time, memory."""

from collections.abc import Sequence
from dataclasses import dataclass

import torch

from daps_desktop.base.errors import UserError
from daps_desktop.networks.runtime.devices import available_memory_mb
from daps_desktop.restoration.plan import Plan

BYTES_PER_PIXEL = 3 * 4  # three channels in float32
KEPT = 3  # pictures that a region keeps between its steps: the photo, its operator's, the estimate
WORKING = 6  # more of them while a step is computed; RK4 holds the most
NETWORK_MB = 400  # activations of one batch of tiles, at most
OVERHEAD = 1.2  # what a run costs besides its network evaluations


@dataclass(frozen=True, slots=True)
class Cost:
    """`evaluations` of the whole picture, as a run reports them; `megapixels` seen by the network in all."""

    evaluations: int
    megapixels: float
    memory_mb: float

    def seconds(self, speed: float) -> float:
        """`speed` is in seconds per network evaluation of a megapixel."""
        return OVERHEAD * speed * self.megapixels


def cost(plan: Plan) -> Cost:
    """All runs together; the memory is that of one, besides the weights."""
    # Islands are computed side by side, so the busiest one counts.
    busiest = max((sum(s.recipe.evaluations for s in r.stages) for r in plan.regions), default=0)
    seen = sum(s.seen * s.recipe.evaluations for r in plan.regions for s in r.stages)
    pixels = [max(stage.pixels for stage in region.stages) for region in plan.regions]
    return Cost(plan.runs * busiest, plan.runs * seen / 1e6, required_mb(pixels))


def required_mb(pixels: Sequence[int]) -> float:
    """Megabytes that a run over regions of so many pixels will hold at its peak, besides the weights."""
    at_once = KEPT * sum(pixels) + WORKING * max(pixels, default=0)
    return at_once * BYTES_PER_PIXEL / 2**20 + NETWORK_MB


def check_memory(needed_mb: float, device: torch.device) -> None:
    """Raises: UserError memory_short where the run would not fit."""
    available = available_memory_mb(device)
    if needed_mb > available:
        raise UserError("memory_short", needed_mb=round(needed_mb), available_mb=round(available))
