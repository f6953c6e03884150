"""How a network is trained: patches, noise levels and learning rate, by where the run stands."""

import math
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from daps_desktop.base.errors import UserError

Stages = tuple[tuple[float, int, float], ...]
STAGES: Stages = ((0.0, 64, 1.0), (0.55, 96, 1 / 2), (0.8, 128, 3 / 8))
"""From which part of the run on, side of the patches in pixels, and their number as a part of the batch."""

FINDER_STAGES: Stages = ((0.0, 192, 1 / 4),)
"""The same of a finder of damage, whose patches hold a face that is shown enlarged."""

SHORTEST = max(side for _, side, _ in STAGES)  # pixels a photo must have on both sides
LOG_SIGMA_MEAN, LOG_SIGMA_STD = -1.8, 1.2  # sigma ~ exp(N(mean, std)), [-1, 1] units
WIDE, WIDE_SIGMA = 0.15, (0.5, 80.0)  # so many lie evenly on the logarithmic scale between these instead
SIGMA_RANGE = (0.002, 80.0)  # what is drawn outside is moved to the end
BATCH, CARD_BATCH = 16, 256  # patches of the first stage a step, on a processor and on a graphics card


def check(name: str, ok: bool, detail: str) -> None:
    """Raises: UserError (`setting_value`) unless `ok`."""
    if not ok:
        raise UserError("setting_value", name=name, detail=detail)


@dataclass(frozen=True, slots=True)
class Recipe:
    """What may differ between runs."""

    batch: int = BATCH
    lr: float = 2e-3
    warmup_steps: int = 200  # after every start: the optimiser knows nothing of the steps before
    fall_from: float = 0.25  # part of the run after which the learning rate falls to zero along a cosine
    mean_decay: float = 0.9995  # of the running mean of the weights
    seed: int = 0

    def __post_init__(self) -> None:
        check("batch", 1 <= self.batch <= 65_536, f"must be between 1 and 65536, not {self.batch}")
        check("lr", 0 < self.lr < 1, f"must be between 0 and 1, not {self.lr:g}")
        check("seed", 0 <= self.seed < 2**32, f"must be between 0 and 2^32, not {self.seed}")
        for name in ("fall_from", "mean_decay"):
            part = getattr(self, name)
            check(name, 0 <= part < 1, f"must be at least 0 and below 1, not {part:g}")

    def patches(self, progress: float, stages: Stages = STAGES) -> tuple[int, int]:
        """(number, side in pixels) at a part of the run, 0 to 1."""
        side, part = next((side, part) for begin, side, part in reversed(stages) if progress >= begin)
        return max(1, round(self.batch * part)), side

    def learning_rate(self, step: int, progress: float) -> float:
        """At the step since the start of this session, and a part of the run."""
        warm = min(1.0, (step + 1) / max(self.warmup_steps, 1))
        fallen = max(0.0, (progress - self.fall_from) / (1 - self.fall_from))
        return self.lr * warm * (1 + math.cos(math.pi * fallen)) / 2

    def decay(self, step: int) -> float:
        """Less in the first steps, which else would hold the mean back."""
        return min(self.mean_decay, (1 + step) / (10 + step))


def usual_batch(device: torch.device) -> int:
    return CARD_BATCH if device.type == "cuda" else BATCH


def draw_sigma(count: int, rng: np.random.Generator) -> NDArray[np.float32]:
    """(count,) noise levels."""
    usual = rng.normal(LOG_SIGMA_MEAN, LOG_SIGMA_STD, count)
    low, high = map(math.log, WIDE_SIGMA)
    wide = rng.uniform(low, high, count)
    drawn = np.where(rng.random(count) < WIDE, wide, usual)
    return np.exp(drawn).clip(*SIGMA_RANGE).astype(np.float32)
