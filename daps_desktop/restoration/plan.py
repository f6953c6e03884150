"""What a run will do, as values: which parts of the photo, in which stages, with which recipe, how often.

A plan needs neither pixels nor a network nor a device, so the estimate and the run make the same one.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import reduce
from typing import Literal

import numpy as np
import torch
from torch import Tensor

from daps_desktop.imaging.mask import Mask, downsampled
from daps_desktop.imaging.photo import JpegTables
from daps_desktop.imaging.profile.noise_model import NoiseModel
from daps_desktop.imaging.rect import Rect
from daps_desktop.jobs.settings import DEFAULT_TILE, SolverSettings
from daps_desktop.jobs.task import Task
from daps_desktop.restoration.forward_model import Measurement, build_operator, observed_part
from daps_desktop.restoration.presets import SamplerConfig, sampler_for
from daps_desktop.restoration.regions import context_boxes, mask_width
from daps_desktop.solver.denoisers.tiled import CONTEXT, tile_boxes
from daps_desktop.solver.operators import GaussianNoise, MaskOperator, Operator, known_mask_of
from daps_desktop.solver.operators.noise import FLOOR
from daps_desktop.solver.problem import Problem
from daps_desktop.solver.tensors import GREY_LEVELS_PER_UNIT

_SPARE = (1.5, 3.0)  # pixels of softness from which half and a quarter of a photo's size hold its detail
_SAMPLE_SIDE = 32  # pixels of the stand-in whose operator shows what kind of problem it is


@dataclass(frozen=True, slots=True)
class Observation:
    """What is known of a photo before its pixels are looked at.

    `mask` is (H, W), True = reconstruct here; `hidden` is (H, W), True where the photo is wholly transparent,
    so that its colour says nothing. `softness` is how wide its edges are, in pixels (std of a Gaussian);
    None: they do not tell.
    """

    height: int
    width: int
    noise: GaussianNoise
    mask: Mask | None = None
    tables: JpegTables | None = None
    grey: bool = False
    hidden: Mask | None = None
    softness: float | None = None

    def known_mask(self, rect: Rect, device: torch.device | str = "cpu") -> Tensor | None:
        """(1, 1, h, w) of `rect`, 1 = trust the photo; None where all of all of it is to be trusted."""
        unknown = [part[rect.slices] for part in (self.mask, self.hidden) if part is not None and part.any()]
        return known_mask_of(reduce(np.logical_or, unknown), device) if unknown else None

    @property
    def marked(self) -> bool:
        return self.mask is not None and bool(self.mask.any())

    @property
    def whole(self) -> Rect:
        return Rect(0, 0, self.height, self.width)


@dataclass(frozen=True, slots=True)
class StagePlan:
    """One call of a method, on a copy of its region that is `downscale` times smaller."""

    downscale: int
    recipe: SamplerConfig
    pixels: int  # of the picture that is computed, its unknown border included
    seen: int  # pixels that the network sees in one evaluation: its tiles with their context


@dataclass(frozen=True, slots=True)
class RegionPlan:
    """`rect` of the photo, solved in one stage, or in a coarse one that gives the fine one its start.

    What the last one finds is enlarged where it is coarse itself.
    """

    rect: Rect
    stages: tuple[StagePlan, ...]


@dataclass(frozen=True, slots=True)
class Plan:
    """All regions are solved `runs` times; the result is the mean, or what explains the photo best."""

    task: Task
    regions: tuple[RegionPlan, ...]
    runs: int
    combine: Literal["mean", "best"]
    tile: int  # side in pixels
    seed: int

    @property
    def coarse_first(self) -> bool:
        return any(len(region.stages) > 1 for region in self.regions)

    @property
    def downscale(self) -> int:
        """How many times smaller the result is computed than it will be."""
        return max((region.stages[-1].downscale for region in self.regions), default=1)


def noise_model(task: Task, settings: SolverSettings, measured: Callable[[], NoiseModel]) -> NoiseModel:
    """What is taken for noise: measured where it stands in the way, at the given level where one is given.

    Where only marked places, blocks, colour or highlights are mended, the grain of the photo is kept: it is
    texture to continue, and a path that ended at its level would leave the fill too smooth.
    """
    if task.only_fills_mask or (task.keeps_grain and settings.noise is None):
        return NoiseModel.white(0.0)
    model = measured() if task.in_image_domain else measured().grain
    return model if settings.noise is None else model.at_level(settings.noise)


def noise_of(model: NoiseModel) -> GaussianNoise:
    """The same in [-1, 1] units, of the rounding of the file at least."""
    if model.level < FLOOR * GREY_LEVELS_PER_UNIT and not model.peaks:
        return GaussianNoise.white(FLOOR)
    axes = torch.tensor(model.axes, dtype=torch.float64)
    lags = torch.tensor(model.lags, dtype=torch.float64) / GREY_LEVELS_PER_UNIT**2
    if model.level < FLOOR * GREY_LEVELS_PER_UNIT:
        lags = torch.full((len(axes), 1, 1), FLOOR**2, dtype=torch.float64)
    rms = max(math.hypot(model.level, model.screen_level, model.streak_level) / GREY_LEVELS_PER_UNIT, FLOOR)
    peaks = tuple(peak.scaled(1 / GREY_LEVELS_PER_UNIT) for peak in model.peaks)
    if len(axes) == 1:
        # Of three equal channels each is treated like the grey axis, of which they are one third.
        axes, lags = torch.eye(3, dtype=torch.float64), lags.expand(3, -1, -1)
        peaks = tuple(replace(peak, powers=peak.powers * 3) for peak in peaks)
    return GaussianNoise(axes, lags, rms, peaks)


@dataclass(frozen=True, slots=True)
class Layout:
    """What a task computes of a photo, whatever the settings: the half of a plan that costs time.

    `parts`: each rectangle with what the photo does not show of it (None: it shows all) and how many pixels
    wide that is at its widest, infinite where the photo shows nothing at all. `spare` is how many times
    smaller the photo could be and hold the same detail, a power of two.
    """

    task: Task
    problem: Problem  # a stand-in of a few pixels: of the same kind, and with the same border
    parts: tuple[tuple[Rect, Mask | None, float], ...]
    spare: int


def lay_out(task: Task, observation: Observation) -> Layout:
    """The islands around the mask where nothing else is to change, or else the whole photo as one region.

    Raises: UserError where damages do not go together.
    """
    problem = Problem(_stand_in(task, observation), torch.zeros(1, 3, 1, 1), observation.noise)
    if task.only_fills_mask:
        assert observation.mask is not None
        unseen = [(rect, observation.mask[rect.slices]) for rect in context_boxes(observation.mask)]
    else:
        unseen = [(observation.whole, _unseen(task, observation))]
    parts = tuple((rect, mask, _gap(task, mask)) for rect, mask in unseen)
    return Layout(task, problem, parts, spare_scale(observation.softness or 0.0))


def make_plan(layout: Layout, settings: SolverSettings, sigma_max: float = math.inf) -> Plan:
    """`sigma_max`: the largest noise level that the prior knows."""
    task, planner = layout.task, _Planner(layout, settings, sigma_max)
    regions = tuple(RegionPlan(rect, planner.stages(rect, mask, gap)) for rect, mask, gap in layout.parts)
    chance = any(stage.recipe.stochastic for region in regions for stage in region.stages)
    runs = task.runs or (settings.samples if chance else 1)
    return Plan(task, regions, runs, "best" if task.runs else "mean", planner.tile, settings.seed)


def spare_scale(softness: float) -> int:
    """How many times smaller a photo with edges of that many pixels may be and keep its detail: 1, 2 or 4."""
    return 2 ** sum(softness >= least for least in _SPARE)


def _gap(task: Task, unseen: Mask | None) -> float:
    if not task.in_image_domain:
        return math.inf
    return 0 if unseen is None else mask_width(unseen)


def _stand_in(task: Task, observation: Observation) -> Operator:
    """The operator of a photo of a few pixels: of the same kind, and with the same border."""
    # That of a phase retrieval is cheap at any size, and no size but its own gives how large its picture is.
    whole = observation.height, observation.width
    size = (_SAMPLE_SIDE, _SAMPLE_SIDE) if task.in_image_domain else whole
    observed = torch.ones(1, 1, *size) if task.only_fills_mask or observation.marked else None
    if task.only_fills_mask and observed is not None:
        return MaskOperator(observed)
    return build_operator(task, Measurement(*size, observed, observation.tables))


def _unseen(task: Task, observation: Observation) -> Mask | None:
    """What the photo does not show, painted or lost in a benchmark; None where all of it counts.

    What is transparent is not in it: no one sees what comes there, so no run is to take longer for it.
    """
    known_mask = replace(observation, hidden=None).known_mask(observation.whole)
    measured = Measurement(observation.height, observation.width, known_mask)
    observed = observed_part(task, measured)
    return None if observed is None else observed[0, 0].numpy() == 0


@dataclass(frozen=True, slots=True)
class _Planner:
    layout: Layout
    settings: SolverSettings
    sigma_max: float

    @property
    def tile(self) -> int:
        return self.settings.tile or DEFAULT_TILE

    def stages(self, rect: Rect, unseen: Mask | None, gap: float) -> tuple[StagePlan, ...]:
        """Coarse to fine where no tile sees enough around a mask to know what belongs in it.

        A draft of a repair ends at the scale at which a soft photo has its detail.
        """
        factor = _coarseness(gap, self.tile) if isinstance(self.layout.problem.A, MaskOperator) else 1
        draft = self.settings.preset == "draft" and self.layout.task.only_fills_mask
        last = self.layout.spare if draft else 1
        steps = [(last, gap / last)] if factor <= last else [(factor, gap / factor), (last, 0)]
        return tuple(self._stage(rect, unseen, downscale, gap) for downscale, gap in steps)

    def _stage(self, rect: Rect, unseen: Mask | None, downscale: int, gap: float) -> StagePlan:
        problem, repair = self.layout.problem, self.layout.task.only_fills_mask
        recipe = sampler_for(self.settings, problem, gap=gap, repair=repair, sigma_max=self.sigma_max)
        height, width = (-(-side // downscale) for side in (rect.bottom - rect.top, rect.right - rect.left))
        height, width = problem.A.domain_size(height, width)
        # In a repair, what is observed needs no estimate: tiles without a mask are skipped.
        mask = downsampled(unseen, downscale) if repair and unseen is not None else None
        seen = sum(
            (rows.stop - rows.start + 2 * CONTEXT) * (cols.stop - cols.start + 2 * CONTEXT)
            for rows, cols in tile_boxes(height, width, self.tile)
            if mask is None or mask[rows, cols].any()
        )
        return StagePlan(downscale, recipe, height * width, seen)


def _coarseness(width: float, tile: int) -> int:
    """The power of two by which to shrink the photo so that the mask is half a tile wide at most."""
    factor = 1
    while width / factor > tile / 2:
        factor *= 2
    return factor
