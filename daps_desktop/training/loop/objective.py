"""What a network is taught: which pictures it is shown, and how far off its answer is."""

from collections.abc import Callable
from typing import Protocol

import numpy as np
from torch import Generator, Tensor

from daps_desktop.networks.architectures.norm_free_unet import NormFreeUNet
from daps_desktop.training.loop.recipe import Stages

Batch = tuple[Tensor, ...]
"""What one step learns from; the first of it holds the crops (B, 3, N, N)."""

Forward = Callable[[Tensor, Tensor], Tensor]
"""The network: (B, 3, N, N) and a noise level each (B,) to (B, C, N, N)."""


class Objective(Protocol):
    """`columns` names the figures that `measure` gives; `stages` says how patches grow in a run."""

    columns: tuple[str, ...]
    stages: Stages

    def draw(self, count: int, side: int, rng: np.random.Generator) -> Batch:
        """A batch of `count` crops of side x side pixels, on the processor."""
        ...

    def loss(self, forward: Forward, batch: Batch, noise: Generator) -> Tensor:
        """The mean loss of a batch that is on the device of `noise`, ready for its gradient."""
        ...

    def measure(self, network: NormFreeUNet) -> dict[str, float]:
        """Figures on photos held out."""
        ...
