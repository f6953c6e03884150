"""Pixels without information, and photos that are only noisy."""

import cv2
import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from daps_desktop.imaging.mask import Mask
from daps_desktop.solver.operators.base import LinearOperator
from daps_desktop.solver.operators.noise import GaussianNoise

MAX_BLOCKS = 0.5  # share of the blocks with a hole in them above which a mask is filled smoothly


def known_mask_of(mask: Mask, device: torch.device | str = "cpu") -> Tensor:
    """(1, 1, H, W) float32, 1 = trust the photo, from a mask (H, W), True = reconstruct. The only bridge."""
    return torch.tensor(~mask, dtype=torch.float32, device=device)[None, None]


class Identity(LinearOperator):
    """A x = x: the photo is noisy and nothing else."""

    pixelwise = True

    def __call__(self, x: Tensor) -> Tensor:
        return x

    def adjoint(self, r: Tensor) -> Tensor:
        return r

    @torch.no_grad()
    def prox(self, z: Tensor, y: Tensor, noise: GaussianNoise, prior_std: float) -> Tensor:
        return z + noise.shrink(y - z, prior_std)


class MaskOperator(LinearOperator):
    """Keeps observed pixels, zeroes the rest; its own transpose. What y holds in the mask is ignored."""

    pixelwise = True

    def __init__(self, known_mask: Tensor) -> None:
        """observed: (1 or B, 1, H, W), 1 = trust the photo, 0 = fill."""
        self.known_mask = known_mask
        self._kept = known_mask

    def __call__(self, x: Tensor) -> Tensor:
        return x * self._kept

    def adjoint(self, r: Tensor) -> Tensor:
        return r * self._kept

    @torch.no_grad()
    def prox(self, z: Tensor, y: Tensor, noise: GaussianNoise, prior_std: float) -> Tensor:
        if not noise.is_white:
            return super().prox(z, y, noise, prior_std)
        return z + self._kept * noise.shrink(y - z, prior_std)

    @torch.no_grad()
    def initial_estimate(self, y: Tensor) -> Tensor:
        """y with the mask filled from its rim."""
        return fill_mask(y, self._kept)


def fill_mask(y: Tensor, known_mask: Tensor) -> Tensor:
    """y (B, C, H, W) with its mask filled: its texture goes on where the mask is narrow, else smoothly.

    By frequency-selective reconstruction (Seiler, Kaup 2010; Genser, Seiler, Kaup 2018), which needs about
    5 ms for each block of 8 x 8 pixels with a hole in it: where most blocks have one, as where pixels are
    missing at random, there is enough nearby for a smooth filling to serve as well.
    """
    smooth = fill_smoothly(y, known_mask)
    blocks = F.max_pool2d(1 - known_mask.to(y.dtype), 8, ceil_mode=True)
    if not 0 < float(blocks.mean()) <= MAX_BLOCKS:
        return smooth
    known = known_mask.expand(y.shape[0], 1, *y.shape[-2:])
    textured = [_reconstruct(photo, kept[0]) for photo, kept in zip(smooth, known, strict=True)]
    return torch.where(known_mask > 0, y, torch.stack(textured))


def _reconstruct(photo: Tensor, known: Tensor) -> Tensor:
    """(C, H, W) by OpenCV, which takes 8 bits only; `known` is (H, W). Three equal channels stay equal."""
    levels = photo.add(1).mul(127.5).round().clamp(0, 255).to(torch.uint8)
    grey = bool((levels == levels[:1]).all())
    pixels = np.ascontiguousarray((levels[:1] if grey else levels).permute(1, 2, 0).cpu().numpy())
    mask = (known > 0).to(torch.uint8).mul(255).cpu().numpy()
    filled = np.empty_like(pixels)
    cv2.xphoto.inpaint(pixels, mask, filled, cv2.xphoto.INPAINT_FSR_FAST)
    planes = torch.as_tensor(filled).reshape(pixels.shape).permute(2, 0, 1)
    return planes.to(photo).div(127.5).sub(1).expand_as(photo)


def fill_smoothly(y: Tensor, known_mask: Tensor) -> Tensor:
    """y (B, C, H, W) with its mask filled from ever coarser averages of what is observed (pull-push).

    Source: Gortler et al., The Lumigraph, 1996. A photo without any observed pixel comes back as zeros.
    """
    kept = known_mask.to(y.dtype).expand(y.shape[0], 1, *y.shape[-2:])
    known = torch.where(kept > 0, y, 0.0)
    if bool((kept > 0).all()) or max(y.shape[-2:]) == 1:
        return known
    weight = F.avg_pool2d(kept, 2, ceil_mode=True)
    mean = F.avg_pool2d(known * kept, 2, ceil_mode=True) / weight.clamp(min=1e-6)
    coarse = fill_smoothly(mean, (weight > 0).to(y.dtype))
    size = (y.shape[-2], y.shape[-1])
    smooth = F.interpolate(coarse, scale_factor=2, mode="bilinear")[..., : size[0], : size[1]]
    return torch.where(kept > 0, y, smooth)
