"""Parts of a photo that are solved on their own: boxes with context around a mask, and their stages."""

from dataclasses import dataclass

import cv2
import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from daps_desktop.imaging.mask import Mask
from daps_desktop.imaging.rect import Rect
from daps_desktop.restoration.presets import SamplerConfig
from daps_desktop.solver.denoisers.denoiser import CountingDenoiser
from daps_desktop.solver.problem import Problem
from daps_desktop.solver.samplers.annealing import Steps

CELL = 16  # rectangles begin and end on a grid of this many pixels, or at the edge of the photo
MARGIN = 32  # pixels of the photo that every part of the mask has around it
MIN_SIDE = 96  # a rectangle is at least this wide and high, where the photo is


@dataclass(frozen=True, slots=True)
class Stage:
    """One call of a method on one problem, `downscale` times smaller than the region."""

    problem: Problem
    denoiser: CountingDenoiser
    recipe: SamplerConfig
    downscale: int = 1

    @property
    def pixels(self) -> int:
        return domain_pixels(self.problem)

    @property
    def work(self) -> float:
        """Pixels times evaluations."""
        return float(self.pixels * self.recipe.evaluations)


@dataclass(frozen=True, slots=True)
class Region:
    """`rect` of the photo and its problem, solved in stages, each of which gives the next one its start."""

    rect: Rect
    problem: Problem
    stages: tuple[Stage, ...]

    @property
    def pixels(self) -> int:
        return domain_pixels(self.problem)

    @property
    def steps(self) -> int:
        return sum(stage.recipe.steps for stage in self.stages)

    def solve(self, rng: torch.Generator) -> Steps:
        """The steps of all stages in turn; the last one holds the result of the region, at its own scale."""
        found, scale = None, 1
        for stage in self.stages:
            if found is None:
                start = stage.recipe.start(stage.problem)
            else:
                start = _enlarge(found, scale // stage.downscale, stage.problem)
            for step in stage.recipe.solve(stage.problem, stage.denoiser, start, rng):
                found, scale = step.x0_y, stage.downscale
                yield step

    def enlarged(self, found: Tensor) -> Tensor:
        """The result at the size of the region."""
        scale = self.stages[-1].downscale
        return found if scale == 1 else _enlarge(found, scale, self.problem)


def domain_pixels(problem: Problem) -> int:
    """Pixels of the picture that is computed, its unknown border included."""
    height, width = problem.A.domain_size(*problem.y.shape[-2:])
    return height * width


def _enlarge(found: Tensor, factor: int, problem: Problem) -> Tensor:
    """What a coarse stage found, `factor` times as large, with the photo where it is observed."""
    height, width = problem.y.shape[-2:]
    large = F.interpolate(found, scale_factor=factor, mode="bicubic", antialias=True)[..., :height, :width]
    return problem.A.prox(large, problem.y, problem.noise, 1.0)


def context_boxes(mask: Mask) -> list[Rect]:
    """Disjoint rectangles that cover the mask, each with a margin of context; [] for an empty mask."""
    height, width = mask.shape
    cells = _coarse(mask)
    boxes = [_with_context(box, height, width) for box in _parts(cells)]
    count = 0
    # Rectangles that touch become their common bounding box, until none does.
    while count != len(boxes):
        count = len(boxes)
        cells = np.zeros_like(cells)
        for box in boxes:
            cells[box.top // CELL : -(-box.bottom // CELL), box.left // CELL : -(-box.right // CELL)] = True
        boxes = [box.clipped(height, width) for box in _parts(cells)]
    return boxes


def _parts(cells: Mask) -> list[Rect]:
    """The bounding box, in pixels, of every connected part."""
    count, _, boxes, _ = cv2.connectedComponentsWithStats(cells.astype(np.uint8), connectivity=8)
    return [
        Rect(top * CELL, left * CELL, (top + height) * CELL, (left + width) * CELL)
        for left, top, width, height, _ in boxes[1:count].tolist()
    ]


def _coarse(mask: Mask) -> Mask:
    """True for every cell that holds a part of the mask."""
    height, width = mask.shape
    padded = np.pad(mask, ((0, -height % CELL), (0, -width % CELL)))
    return np.logical_or.reduce(padded.reshape(padded.shape[0] // CELL, CELL, -1, CELL), axis=(1, 3))


def _with_context(box: Rect, height: int, width: int) -> Rect:
    top, bottom = _with_soft_edge(box.top, box.bottom, height)
    left, right = _with_soft_edge(box.left, box.right, width)
    return Rect(top, left, bottom, right)


def _with_soft_edge(low: int, high: int, length: int) -> tuple[int, int]:
    extra = max(MARGIN, -(-(MIN_SIDE - (high - low)) // (2 * CELL)) * CELL)
    low, high = low - extra, high + extra
    # A rectangle at the edge of the photo is moved inwards rather than cut.
    if low < 0:
        low, high = 0, max(high, min(MIN_SIDE, length))
    if high > length:
        low, high = max(0, min(low, length - MIN_SIDE)), length
    return low, high


def mask_width(mask: Mask) -> int:
    """The diameter in pixels of the largest disc inside the mask."""
    framed = np.pad(mask, 1).astype(np.uint8)
    return int(np.ceil(2 * cv2.distanceTransform(framed, cv2.DIST_L2, cv2.DIST_MASK_PRECISE).max()))
