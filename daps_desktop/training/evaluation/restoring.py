"""A damaged photo restored as the program does it, without the worker: the same plan, solver and prior."""

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from daps_desktop.imaging.mask import Hole
from daps_desktop.imaging.photo import Pixels, compose
from daps_desktop.jobs.settings import SolverSettings
from daps_desktop.jobs.task import Task
from daps_desktop.networks.loader import Prior
from daps_desktop.restoration.plan import NOISE_FLOOR, Planner, Sight, Tools
from daps_desktop.restoration.regions import Region
from daps_desktop.solver.tensors import LEVELS_PER_UNIT, to_pixels, to_tensor
from daps_desktop.training.evaluation.trials import Trial

EIGHT_BITS = np.dtype(np.uint8)


@dataclass(frozen=True, slots=True)
class Restorer:
    """A prior at work, on the device that its network runs on."""

    prior: Prior

    @property
    def device(self) -> torch.device:
        return self.prior.network.device

    def restore(self, trial: Trial, settings: SolverSettings) -> Pixels:
        """(H, W, 3) uint8, as the program would save it. Raises: UserError, as the program does."""
        y = to_tensor(trial.damaged, self.device)
        regions = self.regions(trial.case.task, y, trial.case.noise, trial.hole, settings)
        parts = [self.solved(region, settings.seed + i) for i, region in enumerate(regions)]
        if not trial.case.task.repair_only:
            return parts[0]
        assert trial.hole is not None
        pixels = trial.damaged.copy()
        for region, part in zip(regions, parts, strict=True):
            rect = region.rect.slices
            pixels[rect] = compose(pixels[rect], part, trial.hole[rect])
        return pixels

    def regions(
        self, task: Task, y: Tensor, noise: float, hole: Hole | None, settings: SolverSettings
    ) -> list[Region]:
        """What the program would solve for a photo y (1, 3, h, w) with noise of so many grey levels."""
        sigma_y = max(noise / LEVELS_PER_UNIT, NOISE_FLOOR)
        height, width = y.shape[-2:]
        sight = Sight(height, width, lambda r: y[..., *r.slices], sigma_y, hole, device=self.device)
        planner = Planner(task, settings, sight, Tools(self.prior.denoiser))
        return [planner.region(rect) for rect in planner.rects()]

    def solved(self, region: Region, seed: int) -> Pixels:
        """(H, W, 3) uint8."""
        found: Tensor | None = None
        for step in region.solve(torch.Generator(self.device).manual_seed(seed)):
            found = step.x0_y
        assert found is not None
        return to_pixels(region.problem.A.crop(found), EIGHT_BITS, 3)
