"""The low-frequency anchor: local means come from the noisy picture where it knows them better.

A network with GroupNorm gets local means wrong by about 0.02; the mean of N noisy pixels is wrong by
sigma / sqrt(N). So D <- D + w G * (x - D), with G a Gaussian of S pixels and
w = k^2 / (k^2 + (sigma / (2 sqrt(pi) S))^2), where k is the error of the network's local mean.
Without it, fifty levels add the error up to a visible tint inside every repaired scratch.
"""

import math
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor

from daps_desktop.solver.denoiser import Denoiser


@dataclass(frozen=True, slots=True)
class Anchor:
    """S = sigma / sigma_per_pixel, one of `scales` (pixels); known_mean_std is k."""

    sigma_per_pixel: float = 0.0142
    known_mean_std: float = 0.02
    scales: tuple[int, ...] = (2, 4, 8, 16, 32)

    def scale(self, sigma: float) -> int:
        """The allowed scale nearest to sigma / sigma_per_pixel, in octaves."""
        wanted = math.log2(max(sigma, 1e-9) / self.sigma_per_pixel)
        return min(self.scales, key=lambda s: abs(math.log2(s) - wanted))

    def weight(self, sigma: float) -> float:
        mean_std = sigma / (2 * math.sqrt(math.pi) * self.scale(sigma))
        return self.known_mean_std**2 / (self.known_mean_std**2 + mean_std**2)

    def apply(self, x: Tensor, x0_hat: Tensor, sigma: float) -> Tensor:
        """x0_hat with its local means drawn towards those of x; all (B, C, H, W)."""
        result, weight, scale = torch.empty_like(x0_hat), self.weight(sigma), self.scale(sigma)
        for c in range(x.shape[1]):  # one channel at a time: a large photo has no room for three
            plane = slice(c, c + 1)
            difference = x[:, plane] - x0_hat[:, plane]
            torch.add(x0_hat[:, plane], gaussian(difference, scale), alpha=weight, out=result[:, plane])
        return result


class AnchoredDenoiser:
    """A denoiser with the anchor laid over its estimate; outside the tiling, so that tiles keep one level."""

    def __init__(self, inner: Denoiser, anchor: Anchor) -> None:
        self.inner = inner
        self.anchor = anchor
        self.multiple = inner.multiple
        self.sigma_max = inner.sigma_max

    @torch.no_grad()
    def denoise(self, x: Tensor, sigma: float) -> Tensor:
        return self.anchor.apply(x, self.inner.denoise(x, sigma), sigma)


class LevellingDenoiser:
    """A denoiser for pictures with a hole: what it does wrong around the hole is undone inside it.

    On observed pixels the error y - x0_hat is known. Its smooth part goes on into the hole, where level after
    level would add it up to a tint; so it is carried over from the observed pixels within reach.
    """

    REACHES = (6.0, 2.0)  # std of the neighbourhood in pixels: first for wide holes, then along the rim

    def __init__(self, inner: Denoiser, y: Tensor, observed: Tensor) -> None:
        """y: (1, 3, H, W); observed: (1, 1, H, W), 1 = trust the photo."""
        self.inner = inner
        self.multiple = inner.multiple
        self.sigma_max = inner.sigma_max
        self._y = y
        self._observed = observed
        # Far from all that is observed there is nothing to go by, and the correction fades out.
        self._nearness = [gaussian(observed, reach).clamp(min=0.05) for reach in self.REACHES]

    @torch.no_grad()
    def denoise(self, x: Tensor, sigma: float) -> Tensor:
        x0_hat = self.inner.denoise(x, sigma)
        for reach, nearness in zip(self.REACHES, self._nearness, strict=True):
            x0_hat = x0_hat + gaussian((self._y - x0_hat) * self._observed, reach) / nearness
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
