"""What the photo tells us: forward operator, measurement and its noise, always together."""

from dataclasses import dataclass

from torch import Tensor

from daps_desktop.solver.operators.base import Operator


@dataclass(frozen=True, slots=True)
class Problem:
    """y = A(x) + sigma_y n. `y` as A gives it; sigma_y > 0 is a std in y's units."""

    A: Operator
    y: Tensor
    sigma_y: float

    def residual_over_noise(self, x: Tensor) -> float:
        """RMS of A(x) - y over observed entries in units of sigma_y; near 1 where x explains the photo."""
        return self.A.residual_rms(x, self.y) / self.sigma_y
