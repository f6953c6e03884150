"""What a denoiser does wrong on observed pixels is known, so it can be undone in the mask next to them."""

import math

import torch
import torch.nn.functional as F
from torch import Tensor

from daps_desktop.solver.denoisers.denoiser import Denoiser


class BiasCorrectedDenoiser:
    """A denoiser for pictures with a mask: the smooth part of its error y - x0_hat is carried into it.

    There level after level would add it up to a tint. Measured on repairs: 0.3 dB inside the mask.
    """

    REACHES = (6.0, 2.0)  # std of the neighbourhood in pixels: first for wide masks, then along the rim

    def __init__(self, inner: Denoiser, y: Tensor, known_mask: Tensor) -> None:
        """y: (1, 3, H, W); observed: (1, 1, H, W), 1 = trust the photo."""
        self.inner = inner
        self.size_multiple = inner.size_multiple
        self.sigma_max = inner.sigma_max
        self._y = y
        self._known_mask = known_mask
        # Far from all that is observed there is nothing to go by, and the correction fades out.
        self._nearness = [gaussian(known_mask, reach).clamp(min=0.05) for reach in self.REACHES]

    @torch.no_grad()
    def denoise(self, x: Tensor, sigma: float) -> Tensor:
        x0_hat = self.inner.denoise(x, sigma)
        for reach, nearness in zip(self.REACHES, self._nearness, strict=True):
            x0_hat = x0_hat + gaussian((self._y - x0_hat) * self._known_mask, reach) / nearness
        return x0_hat


def gaussian(x: Tensor, std: float) -> Tensor:
    """x (B, C, H, W) smoothed by a separable Gaussian truncated at 3 std, borders reflected."""
    flat = x.reshape(-1, 1, *x.shape[-2:])
    for side in (flat.shape[-1], flat.shape[-2]):  # along the rows, turned, and along the columns
        radius = min(math.ceil(3 * std), side - 1)
        offsets = torch.arange(-radius, radius + 1, dtype=x.dtype, device=x.device)
        taps = torch.exp(-0.5 * (offsets / std) ** 2)
        padded = F.pad(flat, (radius, radius, 0, 0), mode="reflect")
        flat = F.conv2d(padded, (taps / taps.sum()).view(1, 1, 1, -1)).mT
    return flat.reshape(x.shape)
