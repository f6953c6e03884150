"""Divides a task into regions and stages: what is computed, with which denoiser and which recipe."""

import math
from collections.abc import Callable
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor

from daps_desktop.imaging.mask import Hole
from daps_desktop.imaging.photo import JpegTables
from daps_desktop.imaging.rect import Rect
from daps_desktop.jobs.settings import SolverSettings
from daps_desktop.jobs.task import Task
from daps_desktop.restoration.forward_model import CPU, Measurement, build_problem
from daps_desktop.restoration.presets import recipe_for
from daps_desktop.restoration.regions import Region, Stage, hole_width, islands, latent_pixels
from daps_desktop.solver.denoisers.bias_corrected import BiasCorrectedDenoiser
from daps_desktop.solver.denoisers.denoiser import CountingDenoiser, Denoiser, GreyDenoiser
from daps_desktop.solver.denoisers.tiled import TiledDenoiser
from daps_desktop.solver.operators import HoleMask, observed_from_hole
from daps_desktop.solver.problem import Problem

TILE = 384
"""Default side of a tile in pixels."""

NOISE_FLOOR = 0.01  # [-1, 1] units: below this the rounding of the file would be taken for detail


def _nothing(*_: object) -> None: ...


@dataclass(frozen=True, slots=True)
class Sight:
    """What there is of a photo. `part(rect)` is that part of it, (1, 3, h, w) on `device`, in [-1, 1] units.

    `hole` is (H, W), True = reconstruct here; `sigma_y` the std of the noise in the same units as the photo.
    """

    height: int
    width: int
    part: Callable[[Rect], Tensor]
    sigma_y: float
    hole: Hole | None = None
    tables: JpegTables | None = None
    grey: bool = False
    device: torch.device = CPU


@dataclass(frozen=True, slots=True)
class Tools:
    """The prior, and how the machine runs it.

    `check(pixels)` is called before every network call with the pixels of this evaluation that are done, and
    may raise; `on_shrink(tile, batch)` hears of a lack of memory, `on_coarse()` of a hole that is too wide.
    """

    denoiser: Denoiser
    batch: int = 1  # tiles in one network call
    check: Callable[[float], None] = _nothing
    on_shrink: Callable[[int, int], None] = _nothing
    on_coarse: Callable[[], None] = _nothing


@dataclass(frozen=True, slots=True)
class Planner:
    """The regions of one task on one photo; `rects` says where they will be before anything is built."""

    task: Task
    settings: SolverSettings
    sight: Sight
    tools: Tools

    def rects(self) -> list[Rect]:
        """The islands around the hole where nothing else is to change, or else the whole photo."""
        if self.task.repair_only:
            assert self.sight.hole is not None
            return islands(self.sight.hole)
        return [Rect(0, 0, self.sight.height, self.sight.width)]

    def region(self, rect: Rect) -> Region:
        """Raises: UserError where damages do not go together."""
        y = self.sight.part(rect)
        problem = self._island(rect, y) if self.task.repair_only else self._whole(y)
        return Region(rect, self._stages(problem))

    def _whole(self, y: Tensor) -> Problem:
        sight = self.sight
        marked = sight.hole is not None and bool(sight.hole.any())
        observed = observed_from_hole(sight.hole, sight.device) if marked and sight.hole is not None else None
        measured = Measurement(sight.height, sight.width, observed, sight.tables, sight.device)
        return build_problem(self.task, y, measured, sight.sigma_y)

    def _island(self, rect: Rect, y: Tensor) -> Problem:
        """A hole and its neighbourhood. The grain of the photo is texture to continue, not noise to undo."""
        assert self.sight.hole is not None
        observed = observed_from_hole(self.sight.hole[rect.slices], self.sight.device)
        return Problem(HoleMask(observed), y, self.sight.sigma_y)

    def _stages(self, problem: Problem) -> tuple[Stage, ...]:
        """Coarse to fine where no tile sees enough around a hole to know what belongs into it."""
        gap = _gap(problem) if self.task.in_image_domain else math.inf
        factor = _coarseness(gap, self._tile) if isinstance(problem.A, HoleMask) else 1
        if factor == 1:
            return (self._stage(problem, gap),)
        self.tools.on_coarse()
        return self._stage(shrunk(problem, factor), gap / factor), self._stage(problem, 0)

    @property
    def _tile(self) -> int:
        return self.settings.tile or TILE

    def _stage(self, problem: Problem, gap: float) -> Stage:
        denoiser = CountingDenoiser(self._denoiser(problem))
        recipe = recipe_for(
            self.settings, problem, gap=gap, repair=self.task.repair_only, sigma_max=denoiser.sigma_max
        )
        return Stage(problem, denoiser, recipe)

    def _denoiser(self, problem: Problem) -> Denoiser:
        pixels, tools = latent_pixels(problem), self.tools
        # In a repair, what is observed needs no estimate: tiles without a hole are left out.
        observed = problem.A.observed if self.task.repair_only else None
        denoiser: Denoiser = TiledDenoiser(
            tools.denoiser,
            self._tile,
            tools.batch,
            active=None if observed is None else observed == 0,
            known=None if observed is None else problem.y,
            check=lambda share: tools.check(share * pixels),
            on_shrink=tools.on_shrink,
        )
        if observed is not None:
            denoiser = BiasCorrectedDenoiser(denoiser, problem.y, observed)
        return GreyDenoiser(denoiser) if self.sight.grey and not self.task.adds_colour else denoiser


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
