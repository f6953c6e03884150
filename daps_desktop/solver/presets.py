"""Which plan a preset means for a problem: levels, first noise level, mean or sample.

What was measured to choose the numbers is in packaging/NOTES.md.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import Enum
from typing import TypeVar

import torch
from torch import Tensor

from daps_desktop.core.settings import Preset, SolverSettings
from daps_desktop.solver import daps, dapspp, diffpir
from daps_desktop.solver.annealing import Steps
from daps_desktop.solver.denoiser import Denoiser
from daps_desktop.solver.problem import Problem

Solve = Callable[[Problem, Denoiser, Tensor, torch.Generator], Steps]

LEVELS: dict[Preset, int] = {"paper": 50, "best": 32, "balanced": 16, "fast": 8, "draft": 5}
DAPS_LEVELS: dict[Preset, int] = {"paper": 200, "best": 100, "balanced": 50, "fast": 20, "draft": 10}
DIFFPIR_LEVELS: dict[Preset, int] = {"paper": 100, "best": 100, "balanced": 50, "fast": 20, "draft": 10}

COLD = 100.0
WARM = 0.4  # noise that covers what a classical estimate lacks: texture, and the course of thin edges


class Content(Enum):
    """How much of the picture a classical estimate already has."""

    SHOWN = "shown"  # all but detail: blur, small size, noise, thin scratches
    LOST = "lost"  # what was there must be found: wide holes, Fourier modulus


@dataclass(frozen=True, slots=True)
class Recipe:
    """A method with its plan; `solve(problem, denoiser, start, rng)` yields `steps` annealing steps."""

    solve: Solve
    steps: int
    evaluations: int
    cold: bool  # begin from noise alone

    def start(self, problem: Problem) -> Tensor:
        """Zeros for a cold run, else the operator's classical estimate; (1, 3, h, w)."""
        estimate = problem.A.start(problem.y)
        return torch.zeros_like(estimate) if self.cold else estimate


P = TypeVar("P")


def bound(method: Callable[[Problem, Denoiser, P, Tensor, torch.Generator], Steps], plan: P) -> Solve:
    """A method with its plan filled in."""
    return lambda problem, denoiser, start, rng: method(problem, denoiser, plan, start, rng)


def recipe_for(settings: SolverSettings, content: Content, problem: Problem, *, repair: bool) -> Recipe:
    """The recipe of these settings for this problem; `repair`: nothing but a hole is to change."""
    if settings.method == "daps":
        parent = daps.Plan(DAPS_LEVELS[settings.preset])
        return Recipe(bound(daps.solve, parent), parent.levels, parent.evaluations, cold=True)
    if settings.method == "diffpir":
        peer = diffpir.Plan(DIFFPIR_LEVELS[settings.preset])
        return Recipe(bound(diffpir.solve, peer), peer.levels, peer.evaluations, cold=True)
    plan = dapspp_plan(settings, content, problem, repair=repair)
    return Recipe(bound(dapspp.solve, plan), plan.steps, plan.evaluations, cold=content is Content.LOST)


def dapspp_plan(settings: SolverSettings, content: Content, problem: Problem, *, repair: bool) -> dapspp.Plan:
    """As published for `paper`; else warm where the content is shown, and `safest` or `sample`.

    `safest` follows the posterior mean (Tweedie at every level) and adds no noise between the levels: fresh
    noise would leave its share of error in whatever the photo does not determine. `sample` adds it all, and
    integrates the flow below 10 sigma_y, so that the result has the grain of a photograph; so do several
    samples that are to be averaged, or all of them would be one.
    """
    sigma_y, levels, A = problem.sigma_y, LEVELS[settings.preset], problem.A
    if settings.preset == "paper":
        return dapspp.paper_plan(sigma_y, A.norm, levels)
    safest = settings.output == "safest" and settings.samples == 1
    first = COLD if content is Content.LOST else max(WARM, 2 * sigma_y)
    plan = dapspp.Plan(levels, first, min(2 * sigma_y, first / 2), rk4_below=10 * sigma_y)
    if safest:
        plan = replace(plan, sigma_min=plan.sigma_min / 2, rk4_below=0.0)
    if safest and content is Content.SHOWN:
        plan = replace(plan, noise_share=0.0)
    if A.pixelwise and A.linear and not repair:
        plan = replace(plan, closing=sigma_y)
        if A.observed is None:  # the photo is its own noisy iterate: nothing comes before the closing step
            plan = replace(plan, levels=0)
    return plan
