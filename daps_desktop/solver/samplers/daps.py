"""DAPS (Zhang et al., CVPR 2025, arXiv 2407.01521): the parent of DAPS++, for comparison.

Each annealing step: Euler steps of the probability-flow ODE, then Langevin dynamics on
|A x - y|^2 / tau^2 + |x - x0_hat|^2 / 2 sigma^2, then re-noising. Published constants; the
data term is weighted by tau = 0.01 whatever the noise of the photo, and its gradient carries the factor 2
of the published code.
"""

from dataclasses import dataclass

import torch
from torch import Tensor

from daps_desktop.solver.denoisers.denoiser import Denoiser
from daps_desktop.solver.problem import Problem
from daps_desktop.solver.samplers.annealing import Steps, finite_step, renoise
from daps_desktop.solver.samplers.ode import euler
from daps_desktop.solver.samplers.schedule import karras_sigmas

TAU = 0.01
LEARNING_RATE_MIN_RATIO = 0.01


@dataclass(frozen=True, slots=True)
class DapsConfig:
    """5 ODE steps on each of 200 levels are the published DAPS-1K."""

    levels: int = 200
    sigma_max: float = 100.0
    sigma_min: float = 0.1
    ode_steps: int = 5
    langevin_steps: int = 100
    tau: float = TAU  # std of the noise that the photo is taken to have
    rate: float = 1.0  # 2 lr |A|^2 / tau^2 at the first level: 1.0 is lr = 5e-5 for an A of norm 1

    @property
    def sigmas(self) -> list[float]:
        return karras_sigmas(self.levels, self.sigma_max, self.sigma_min, rho=7)

    @property
    def evaluations(self) -> int:
        return self.levels * self.ode_steps

    def learning_rate(self, level: int, norm: float) -> float:
        """Falls linearly with the level to 1 % of its first value."""
        decay = 1 + level / (self.levels + 1) * (LEARNING_RATE_MIN_RATIO - 1)
        return self.rate * self.tau**2 / (2 * norm**2) * decay


@torch.enable_grad()
def data_gradient(problem: Problem, x: Tensor) -> Tensor:
    """The gradient of |A x - y|^2 over observed entries, (B, 3, H, W)."""
    x = x.detach().requires_grad_()
    misfit = problem.A.residual(x, problem.y).square()
    if problem.A.known_mask is not None:
        misfit = misfit * problem.A.known_mask
    return torch.autograd.grad(misfit.sum(), x)[0]


@torch.no_grad()
def langevin(
    problem: Problem,
    x0_hat: Tensor,
    sigma: float,
    rate: float,
    steps: int,
    rng: torch.Generator,
    tau: float = TAU,
) -> Tensor:
    """`steps` Langevin steps from x0_hat with learning rate `rate`; shapes (B, 3, H, W)."""
    x = x0_hat.clone()
    for _ in range(steps):
        drift = data_gradient(problem, x) / tau**2 + (x - x0_hat) / sigma**2
        x = renoise(x - rate * drift, (2 * rate) ** 0.5, rng)
    return x


def solve(
    problem: Problem, denoiser: Denoiser, plan: DapsConfig, start: Tensor, rng: torch.Generator
) -> Steps:
    """Yield one AnnealingStep per noise level; the last one holds the result. Raises: SolverDivergedError."""
    sigmas = plan.sigmas
    x = renoise(start, sigmas[0], rng)
    for i in range(plan.levels):
        x0_hat = euler(denoiser, x, sigmas[i], plan.ode_steps)
        rate = plan.learning_rate(i, problem.A.norm)
        x0_y = langevin(problem, x0_hat, sigmas[i], rate, plan.langevin_steps, rng, plan.tau)
        yield finite_step(i, sigmas[i], problem, x0_y)
        x = renoise(x0_y, sigmas[i + 1], rng)
