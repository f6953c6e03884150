"""DiffPIR (Zhu et al., CVPRW 2023, arXiv 2305.08995), for comparison.

Half-quadratic splitting inside the diffusion: Tweedie, proximal data step with trust sigma / sqrt(lambda),
then a partly deterministic re-noising: a share `zeta` of the noise is fresh, the rest is what the
data step left of the old one. Written in the variance-exploding form of this package.
"""

from dataclasses import dataclass

import torch
from torch import Tensor

from daps_desktop.solver.denoisers.denoiser import Denoiser
from daps_desktop.solver.problem import Problem
from daps_desktop.solver.samplers.annealing import Steps, finite_step, renoise
from daps_desktop.solver.samplers.ode import tweedie
from daps_desktop.solver.samplers.schedule import karras_sigmas


@dataclass(frozen=True, slots=True)
class DiffPIRConfig:
    """100 levels, lambda 7 and zeta 0.3: the published settings for deblurring with noise."""

    levels: int = 100
    sigma_max: float = 100.0
    sigma_min: float = 0.01
    strength: float = 7.0  # lambda
    zeta: float = 0.3
    noise_inflation: float = 1.0  # times its own noise that the photo is taken to have

    @property
    def sigmas(self) -> list[float]:
        return karras_sigmas(self.levels, self.sigma_max, self.sigma_min, rho=7)

    @property
    def evaluations(self) -> int:
        return self.levels


def solve(
    problem: Problem, denoiser: Denoiser, plan: DiffPIRConfig, start: Tensor, rng: torch.Generator
) -> Steps:
    """Yield one AnnealingStep per noise level; the last one holds the result. Raises: SolverDivergedError."""
    sigmas = plan.sigmas
    x = renoise(start, sigmas[0], rng)
    for i, sigma in enumerate(sigmas[:-1]):
        x0_hat = tweedie(denoiser, x, sigma)
        # A noise stronger by a factor is the same as a radius smaller by it.
        x0_y = problem.prox(x0_hat, sigma / plan.strength**0.5 / plan.noise_inflation)
        yield finite_step(i, sigma, problem, x0_y)
        x = _renoise_partly(x, x0_y, sigma, sigmas[i + 1], plan.zeta, rng)


@torch.no_grad()
def _renoise_partly(
    x: Tensor, x0_y: Tensor, sigma: float, sigma_next: float, zeta: float, rng: torch.Generator
) -> Tensor:
    kept = (x - x0_y) * ((1 - zeta) ** 0.5 * sigma_next / sigma)
    return renoise(x0_y + kept, zeta**0.5 * sigma_next, rng)
