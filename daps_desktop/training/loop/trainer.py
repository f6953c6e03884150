"""The network while it learns, the running mean of its weights, and one step."""

from collections.abc import Callable
from copy import deepcopy
from importlib.util import find_spec

import torch
from torch import Tensor, nn

from daps_desktop.networks.architectures.norm_free_unet import NormFreeUNet
from daps_desktop.training.loop.objective import Batch, Objective
from daps_desktop.training.loop.recipe import Recipe

GRADIENT_NORM = 0.5  # larger gradients are shortened to this


class Trainer:
    """The mean of the weights is what a run is worth: it is measured, kept on disk and exported."""

    def __init__(
        self, network: NormFreeUNet, objective: Objective, recipe: Recipe, device: torch.device
    ) -> None:
        order = torch.contiguous_format if device.type == "mps" else torch.channels_last
        nn.Module.to(network, device, memory_format=order)  # pyright: ignore[reportCallIssue]
        self.network = network.train().requires_grad_(True)
        self.mean = deepcopy(network).eval().requires_grad_(False)
        self.objective = objective
        self.recipe = recipe
        self.device = device
        self.forward: Callable[..., Tensor] = torch.compile(network) if can_compile(device) else network
        self.optimiser = torch.optim.AdamW(
            self.network.parameters(), recipe.lr, (0.9, 0.99), weight_decay=0.0, fused=device.type != "mps"
        )
        self.rng = torch.Generator(device).manual_seed(recipe.seed)
        self.steps = 0  # since this session began
        self.loss = torch.zeros((), device=device)  # recent, on the device, so that no step waits for it

    def learn(self, batch: Batch, lr: float) -> None:
        """One step."""
        batch = tuple(tensor.to(self.device, non_blocking=True) for tensor in batch)
        loss = self.objective.loss(self.forward, batch, self.rng)
        self.optimiser.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(self.network.parameters(), GRADIENT_NORM)
        for group in self.optimiser.param_groups:
            group["lr"] = lr
        self.optimiser.step()
        self._average(loss.detach())
        self.steps += 1

    @torch.no_grad()
    def _average(self, loss: Tensor) -> None:
        weight = 1 - self.recipe.decay(self.steps)
        mean: list[Tensor] = list(self.mean.parameters())
        weights: list[Tensor] = list(self.network.parameters())
        torch._foreach_lerp_(mean, weights, weight)  # pyright: ignore[reportPrivateImportUsage]
        self.loss.lerp_(loss, max(0.01, 1 / (self.steps + 1)))


def can_compile(device: torch.device) -> bool:
    """Whether compiling pays, and the compiler of graphics cards is there: builds for Windows lack it."""
    return device.type == "cuda" and find_spec("triton") is not None
