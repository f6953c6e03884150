"""The parts of a photo that a job computes: the whole of it, or the islands around a hole."""

from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor

from daps_desktop.core.hole import Rect
from daps_desktop.solver.annealing import Steps
from daps_desktop.solver.denoiser import CountingDenoiser
from daps_desktop.solver.presets import Recipe
from daps_desktop.solver.problem import Problem


@dataclass(frozen=True, slots=True)
class Stage:
    """One call of a method on one problem."""

    problem: Problem
    denoiser: CountingDenoiser
    recipe: Recipe

    @property
    def pixels(self) -> int:
        return latent_pixels(self.problem)

    @property
    def work(self) -> float:
        """Pixels times evaluations."""
        return float(self.pixels * self.recipe.evaluations)


@dataclass(frozen=True, slots=True)
class Region:
    """`rect` of the photo, solved in one stage, or in a coarse one that tells the fine one where to start."""

    rect: Rect
    stages: tuple[Stage, ...]

    @property
    def problem(self) -> Problem:
        return self.stages[-1].problem

    @property
    def pixels(self) -> int:
        return latent_pixels(self.problem)

    @property
    def steps(self) -> int:
        return sum(stage.recipe.steps for stage in self.stages)

    def solve(self, rng: torch.Generator) -> Steps:
        """The steps of all stages in turn; the last one holds the result of the region."""
        found = None
        for stage in self.stages:
            start = stage.recipe.start(stage.problem) if found is None else _enlarged(found, stage.problem)
            for step in stage.recipe.solve(stage.problem, stage.denoiser, start, rng):
                found = step.x0_y
                yield step


def latent_pixels(problem: Problem) -> int:
    """Pixels of the picture that is computed, its unknown border included."""
    height, width = problem.A.latent_size(*problem.y.shape[-2:])
    return height * width


def _enlarged(found: Tensor, problem: Problem) -> Tensor:
    """What a coarse stage found, at the size of the fine one, with the photo where it is observed."""
    large = F.interpolate(found, problem.y.shape[-2:], mode="bicubic", antialias=True)
    return problem.A.prox(large, problem.y, problem.sigma_y, 1.0)
