"""DAPS++ (arXiv 2511.17038): decoupled posterior annealing with the prior as a warm initialiser only.

Each annealing step: E-step ("initialization": x -> x0_hat by the prior alone), M-step ("refinement":
x0_hat -> x0_y by the photo alone), re-noising to the next level. Where this differs from the paper:
the M-step is solved in closed form or by CG instead of a few Langevin steps (same filter, see
`paper_config`), and a run may begin at a lower noise level from a classical estimate, and add no noise.
"""

from dataclasses import dataclass

import torch
from torch import Tensor

from daps_desktop.solver.denoisers.denoiser import Denoiser, orient, unorient
from daps_desktop.solver.operators.noise import GaussianNoise
from daps_desktop.solver.problem import Problem
from daps_desktop.solver.samplers.annealing import Steps, finite_step, prior_std_at, renoise
from daps_desktop.solver.samplers.ode import rk4, tweedie
from daps_desktop.solver.samplers.schedule import geometric_sigmas, karras_sigmas

ORIENTATIONS = (0, 5, 3, 6, 1, 2, 4, 7)
"""Ways to turn a picture, the four quarter turns before the mirrored ones: the first two differ most."""


@dataclass(frozen=True, slots=True)
class DapsPPConfig:
    """The free choices of a DAPS++ run; noise levels in [-1, 1] units."""

    levels: int
    sigma_max: float
    sigma_min: float
    rk4_below: float  # below this level the E-step is a sample (4 evaluations), above it the mean (1)
    prior_std: float = (
        0.0  # radius of the M-step; 0: that of the noise level, `prior_std_at`, times sqrt(relaxation)
    )
    relaxation: float = 1.0  # how far the E-step goes towards the prior's estimate: above 1, beyond it
    stochastic: bool = True  # whether each level's noise is really added; False: a deterministic path
    noise_inflation: float = 1.0  # times its own noise that the photo is taken to have
    final_sigmas: tuple[float, ...] = ()  # levels of last E-steps on the observed pixels themselves
    final_orientations: int = 1  # in how many of ORIENTATIONS the network sees the last of them, for a mean
    rho: float | None = -7.0  # of the published schedule; None: geometric levels

    @property
    def sigmas(self) -> list[float]:
        if self.rho is None:
            return geometric_sigmas(self.levels, self.sigma_max, self.sigma_min)
        return karras_sigmas(self.levels, self.sigma_max, self.sigma_min, self.rho)

    @property
    def steps(self) -> int:
        return self.levels + len(self.final_sigmas)

    @property
    def evaluations(self) -> int:
        """Network evaluations that the run will make."""
        slow = sum(0 < s <= self.rk4_below for s in (*self.sigmas, *self.final_sigmas))
        again = self.final_orientations - 1 if min(self.final_sigmas, default=0.0) > self.rk4_below else 0
        return self.steps + 3 * slow + again


def paper_config(sigma_y: float, levels: int = 50) -> DapsPPConfig:
    """As published: from sigma 100, RK4 below 10 sigma_y; 98 evaluations for 50 levels at sigma_y = 0.05.

    The step of its four Langevin steps is not known in public. Those of its parent, with four steps, act on a
    small singular value h as an M-step of radius 2 to 3 sigma_y acts, whatever the norm of A.
    """
    return DapsPPConfig(levels, 100.0, 2 * sigma_y, rk4_below=10 * sigma_y, prior_std=2 * sigma_y)


def e_step(denoiser: Denoiser, x: Tensor, sigma: float, rk4_below: float) -> Tensor:
    """x0_hat from x at noise level sigma; shapes (B, 3, H, W)."""
    return rk4(denoiser, x, sigma) if sigma <= rk4_below else tweedie(denoiser, x, sigma)


@torch.no_grad()
def final_step(denoiser: Denoiser, x: Tensor, sigma: float, plan: DapsPPConfig) -> Tensor:
    """The E-step at a final level; at the last one a mean is taken over `final_orientations` of the picture.

    A network errs a little differently in each, and the error of the mean of eight is smaller.
    """
    if sigma <= plan.rk4_below or sigma > plan.final_sigmas[-1]:
        return e_step(denoiser, x, sigma, plan.rk4_below)
    total = torch.zeros_like(x)
    for way in ORIENTATIONS[: plan.final_orientations]:
        total += unorient(tweedie(denoiser, orient(x, way), sigma), way)
    return total.div_(plan.final_orientations)


def solve(
    problem: Problem, denoiser: Denoiser, plan: DapsPPConfig, start: Tensor, rng: torch.Generator
) -> Steps:
    """Yield one AnnealingStep per noise level; the last one holds the result.

    `start` is the centre of the first noise, (B, 3, H, W): zeros, or a classical estimate (a warm start).
    Without noise the path has a fixed point at each level, where w (D(x) - x) balances the M-step; in a
    Gaussian world that is the posterior mean if the radius grows with sqrt(w).
    Raises: SolverDivergedError where a number is not finite.
    """
    sigmas = plan.sigmas
    x0_y = start
    for i, sigma in enumerate(sigmas[:-1]):
        x = renoise(x0_y, sigma, rng) if plan.stochastic else x0_y
        x0_hat = e_step(denoiser, x, sigma, plan.rk4_below)
        if plan.relaxation != 1:
            x0_hat = torch.lerp(x, x0_hat, plan.relaxation)
        prior_std = plan.prior_std or plan.relaxation**0.5 * prior_std_at(sigma)
        x0_y = problem.prox(x0_hat, prior_std / plan.noise_inflation)
        del x, x0_hat  # memory: a photo of 24 megapixels is 288 MB each
        yield finite_step(i, sigma, problem, x0_y)
    noise = problem.noise.scaled(plan.noise_inflation**0.5)
    for i, sigma in enumerate(plan.final_sigmas, start=plan.levels):
        x0_y = final_step(denoiser, blend_observed(problem, x0_y, noise, sigma, rng), sigma, plan)
        yield finite_step(i, sigma, problem, x0_y)


def blend_observed(
    problem: Problem, x0_y: Tensor, noise: GaussianNoise, sigma: float, rng: torch.Generator
) -> Tensor:
    """x as if at noise level sigma: frequency by frequency y itself where its noise is no stronger.

    Of stronger noise as much is let in as passes for sigma (as in DDRM, arXiv 2201.11793, but nothing is
    added); where A shows nothing, x0_y with fresh noise.
    """
    observed = problem.A.known_mask
    misfit = problem.y - x0_y
    if observed is None:
        return x0_y + noise.admit(misfit, sigma)
    x = x0_y + noise.admit(misfit * observed, sigma)
    return torch.where(observed > 0, x, renoise(x0_y, sigma, rng))
