"""The network as a denoiser while it learns, one noise level per picture (Karras 2022, arXiv 2206.00364)."""

import math
from dataclasses import replace
from typing import Any

import torch
from torch import Tensor, nn

from daps_desktop.solver.anchor import Anchor

MEANS = 8  # pixels: the side of the blocks whose means have a loss of their own
SIGMA_RANGE = (0.002, 100.0)  # what is drawn outside is moved to the end


class Edm(nn.Module):
    """D(x, sigma) = anchor(c_skip x + c_out F(c_in x, ln(sigma) / 4)), table 1 of the paper.

    F works on the pixel-unshuffled image. While training F runs in bfloat16 where `mixed`;
    everything else is float32.
    """

    def __init__(
        self, network: Any, pixel_patch: int, sigma_data: float, anchor: Anchor, mixed: bool = False
    ) -> None:
        super().__init__()
        self.network = network  # a UNet2DModel, or the same compiled
        self.pixel_patch = pixel_patch
        self.sigma_data = sigma_data
        self.anchor = anchor
        self.mixed = mixed

    def forward(self, x: Tensor, sigma: Tensor) -> Tensor:
        """x and the result (B, 3, N, N) in [-1, 1] units, sigma (B,) in the same units."""
        return anchored(self.anchor, x, self.unanchored(x, sigma), sigma)

    def unanchored(self, x: Tensor, sigma: Tensor) -> Tensor:
        sd = self.sigma_data
        s = sigma.view(-1, 1, 1, 1)
        c_in = (s**2 + sd**2).rsqrt()
        packed = nn.functional.pixel_unshuffle(x * c_in, self.pixel_patch)
        with torch.autocast(x.device.type, torch.bfloat16, enabled=self.mixed and self.training):
            output = self.network(packed, sigma.log() / 4)
        return x * (sd * c_in) ** 2 + nn.functional.pixel_shuffle(output.float(), self.pixel_patch) * (
            s * sd * c_in
        )


def anchor_inside(anchor: Anchor, side: int) -> Anchor:
    """The anchor with the scales that a picture of `side` pixels can carry; the finest always."""
    return replace(anchor, scales=tuple(s for s in anchor.scales if 4 * s <= side) or anchor.scales[:1])


def anchored(anchor: Anchor, x: Tensor, x0_hat: Tensor, sigma: Tensor) -> Tensor:
    """What Anchor.apply gives for each picture at its own noise level; x is (B, C, N, N), sigma (B,).

    Smoothing is a product with one matrix per picture, so that pictures need not be sorted by scale.
    """
    scales = torch.tensor(anchor.scales, dtype=sigma.dtype, device=sigma.device)
    octaves = (sigma.clamp(min=1e-9) / anchor.sigma_per_pixel).log2()
    nearest = (scales.log2() - octaves[:, None]).abs().argmin(1)
    mean_std = sigma / (2 * math.sqrt(math.pi) * scales[nearest])
    weight = anchor.known_mean_std**2 / (anchor.known_mean_std**2 + mean_std**2)
    smooth = torch.stack([smoothing_matrix(x.shape[-1], s, x.device) for s in anchor.scales])[nearest][
        :, None
    ]
    return x0_hat + weight.view(-1, 1, 1, 1) * (smooth @ (x - x0_hat) @ smooth.mT)


def smoothing_matrix(size: int, std: float, device: torch.device) -> Tensor:
    """(size, size): a column times this is the column smoothed as in solver.anchor.gaussian."""
    radius = min(math.ceil(3 * std), size - 1)
    offsets = torch.arange(-radius, radius + 1, device=device)
    taps = torch.exp(-0.5 * (offsets / std) ** 2)
    reached = (torch.arange(size, device=device)[:, None] + offsets).abs()
    reached = (size - 1) - ((size - 1) - reached).abs()
    matrix = torch.zeros(size, size, device=device)
    return matrix.scatter_add_(1, reached, (taps / taps.sum()).expand(size, -1))


def draw_sigma(count: int, mean: float, std: float, rng: torch.Generator) -> Tensor:
    """(count,) noise levels exp(N(mean, std)), kept inside SIGMA_RANGE."""
    normal = torch.randn(count, generator=rng, device=rng.device)
    return (mean + std * normal).exp().clamp(*SIGMA_RANGE)


def edm_losses(edm: Edm, x0: Tensor, sigma: Tensor, noise: Tensor) -> tuple[Tensor, Tensor]:
    """(B,) weighted squared errors of the pixels, and of the 8 x 8 means; weights as in equation 8."""
    error = edm(x0 + sigma.view(-1, 1, 1, 1) * noise, sigma) - x0
    weight = (sigma**2 + edm.sigma_data**2) / (sigma * edm.sigma_data) ** 2
    of_pixels = error.square().mean((1, 2, 3))
    of_means = nn.functional.avg_pool2d(error, MEANS).square().mean((1, 2, 3))
    return weight * of_pixels, weight * of_means
