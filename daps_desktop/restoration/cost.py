"""What a plan costs, said before it is run: network evaluations, time, memory.

How fast a prior is here is learnt from each run that ends, and kept for the next start.
"""

import json
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch

from daps_desktop.base.errors import UserError
from daps_desktop.base.files import write_file
from daps_desktop.base.paths import cache_folder, make_private
from daps_desktop.networks.card import PriorCard
from daps_desktop.networks.runtime.devices import available_memory_mb
from daps_desktop.networks.validation import read_object
from daps_desktop.restoration.plan import Plan

BYTES_PER_PIXEL = 3 * 4  # three channels in float32
KEPT = 3  # pictures that a region keeps between its steps: the photo, its operator's, the estimate
WORKING = 6  # more of them while a step is computed; RK4 holds the most
NETWORK_MB = 400  # activations of one batch of tiles, at most
OVERHEAD = 1.2  # what a run costs besides its network evaluations, until one was seen
_LEARNT = 0.5  # share of the latest run in what is learnt from runs
_ENOUGH = 0.2  # megapixels seen by the network: less says nothing of its speed


@dataclass(frozen=True, slots=True)
class Cost:
    """`evaluations` of the whole picture, as a run reports them; `megapixels` seen by the network in all."""

    evaluations: int
    megapixels: float
    memory_mb: float


def cost(plan: Plan) -> Cost:
    """All runs together; the memory is that of one, besides the weights."""
    # Islands are computed side by side, so the busiest one counts.
    busiest = max((sum(s.recipe.evaluations for s in r.stages) for r in plan.regions), default=0)
    seen = sum(s.seen * s.recipe.evaluations for r in plan.regions for s in r.stages)
    pixels = [max(region.rect.pixels, *(stage.pixels for stage in region.stages)) for region in plan.regions]
    return Cost(plan.runs * busiest, plan.runs * seen / 1e6, required_mb(pixels))


@dataclass(frozen=True, slots=True)
class Pace:
    """Seconds of a run for each network evaluation of a megapixel, and besides."""

    speed: float
    setup: float = 0.0

    def seconds(self, cost: Cost) -> float:
        return self.setup + self.speed * cost.megapixels


def known_pace(card: PriorCard, device: torch.device) -> Pace | None:
    """What runs of that prior took on this computer; None before the first."""
    try:
        speed, setup = _read_paces()[_key(card, device)]
        return Pace(float(speed), float(setup))
    except (KeyError, TypeError, ValueError):  # none yet, or damaged
        return None


def note_pace(card: PriorCard, device: torch.device, done: Cost, solving: float, total: float) -> None:
    """Learn from a run that took so many seconds, `solving` of them for its evaluations."""
    before = known_pace(card, device)
    if before is None and done.megapixels < _ENOUGH:
        return
    speed, setup = solving / max(done.megapixels, _ENOUGH), max(total - solving, 0.0)
    if before is not None:
        enough = done.megapixels >= _ENOUGH
        speed = before.speed * (speed / before.speed) ** _LEARNT if enough else before.speed
        setup += (1 - _LEARNT) * (before.setup - setup)
    paces = {**_read_paces(), _key(card, device): (speed, setup)}
    with suppress(OSError, UserError):  # where it cannot be noted, it is measured again
        make_private(_place().parent)
        write_file(_place(), json.dumps(paces, indent=1).encode(), overwrite=True, private=True)


def _read_paces() -> dict[str, Any]:
    try:
        return read_object(_place())
    except (OSError, ValueError):
        return {}


def _place() -> Path:
    return cache_folder() / "paces.json"


def _key(card: PriorCard, device: torch.device) -> str:
    return f"{card.name} {card.sha256[:16]} {device.type}"


def required_mb(pixels: Sequence[int]) -> float:
    """Megabytes that a run over regions of so many pixels will hold at its peak, besides the weights."""
    at_once = KEPT * sum(pixels) + WORKING * max(pixels, default=0)
    return at_once * BYTES_PER_PIXEL / 2**20 + NETWORK_MB


def check_memory(needed_mb: float, device: torch.device) -> None:
    """Raises: UserError memory_short where the run would not fit."""
    available = available_memory_mb(device)
    if needed_mb > available:
        raise UserError("memory_short", needed_mb=round(needed_mb), available_mb=round(available))
