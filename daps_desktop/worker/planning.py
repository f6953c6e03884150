"""Divides a job into regions and stages: what is computed, with which denoiser and which recipe."""

from dataclasses import dataclass

import torch
import torch.nn.functional as F

from daps_desktop.core.hole import Hole, Rect
from daps_desktop.core.messages import JobRequest
from daps_desktop.core.task import Grey, Phase
from daps_desktop.priors.loader import Prior
from daps_desktop.solver.anchor import AnchoredDenoiser
from daps_desktop.solver.build import Measurement, build_problem
from daps_desktop.solver.convert import to_tensor
from daps_desktop.solver.denoiser import CountingDenoiser, Denoiser, GreyDenoiser, TurningDenoiser
from daps_desktop.solver.islands import hole_width, islands
from daps_desktop.solver.operators import HoleMask, observed_from_hole
from daps_desktop.solver.presets import Content, recipe_for
from daps_desktop.solver.problem import Problem
from daps_desktop.solver.tiling import TiledDenoiser
from daps_desktop.worker.devices import tile_batch
from daps_desktop.worker.regions import Region, Stage, latent_pixels
from daps_desktop.worker.watch import Watch

TILE = 256
"""Default side of a tile in pixels."""


def plan_regions(
    job: JobRequest, prior: Prior, device: torch.device, sigma_y: float, watch: Watch
) -> tuple[Region, ...]:
    """The islands around the hole where nothing else is to change, or else the whole photo as one region."""
    planner = _Planner(job, prior, device, sigma_y, watch)
    if not job.task.repair_only:
        return (planner.whole(),)
    assert job.hole is not None
    return tuple(planner.island(rect) for rect in islands(job.hole))


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
        lost = self.job.task.has(Phase) or (hole is not None and self._wide(hole))
        content = Content.LOST if lost else Content.SHOWN
        rect = Rect(0, 0, photo.height, photo.width)
        return Region(rect, (self._stage(problem, content),))

    def island(self, rect: Rect) -> Region:
        """A hole and its neighbourhood. The grain of the photo is texture to continue, not noise to undo."""
        assert self.job.hole is not None
        hole = self.job.hole[rect.slices]
        y = to_tensor(self.job.photo.pixels[rect.slices], self.device)
        problem = Problem(HoleMask(observed_from_hole(hole, self.device)), y, self.sigma_y)
        fine = self._stage(problem, Content.SHOWN, only_hole=True)
        if not self._wide(hole):
            return Region(rect, (fine,))
        coarse = shrunk(problem, _coarseness(hole_width(hole), self._tile))
        self.watch.notice("coarse_first")
        return Region(rect, (self._stage(coarse, Content.LOST), fine))

    @property
    def _tile(self) -> int:
        return self.job.settings.tile or TILE

    def _wide(self, hole: Hole) -> bool:
        """Whether no tile could see enough around the hole to know what belongs into it."""
        return hole_width(hole) > self._tile // 2

    def _stage(self, problem: Problem, content: Content, only_hole: bool = False) -> Stage:
        recipe = recipe_for(self.job.settings, content, problem, repair=self.job.task.repair_only)
        return Stage(problem, CountingDenoiser(self._denoiser(problem, only_hole)), recipe)

    def _denoiser(self, problem: Problem, only_hole: bool) -> Denoiser:
        pixels = latent_pixels(problem)
        observed = problem.A.observed if only_hole else None
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
        grey = self.job.photo.pixels.shape[2] == 1 and not self.job.task.has(Grey)
        return GreyDenoiser(denoiser) if grey else denoiser


def _coarseness(width: int, tile: int) -> int:
    """The power of two by which to shrink the photo so that the hole is half a tile wide at most."""
    factor = 1
    while width / factor > tile / 2:
        factor *= 2
    return factor


def shrunk(problem: Problem, factor: int) -> Problem:
    """The same hole problem on a copy of the photo `factor` times smaller, by averages of observed pixels.

    A small pixel is observed where at least half of its pixels were.
    """
    observed = problem.A.observed
    assert observed is not None
    weight = F.avg_pool2d(observed, factor, ceil_mode=True)
    mean = F.avg_pool2d(problem.y * observed, factor, ceil_mode=True) / weight.clamp(min=1e-6)
    return Problem(HoleMask((weight >= 0.5).to(observed)), mean, problem.sigma_y)
