"""What the photo tells us: forward operator, measurement and its noise, always together."""

from dataclasses import dataclass

import torch
from torch import Tensor

from daps_desktop.solver.operators.base import Operator
from daps_desktop.solver.operators.noise import GaussianNoise

ROUNDS = 2  # of splitting: the objective is then within some 5 % of its bounded minimum, with none 5 times it
NEGLIGIBLE = 0.1  # noise levels: beyond black and white by less, in the mean, it makes no difference


@dataclass(frozen=True, slots=True)
class Problem:
    """y = A(x) + n, n distributed as `noise` says; `y` as A gives it.

    `bounded`: x is a picture, nowhere darker than black or lighter than white, -1 to 1.
    """

    A: Operator
    y: Tensor
    noise: GaussianNoise
    bounded: bool = False

    @property
    def sigma_y(self) -> float:
        """Std of the noise where one number has to do, in y's units."""
        return self.noise.sigma

    @torch.no_grad()
    def prox(self, z: Tensor, prior_std: float) -> Tensor:
        """The M-step: argmin (A x - y)^T Sigma^-1 (A x - y) / 2 + |x - z|^2 / 2 r^2, x bounded where it is.

        (B, 3, H, W); r is `prior_std`, in [-1, 1] units. Source: the refinement of DAPS++ in closed form; the
        bounds by ADMM (Boyd et al. 2011), each of whose rounds is a step of A too. Cutting off what A's step
        puts beyond them would leave y unexplained there.
        """
        x = self.A.prox(z, self.y, self.noise, prior_std)
        if not self.bounded:
            return x
        inside = x.clamp(-1, 1)
        beyond = x - inside
        if float(beyond.square().mean().sqrt()) < NEGLIGIBLE * self.sigma_y:
            return inside
        weight = (1 + (prior_std / self.sigma_y) ** 2) ** 0.5  # converges fastest, for noise that is white
        for _ in range(ROUNDS):
            centre = (z + weight * (inside - beyond)) / (1 + weight)
            x = self.A.prox(centre, self.y, self.noise, prior_std / (1 + weight) ** 0.5) + beyond
            inside = x.clamp(-1, 1)
            beyond = x - inside
        return inside

    def residual_over_noise(self, x: Tensor) -> float:
        """RMS of A(x) - y over observed entries in units of the noise; near 1 where x explains the photo."""
        return self.A.residual_rms(x, self.y) / self.noise.rms
