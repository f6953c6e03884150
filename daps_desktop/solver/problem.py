"""What the photo tells us: forward operator, measurement and its noise, always together."""

from dataclasses import dataclass

from torch import Tensor

from daps_desktop.solver.operators.base import Operator
from daps_desktop.solver.operators.noise import GaussianNoise


@dataclass(frozen=True, slots=True)
class Problem:
    """y = A(x) + n, n distributed as `noise` says; `y` as A gives it."""

    A: Operator
    y: Tensor
    noise: GaussianNoise

    @property
    def sigma_y(self) -> float:
        """Std of the noise where one number has to do, in y's units."""
        return self.noise.sigma

    def residual_over_noise(self, x: Tensor) -> float:
        """RMS of A(x) - y over observed entries in units of the noise; near 1 where x explains the photo."""
        return self.A.residual_rms(x, self.y) / self.noise.rms
