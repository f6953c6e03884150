"""The M-step within black and white, against slow projected gradients."""

import pytest
import torch
from torch import Tensor

from daps_desktop.solver.operators import Chain, Convolution, GaussianNoise, MaskOperator, gaussian_kernel
from daps_desktop.solver.operators.base import LinearOperator
from daps_desktop.solver.problem import Problem

SIDE = 24
NOISE = GaussianNoise.white(0.02)


def blur(sigma: float) -> Convolution:
    return Convolution(gaussian_kernel(sigma), SIDE, SIDE, dtype=torch.float64)


def spots() -> Tensor:
    """(1, 3, SIDE, SIDE) float64: black and white, and red on black, which blur has mixed."""
    clean = torch.full((1, 3, SIDE, SIDE), -1.0, dtype=torch.float64)
    clean[..., 4:12, 4:12] = 1
    clean[:, 0, 12:20, 12:20] = 1
    A = blur(1.0)
    return A(A.embed(clean))


def holed() -> Tensor:
    known_mask = torch.ones(1, 1, SIDE, SIDE, dtype=torch.float64)
    known_mask[..., 10:13, :] = 0
    return known_mask


def cost(problem: Problem, z: Tensor, prior_std: float, x: Tensor) -> float:
    seen = 1 if problem.A.known_mask is None else problem.A.known_mask
    misfit = (problem.A(x) - problem.y) * seen
    data = float(misfit.square().sum()) / problem.sigma_y**2
    return (data + float((x - z).square().sum()) / prior_std**2) / 2


def slowly(problem: Problem, z: Tensor, prior_std: float) -> Tensor:
    """Accelerated projected gradients (Beck and Teboulle 2009)."""
    A, y = problem.A, problem.y
    assert isinstance(A, LinearOperator)
    rate = 1 / (A.norm**2 / problem.sigma_y**2 + 1 / prior_std**2)
    x = ahead = z.clamp(-1, 1)
    for k in range(2000):
        pull = A.adjoint(A(ahead) - y) / problem.sigma_y**2 + (ahead - z) / prior_std**2
        before, x = x, (ahead - rate * pull).clamp(-1, 1)
        ahead = x + k / (k + 3) * (x - before)
    return x


@pytest.mark.parametrize("named", [1.0, 2.0], ids=["right", "double"])
@pytest.mark.parametrize("prior_std", [0.3, 0.05])
@pytest.mark.parametrize("masked", [False, True], ids=["all", "masked"])
def test_it_ends_near_the_bounded_minimum(named: float, prior_std: float, masked: bool) -> None:
    A = Chain(blur(named), MaskOperator(holed())) if masked else blur(named)
    y = spots() * holed() if masked else spots()
    problem = Problem(A, y, NOISE, bounded=True)
    z = A.initial_estimate(y)
    x = problem.prox(z, prior_std)
    assert float(x.abs().max()) <= 1
    best = cost(problem, z, prior_std, slowly(problem, z, prior_std))
    cut_off = cost(problem, z, prior_std, A.prox(z, y, NOISE, prior_std).clamp(-1, 1))
    assert cost(problem, z, prior_std, x) - best < 0.35 * (cut_off - best)


def test_a_picture_within_its_bounds_is_left_as_it_is() -> None:
    y = spots() / 2
    free, bounded = (Problem(blur(1.0), y, NOISE, bounded=b) for b in (False, True))
    z = free.A.initial_estimate(y)
    torch.testing.assert_close(bounded.prox(z, 0.3), free.prox(z, 0.3), rtol=0, atol=0)
