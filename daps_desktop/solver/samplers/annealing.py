"""What every method shares: the step it yields, fresh noise, and the refusal of non-finite values."""

from collections.abc import Generator
from dataclasses import dataclass

import torch
from torch import Tensor

from daps_desktop.base.errors import SolverDivergedError
from daps_desktop.base.i18n import N_, phrase
from daps_desktop.solver.problem import Problem
from daps_desktop.solver.tensors import PHOTO_STD


@dataclass(frozen=True, slots=True)
class AnnealingStep:
    """One noise level, done: `x0_y` is the estimate after seeing y, (B, 3, H, W), not yet cropped."""

    index: int
    sigma: float
    x0_y: Tensor
    residual_over_noise: float


Steps = Generator[AnnealingStep, None, None]


def renoise(x0_y: Tensor, sigma: float, rng: torch.Generator) -> Tensor:
    """x0_y + sigma n with fresh n, drawn from rng on the device of x0_y; x0_y itself for sigma 0."""
    if sigma == 0:
        return x0_y
    noise = torch.randn(x0_y.shape, generator=rng, device=x0_y.device, dtype=x0_y.dtype)
    return noise.mul_(sigma).add_(x0_y)


def finite_step(index: int, sigma: float, problem: Problem, x0_y: Tensor) -> AnnealingStep:
    """Raises: SolverDivergedError if x0_y or its residual is not finite."""
    residual = problem.residual_over_noise(x0_y)
    # The sum is finite where all entries are, and needs no image-sized temporary.
    if not (torch.isfinite(x0_y.sum()) and residual < float("inf")):
        raise SolverDivergedError(phrase(N_("at noise level {sigma:.3g}"), sigma=sigma))
    return AnnealingStep(index, sigma, x0_y, residual)


def prior_std_at(sigma: float) -> float:
    """How far the data may draw the estimate: sigma at low noise, at most the std of photographs.

    r^2 = sigma^2 sd^2 / (sigma^2 + sd^2): the std of x0 given x for a Gaussian prior of std sd; the cap
    bounds the condition number of the M-step.
    """
    return sigma * PHOTO_STD / (sigma**2 + PHOTO_STD**2) ** 0.5
