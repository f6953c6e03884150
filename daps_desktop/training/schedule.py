"""The learning rate and the running average, as functions of where the run stands."""

from collections.abc import Iterable

import torch
from torch import Tensor

from daps_desktop.training.settings import Recipe


def learning_rate(recipe: Recipe, step: int, progress: float) -> float:
    """Rises over the first steps, stays, and falls linearly to zero where `progress` (0 to 1) ends."""
    warm = min(1.0, (step + 1) / max(recipe.warmup_steps, 1))
    left = min(1.0, (1 - progress) / (1 - recipe.decay_from))
    return recipe.lr * warm * left


def ema_decay(most: float, step: int) -> float:
    """`most` in the long run; less in the first steps, which else would hold the average back."""
    return min(most, (1 + step) / (10 + step))


@torch.no_grad()
def update_ema(ema: Iterable[Tensor], weights: Iterable[Tensor], decay: float) -> None:
    """ema <- decay * ema + (1 - decay) * weights, in place, in the float32 of `ema`."""
    # Two hundred tensors in a few launches: one by one they would cost a fast GPU a tenth of the step.
    torch._foreach_lerp_(list(ema), list(weights), 1 - decay)  # pyright: ignore[reportPrivateImportUsage]
