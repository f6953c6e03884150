"""Divides a job into regions and stages: what is computed, with which denoiser and which recipe."""

import math
from dataclasses import dataclass

import torch
import torch.nn.functional as F

from daps_desktop.core.hole import Rect
from daps_desktop.core.messages import JobRequest
from daps_desktop.core.task import Grey, Phase
from daps_desktop.priors.loader import Prior
from daps_desktop.solver.anchor import AnchoredDenoiser, LevellingDenoiser
from daps_desktop.solver.build import Measurement, build_problem
from daps_desktop.solver.convert import to_tensor
from daps_desktop.solver.denoiser import CountingDenoiser, Denoiser, GreyDenoiser, TurningDenoiser
from daps_desktop.solver.islands import hole_width, islands
from daps_desktop.solver.operators import HoleMask, observed_from_hole
from daps_desktop.solver.presets import recipe_for
from daps_desktop.solver.problem import Problem
from daps_desktop.solver.tiling import TiledDenoiser
from daps_desktop.worker.devices import tile_batch
from daps_desktop.worker.memory import check_memory
from daps_desktop.worker.regions import Region, Stage, latent_pixels
from daps_desktop.worker.watch import Watch

TILE = 384
"""Default side of a tile in pixels."""


def plan_regions(
    job: JobRequest, prior: Prior, device: torch.device, sigma_y: float, watch: Watch
) -> tuple[Region, ...]:
    """The islands around the hole where nothing else is to change, or else the whole photo as one region."""
    planner = _Planner(job, prior, device, sigma_y, watch)
    if not job.task.repair_only:
        check_memory([job.photo.height * job.photo.width * job.task.scale**2], device)
        return (planner.whole(),)
    assert job.hole is not None
    rects = islands(job.hole)
    check_memory([rect.pixels for rect in rects], device)
    return tuple(planner.island(rect) for rect in rects)


@dataclass(frozen=True, slots=True)
class _Planner:
    job: JobRequest
    prior: Prior
    device: torch.device
    sigma_y: float
    watch: Watch

    def whole(self) -> Region:
        photo, hole = self.job.photo, self.job.hole
        observed = observed_from_hole(hole, self.device) if hole is not None and hole.any() else None
        measured = Measurement(photo.height, photo.width, observed, photo.jpeg, self.device)
        y = to_tensor(photo.pixels, self.device)
        problem = build_problem(self.job.task, y, measured, self.sigma_y)
        return Region(Rect(0, 0, photo.height, photo.width), self._stages(problem))

    def island(self, rect: Rect) -> Region:
        """A hole and its neighbourhood. The grain of the photo is texture to continue, not noise to undo."""
        assert self.job.hole is not None
        hole = self.job.hole[rect.slices]
        y = to_tensor(self.job.photo.pixels[rect.slices], self.device)
        problem = Problem(HoleMask(observed_from_hole(hole, self.device)), y, self.sigma_y)
        return Region(rect, self._stages(problem))

    def _stages(self, problem: Problem) -> tuple[Stage, ...]:
        """Coarse to fine where no tile sees enough around a hole to know what belongs into it."""
        gap = math.inf if self.job.task.has(Phase) else _gap(problem)
        factor = _coarseness(gap, self._tile) if isinstance(problem.A, HoleMask) else 1
        if factor == 1:
            return (self._stage(problem, gap),)
        self.watch.notice("coarse_first")
        return self._stage(shrunk(problem, factor), gap / factor), self._stage(problem, 0)

    @property
    def _tile(self) -> int:
        return self.job.settings.tile or TILE

    def _stage(self, problem: Problem, gap: float) -> Stage:
        recipe = recipe_for(self.job.settings, problem, gap=gap, repair=self.job.task.repair_only)
        return Stage(problem, CountingDenoiser(self._denoiser(problem)), recipe)

    def _denoiser(self, problem: Problem) -> Denoiser:
        pixels = latent_pixels(problem)
        # In a repair, what is observed needs no estimate: tiles without a hole are left out.
        observed = problem.A.observed if self.job.task.repair_only else None
        denoiser: Denoiser = TiledDenoiser(
            TurningDenoiser(self.prior.denoiser),
            self._tile,
            tile_batch(self.device),
            active=None if observed is None else observed == 0,
            known=None if observed is None else problem.y,
            check=lambda share: self.watch.check(share * pixels),
            on_shrink=lambda tile, batch: self.watch.notice("smaller_tiles", tile=tile, batch=batch),
        )
        if self.prior.anchor is not None:
            denoiser = AnchoredDenoiser(denoiser, self.prior.anchor)
        if observed is not None:
            denoiser = LevellingDenoiser(denoiser, problem.y, observed)
        grey = self.job.photo.pixels.shape[2] == 1 and not self.job.task.has(Grey)
        return GreyDenoiser(denoiser) if grey else denoiser


def _gap(problem: Problem) -> int:
    """Pixels across the widest place that the photo does not show, painted or not."""
    observed = problem.A.observed
    return 0 if observed is None else hole_width(observed[0, 0].cpu().numpy() == 0)


def _coarseness(width: float, tile: int) -> int:
    """The power of two by which to shrink the photo so that the hole is half a tile wide at most."""
    factor = 1
    while width / factor > tile / 2:
        factor *= 2
    return factor


def shrunk(problem: Problem, factor: int) -> Problem:
    """The same hole problem on a copy of the photo `factor` times smaller, by averages of observed pixels.

    A small pixel is observed where at least half of its pixels were; if none was, where any was.
    """
    observed = problem.A.observed
    assert observed is not None
    weight = F.avg_pool2d(observed, factor, ceil_mode=True)
    mean = F.avg_pool2d(problem.y * observed, factor, ceil_mode=True) / weight.clamp(min=1e-6)
    enough = min(0.5, float(weight.max()))
    return Problem(HoleMask((weight >= enough).to(observed)), mean, problem.sigma_y)
