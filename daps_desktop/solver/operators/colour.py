"""Colour that was lost, and highlights and shadows that were clipped."""

import torch
from torch import Tensor

from daps_desktop.imaging.colour import REC601
from daps_desktop.solver.operators.base import LinearOperator, Operator
from daps_desktop.solver.operators.noise import GaussianNoise, data_weight


class LumaOperator(LinearOperator):
    """RGB (B, 3, H, W) to one channel (B, 1, H, W). One direction of colour space is seen, two are free."""

    def __init__(self) -> None:
        self.norm = sum(w * w for w in REC601) ** 0.5

    def __call__(self, x: Tensor) -> Tensor:
        return (x * _weights(x)).sum(1, keepdim=True)

    def adjoint(self, r: Tensor) -> Tensor:
        return r * _weights(r)

    @torch.no_grad()
    def prox(self, z: Tensor, y: Tensor, noise: GaussianNoise, prior_std: float) -> Tensor:
        seen = self.norm**2
        return z + self.adjoint(data_weight(noise.sigma, prior_std * self.norm) / seen * (y - self(z)))

    def initial_estimate(self, y: Tensor) -> Tensor:
        return y.expand(-1, 3, -1, -1).clone()


def _weights(x: Tensor) -> Tensor:
    return x.new_tensor(REC601).view(1, 3, 1, 1)


class ClippingOperator(Operator):
    """y = clip(scale x, -1, 1), entry by entry."""

    pixelwise = True

    def __init__(self, scale: float) -> None:
        self.norm = scale
        self._gain = scale

    def __call__(self, x: Tensor) -> Tensor:
        return (self._gain * x).clamp(-1, 1)

    @torch.no_grad()
    def prox(self, z: Tensor, y: Tensor, noise: GaussianNoise, prior_std: float) -> Tensor:
        """The global minimum: the cheapest of the best values inside, above and below the clipping points."""
        edge = 1 / self._gain
        ratio = (noise.sigma / prior_std) ** 2
        inside = ((self._gain * y + ratio * z) / (self._gain**2 + ratio)).clamp(-edge, edge)
        candidates = torch.stack([inside, z.clamp(min=edge), z.clamp(max=-edge)])
        cost = (self(candidates) - y).square() + ratio * (candidates - z).square()
        return candidates.gather(0, cost.argmin(0, keepdim=True))[0]

    def initial_estimate(self, y: Tensor) -> Tensor:
        return y / self._gain

    @torch.no_grad()
    def project(self, v: Tensor, y: Tensor) -> Tensor:
        """The scene nearest to v that clipping turns into y; where y is clipped there are many."""
        edge = 1 / self._gain
        known = torch.where(y >= 1, v.clamp(min=edge), y / self._gain)
        return torch.where(y <= -1, v.clamp(max=-edge), known)
