"""Which plan a preset means for a problem: levels, first noise level, mean or sample.

What was measured to choose the numbers is in packaging/NOTES.md.
"""

import math
from dataclasses import dataclass, replace

import torch
from torch import Tensor

from daps_desktop.jobs.settings import Preset, SolverSettings
from daps_desktop.solver.denoisers.denoiser import Denoiser
from daps_desktop.solver.operators.noise import path_levels
from daps_desktop.solver.problem import Problem
from daps_desktop.solver.samplers import daps, dapspp, diffpir
from daps_desktop.solver.samplers.annealing import Steps

PATH_LAST = 0.04  # the last of its levels at most, where the noise has next to nothing at some frequencies
SIGMA_COLD = 100.0
REPAIR = 0.2  # the first level of `safest` in narrow marks, whose filling lacks little but texture
WIDE = 0.5  # and in wide ones, whose filling may have the wrong course,
WIDE_GAP = 32  # from so many pixels on
SIGMA_SAMPLE = 0.4  # the first level otherwise: noise that covers what a classical estimate lacks
SIGMA_LAST = 0.03  # the last level of `safest`, whatever the noise: a path that ends above it is too smooth
RELAXATION = 1.5  # of `safest`: half of the evaluations reach what twice as many do without
PER_PIXEL = 0.3  # noise for every pixel by which a gap is wider than a scratch, so that a sample can invent
SCRATCH_WIDTH = 4  # pixels
MAX_SIGMA = 10.0  # the first level of a sample at most; a run that begins above it needs no estimate
MAX_INFLATION = 3.0  # times its own noise that a photo is taken to have where it is believed least, and
MIN_INFLATED_STD = (
    0.1  # no less than this, in [-1, 1] units: a clean photo needs more doubt for any to be seen
)


@dataclass(frozen=True, slots=True)
class Effort:
    """How much a preset computes: noise levels of each method, and those of the path through coarse grain.

    `orientations` are the ways round in which a denoised photo is shown to the network.
    """

    dapspp: int
    daps: int
    diffpir: int
    path: int
    orientations: int


EFFORTS: dict[Preset, Effort] = {
    "paper": Effort(dapspp=50, daps=200, diffpir=100, path=1, orientations=1),
    "best": Effort(dapspp=24, daps=100, diffpir=100, path=6, orientations=8),
    "balanced": Effort(dapspp=8, daps=50, diffpir=50, path=4, orientations=1),
    "fast": Effort(dapspp=5, daps=20, diffpir=20, path=3, orientations=1),
    "draft": Effort(dapspp=3, daps=10, diffpir=10, path=2, orientations=1),
}


@dataclass(frozen=True, slots=True)
class SamplerConfig:
    """A method with its free choices: a value, of which all else follows."""

    plan: dapspp.DapsPPConfig | daps.DapsConfig | diffpir.DiffPIRConfig

    @property
    def steps(self) -> int:
        return self.plan.steps if isinstance(self.plan, dapspp.DapsPPConfig) else self.plan.levels

    @property
    def evaluations(self) -> int:
        """Network evaluations of one run."""
        return self.plan.evaluations

    @property
    def stochastic(self) -> bool:
        """Whether another seed gives another result."""
        return not isinstance(self.plan, dapspp.DapsPPConfig) or (
            self.plan.levels > 0 and self.plan.stochastic
        )

    @property
    def from_noise(self) -> bool:
        """Whether it begins from noise alone."""
        return self.plan.sigma_max > MAX_SIGMA

    def start(self, problem: Problem) -> Tensor:
        """Zeros for a cold run, else the operator's classical estimate less the peaks; (1, 3, h, w)."""
        estimate = problem.noise.without_peaks(problem.A.initial_estimate(problem.y))
        return torch.zeros_like(estimate) if self.from_noise else estimate

    def solve(self, problem: Problem, denoiser: Denoiser, start: Tensor, rng: torch.Generator) -> Steps:
        """Yields `steps` annealing steps."""
        match self.plan:
            case dapspp.DapsPPConfig() as plan:
                return dapspp.solve(problem, denoiser, plan, start, rng)
            case daps.DapsConfig() as plan:
                return daps.solve(problem, denoiser, plan, start, rng)
            case diffpir.DiffPIRConfig() as plan:
                return diffpir.solve(problem, denoiser, plan, start, rng)


def sampler_for(
    settings: SolverSettings, problem: Problem, *, gap: float, repair: bool, sigma_max: float = math.inf
) -> SamplerConfig:
    """The recipe of these settings for this problem, of which only `A` and the noise count.

    `gap`: pixels across the widest place that the photo does not show, infinite where it shows none at
    all. `repair`: nothing but a mask is to change. `sigma_max`: the largest level that the prior knows; a
    run that would begin above it begins there, from a classical estimate.
    """
    # In a repair the photo is kept to the last pixel, and doubt was measured to change no filling.
    inflation = 1.0 if repair else noise_inflation(settings.closeness, problem.sigma_y)
    if settings.method == "daps":
        levels = settings.levels or EFFORTS[settings.preset].daps
        return SamplerConfig(
            daps.DapsConfig(levels, sigma_max=min(SIGMA_COLD, sigma_max), tau=inflation * daps.TAU)
        )
    if settings.method == "diffpir":
        levels = settings.levels or EFFORTS[settings.preset].diffpir
        return SamplerConfig(
            diffpir.DiffPIRConfig(levels, sigma_max=min(SIGMA_COLD, sigma_max), noise_inflation=inflation)
        )
    plan = dapspp_config(settings, problem, gap, repair)
    plan = replace(
        plan,
        sigma_max=min(plan.sigma_max, sigma_max),
        noise_inflation=inflation,
        final_sigmas=tuple(inflation**0.5 * sigma for sigma in plan.final_sigmas),
    )
    return SamplerConfig(plan)


def noise_inflation(closeness: float, sigma_y: float) -> float:
    """How many times its own noise the photo is taken to have: 1 in the middle, less where it is to be kept.

    What a run leaves between result and photo grows with it (table in packaging/NOTES.md). The final
    step, which believes in nothing but the noise, takes the root of it.
    """
    return max(MAX_INFLATION, MIN_INFLATED_STD / sigma_y) ** (1 - 2 * closeness)


def dapspp_config(
    settings: SolverSettings, problem: Problem, gap: float, repair: bool
) -> dapspp.DapsPPConfig:
    """As published for `paper` and where nothing is shown; else warm, for the mean or for a sample."""
    sigma_y, effort, A = problem.sigma_y, EFFORTS[settings.preset], problem.A
    levels = settings.levels or effort.dapspp
    if settings.preset == "paper" or gap == math.inf:
        return dapspp.paper_config(sigma_y, levels)
    one_mean = settings.output == "safest" and settings.samples == 1
    plan = _mean_config(levels, gap if repair else None) if one_mean else _sample_config(levels, sigma_y, gap)
    if A.pixelwise and A.linear and not repair:
        path = path_levels(problem.noise, settings.levels or effort.path, PATH_LAST)
        plan = replace(plan, final_sigmas=path, final_orientations=effort.orientations)
        if A.known_mask is None:
            # The photo is its own noisy iterate: its mean, or a sample, takes the final step alone.
            plan = replace(plan, levels=0, rk4_below=0.0 if settings.output == "safest" else math.inf)
    return plan


def _mean_config(levels: int, gap: float | None) -> dapspp.DapsPPConfig:
    """`safest`: Tweedie at every level, and no noise between the levels. `gap`: of a repair, in pixels.

    In a Gaussian world this path ends at the posterior mean. Fresh noise would leave its share of error in
    whatever the photo does not determine.
    """
    return dapspp.DapsPPConfig(
        levels,
        SIGMA_SAMPLE if gap is None else min(max(REPAIR, WIDE * gap / WIDE_GAP), WIDE),
        SIGMA_LAST,
        rk4_below=0.0,
        stochastic=False,
        relaxation=RELAXATION,
        rho=None,
    )


def _sample_config(levels: int, sigma_y: float, gap: float) -> dapspp.DapsPPConfig:
    """`sample`: all the noise, and the flow below 10 sigma_y, so that the result has a photograph's grain."""
    first = min(max(SIGMA_SAMPLE, 2 * sigma_y, PER_PIXEL * (gap - SCRATCH_WIDTH)), MAX_SIGMA)
    return dapspp.DapsPPConfig(levels, first, min(2 * sigma_y, first / 2), rk4_below=10 * sigma_y)
