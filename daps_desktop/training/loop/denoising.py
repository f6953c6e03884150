"""The objective of a prior: the clean picture from a noisy one, at every noise level."""

from collections.abc import Callable
from functools import partial

import numpy as np
import torch
from torch import Generator, Tensor, nn

from daps_desktop.networks.architectures.norm_free_unet import NormFreeUNet
from daps_desktop.networks.edm import from_output, loss_weight, scalings
from daps_desktop.networks.runtime.devices import has_fast_bfloat16
from daps_desktop.training.data.crops import Crops
from daps_desktop.training.loop.objective import Batch, Forward
from daps_desktop.training.loop.recipe import STAGES, draw_sigma
from daps_desktop.training.loop.validation import GREY_LEVELS, denoising_psnr


class Denoising:
    """The loss of EDM (Karras et al. 2022, arXiv 2206.00364, eq. 8 and table 1) on crops of clean photos.

    It is measured on `clean` (N, 3, H, W), photos held out.
    """

    columns = tuple(f"psnr_{level}" for level in GREY_LEVELS)
    stages = STAGES

    def __init__(self, crops: Crops, clean: Tensor) -> None:
        self.crops, self.clean = crops, clean

    def draw(self, count: int, side: int, rng: np.random.Generator) -> Batch:
        """Clean crops in [-1, 1], and their noise levels (B,)."""
        return torch.from_numpy(self.crops.draw(count, side, rng)), torch.from_numpy(draw_sigma(count, rng))

    def loss(self, forward: Forward, batch: Batch, noise: Generator) -> Tensor:
        x0, sigma = batch
        noisy = x0 + sigma.view(-1, 1, 1, 1) * torch.empty_like(x0).normal_(generator=noise)
        scaling = scalings(sigma)
        output = in_mixed_precision(forward, noisy * scaling.into, scaling.noise)
        error = from_output(output, noisy, scaling) - x0
        return (loss_weight(sigma) * error.square().mean((1, 2, 3))).mean()

    def measure(self, network: NormFreeUNet) -> dict[str, float]:
        return validate(network, self.clean)


def in_mixed_precision(forward: Forward, x: Tensor, level: Tensor) -> Tensor:
    """The network's answer in float32, computed in bfloat16 where the device is fast at it."""
    with torch.autocast(x.device.type, torch.bfloat16, enabled=has_fast_bfloat16(x.device)):
        return forward(x, level).float()


def validate(network: NormFreeUNet, clean: Tensor) -> dict[str, float]:
    """PSNR in dB at each noise level, the mean over the pictures (N, 3, H, W)."""
    clean, by_network = clean.to(network.device), partial(denoise, network)
    return {f"psnr_{level}": denoising_psnr(by_network, clean, level) for level in GREY_LEVELS}


@torch.no_grad()
def denoise(network: nn.Module | Callable[..., Tensor], x: Tensor, sigma: float) -> Tensor:
    """By a network on the device of x, in float32. x and the result (B, 3, H, W)."""
    scaling = scalings(torch.full((len(x),), sigma, device=x.device))
    return from_output(network(x * scaling.into, scaling.noise), x, scaling)
