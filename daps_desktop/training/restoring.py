"""A damaged photo restored as the program does it, without the worker: the same plan, solver and prior."""

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from daps_desktop.core.photo import Pixels, compose
from daps_desktop.core.settings import SolverSettings
from daps_desktop.networks.loader import Prior
from daps_desktop.solver.convert import LEVELS_PER_UNIT, to_pixels
from daps_desktop.solver.planning import NOISE_FLOOR, Planner, Sight, Tools
from daps_desktop.solver.regions import Region
from daps_desktop.training.trials import EIGHT_BITS, Trial


@dataclass(frozen=True, slots=True)
class Restorer:
    """A prior at work on one device."""

    prior: Prior
    device: torch.device

    def restore(self, trial: Trial, settings: SolverSettings) -> Pixels:
        """(H, W, 3) uint8, as the program would save it. Raises: UserError, as the program does."""
        y = trial.y.to(self.device)
        height, width = y.shape[-2:]
        sight = Sight(
            height,
            width,
            lambda rect: y[..., *rect.slices],
            max((trial.case.told or 0.0) / LEVELS_PER_UNIT, NOISE_FLOOR),
            trial.hole,
            device=self.device,
        )
        tools = Tools(self.prior.denoiser, None)
        planner = Planner(trial.case.task, settings, sight, tools)
        regions = [planner.region(rect) for rect in planner.rects()]
        parts = [self._solved(region, settings.seed + i) for i, region in enumerate(regions)]
        if not trial.case.task.repair_only:
            return parts[0]
        assert trial.hole is not None
        pixels = trial.photo.pixels.copy()
        for region, part in zip(regions, parts, strict=True):
            rect = region.rect.slices
            pixels[rect] = compose(pixels[rect], part, trial.hole[rect])
        return pixels

    def _solved(self, region: Region, seed: int) -> Pixels:
        found: Tensor | None = None
        for step in region.solve(torch.Generator(self.device).manual_seed(seed)):
            found = step.x0_y
        assert found is not None
        return to_pixels(region.problem.A.crop(found), np.dtype(EIGHT_BITS), 3)
