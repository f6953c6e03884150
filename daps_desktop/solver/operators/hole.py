"""Pixels that tell nothing, and photos that are noisy only."""

import torch
import torch.nn.functional as F
from torch import Tensor

from daps_desktop.core.hole import Hole
from daps_desktop.solver.operators.base import LinearOperator


def observed_from_hole(hole: Hole, device: torch.device | str = "cpu") -> Tensor:
    """(1, 1, H, W) float32, 1 = trust the photo, from a hole (H, W), True = reconstruct. The only bridge."""
    return torch.tensor(~hole, dtype=torch.float32, device=device)[None, None]


class Identity(LinearOperator):
    """A x = x: the photo is noisy and nothing else."""

    pixelwise = True

    def __call__(self, x: Tensor) -> Tensor:
        return x

    def adjoint(self, r: Tensor) -> Tensor:
        return r

    @torch.no_grad()
    def prox(self, z: Tensor, y: Tensor, sigma_y: float, trust: float) -> Tensor:
        return z + believe(sigma_y, trust) * (y - z)


class HoleMask(LinearOperator):
    """Keeps observed pixels, zeroes the rest; its own transpose. What y holds in the hole is ignored."""

    pixelwise = True

    def __init__(self, observed: Tensor) -> None:
        """observed: (1 or B, 1, H, W), 1 = trust the photo, 0 = hole."""
        self.observed = observed
        self._kept = observed

    def __call__(self, x: Tensor) -> Tensor:
        return x * self._kept

    def adjoint(self, r: Tensor) -> Tensor:
        return r * self._kept

    @torch.no_grad()
    def prox(self, z: Tensor, y: Tensor, sigma_y: float, trust: float) -> Tensor:
        return z + self._kept * (believe(sigma_y, trust) * (y - z))

    @torch.no_grad()
    def start(self, y: Tensor) -> Tensor:
        """y with the hole filled smoothly from its rim."""
        return fill_hole(y, self._kept)


def believe(sigma_y: float, trust: float) -> float:
    """How far a directly observed value moves from z to y: trust^2 / (trust^2 + sigma_y^2)."""
    return trust**2 / (trust**2 + sigma_y**2)


def fill_hole(y: Tensor, observed: Tensor) -> Tensor:
    """y (B, C, H, W) with its hole filled from ever coarser averages of what is observed (pull-push).

    Source: Gortler et al., The Lumigraph, 1996. A photo without any observed pixel comes back as zeros.
    """
    kept = observed.to(y.dtype).expand(y.shape[0], 1, *y.shape[-2:])
    known = torch.where(kept > 0, y, 0.0)
    if bool((kept > 0).all()) or max(y.shape[-2:]) == 1:
        return known
    weight = F.avg_pool2d(kept, 2, ceil_mode=True)
    mean = F.avg_pool2d(known * kept, 2, ceil_mode=True) / weight.clamp(min=1e-6)
    coarse = fill_hole(mean, (weight > 0).to(y.dtype))
    size = (y.shape[-2], y.shape[-1])
    smooth = F.interpolate(coarse, scale_factor=2, mode="bilinear")[..., : size[0], : size[1]]
    return torch.where(kept > 0, y, smooth)
