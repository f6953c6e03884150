"""How well a denoiser does on photos it never saw: fixed crops, fixed noise."""

from collections.abc import Callable, Sequence

import numpy as np
import torch
from torch import Tensor

from daps_desktop.training.data.photos import Pixels8

SIDE = 256  # pixels
GREY_LEVELS = (15, 25, 50)  # noise std, of 255

Denoise = Callable[[Tensor, float], Tensor]
"""(B, 3, H, W) and sigma, [-1, 1] units, to the estimate of the clean picture."""


def centre_crop(photo: Pixels8) -> Pixels8:
    """The middle SIDE x SIDE pixels of a photo (H, W, 3) that is at least as large."""
    top, left = ((length - SIDE) // 2 for length in photo.shape[:2])
    return photo[top : top + SIDE, left : left + SIDE]


def stacked(crops: Sequence[Pixels8]) -> Tensor:
    """(N, 3, H, W) float32 in [-1, 1]."""
    return torch.from_numpy(np.stack(crops)).permute(0, 3, 1, 2).float() / 127.5 - 1


def noise_like(clean: Tensor, grey_level: int) -> Tensor:
    """The same noise each time, whatever the device."""
    rng = torch.Generator().manual_seed(1000 + grey_level)
    return torch.randn(clean.shape, generator=rng).to(clean.device)


def psnr(estimate: Tensor, clean: Tensor) -> Tensor:
    """(B,) in dB, for pictures in [-1, 1]; what lies outside is clipped as a saved picture would be."""
    mse = (estimate.clamp(-1, 1) - clean).square().mean((1, 2, 3))
    return 10 * torch.log10(4 / mse)


@torch.no_grad()
def denoising_psnr(denoise: Denoise, clean: Tensor, grey_level: int, batch: int = 4) -> float:
    """Mean over the pictures, in dB."""
    sigma = grey_level / 127.5
    noisy = clean + sigma * noise_like(clean, grey_level)
    pairs = zip(noisy.split(batch), clean.split(batch), strict=True)
    return torch.cat([psnr(denoise(y, sigma), x0) for y, x0 in pairs]).mean().item()
