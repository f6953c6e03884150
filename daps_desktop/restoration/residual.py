"""What the result as it is saved leaves unexplained: one figure, and where on the photo.

Both are of the pixels that are written, with all that came after the solver: its estimate may lie beyond
black and white, where nothing can be saved.
"""

from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from daps_desktop.imaging.mask import Mask
from daps_desktop.imaging.photo import Pixels
from daps_desktop.imaging.rect import Rect
from daps_desktop.jobs.report import ResidualMap
from daps_desktop.jobs.task import Task
from daps_desktop.restoration.regions import Region
from daps_desktop.solver.tensors import to_tensor

MAP_SIDE = 1024  # the longer side at most
_MAX_VALUE = 60000.0  # what float16 holds

Plane = NDArray[np.float32]  # (h, w)


def as_written(
    task: Task, written: Pixels, regions: Sequence[Region], estimates: Sequence[Tensor], hidden: Mask | None
) -> list[Tensor]:
    """The latent image of each region: what is `written`, and the estimate where a file shows nothing.

    That is outside of the frame, and under `hidden`, (H, W) of the photo. `written` is the whole result,
    (H, W, C) as the solver sees it.
    """
    latents = [x.clone() for x in estimates]
    for region, x in zip(regions, latents, strict=True):
        place = region.rect.slices if task.only_fills_mask else np.s_[:, :]
        shown, inside = to_tensor(written[place], x.device), region.problem.A.crop(x)
        if hidden is not None and task.scale == 1:
            shown = torch.where(torch.tensor(hidden[place], device=x.device), inside, shown)
        inside.copy_(shown)
    return latents


def explain(
    task: Task, size: tuple[int, int], regions: Sequence[Region], latents: Sequence[Tensor]
) -> tuple[float, ResidualMap | None]:
    """|A(x) - y| over the noise level: its RMS over all that was observed, and its map.

    `size`: height and width of the photo. There is no map where y is no picture.
    """
    if not task.in_image_domain:
        ((region, x),) = zip(regions, latents, strict=True)
        return region.problem.residual_over_noise(x), None
    grid = _Grid(*size, -(-max(size) // MAP_SIDE))
    for region, x in zip(regions, latents, strict=True):
        grid.add(region.rect, *_squares(region, x))
    return grid.rms(), grid.map()


@torch.no_grad()
def _squares(region: Region, x: Tensor) -> tuple[Plane, Plane]:
    """The squared residual of every pixel, in squared noise levels, and 1 where it counts, 0 in a mask."""
    problem = region.problem
    squares = problem.A.residual(x, problem.y).div_(problem.noise.rms).square_().mean(1)[0]
    seen = torch.ones_like(squares) if problem.A.known_mask is None else problem.A.known_mask[0, 0]
    return (squares * seen).cpu().numpy(), seen.expand_as(squares).cpu().numpy()


class _Grid:
    """Sums over squares of `step` pixels, which regions of any place and size add to."""

    def __init__(self, height: int, width: int, step: int) -> None:
        shape = (-(-height // step), -(-width // step))
        self._step = step
        self._sums, self._counts = np.zeros(shape), np.zeros(shape)
        self._computed = np.zeros(shape, dtype=bool)

    def add(self, rect: Rect, squares: Plane, seen: Plane) -> None:
        step = self._step
        target = np.s_[rect.top // step : -(-rect.bottom // step), rect.left // step : -(-rect.right // step)]
        rows, cols = self._starts(rect.top, rect.bottom), self._starts(rect.left, rect.right)
        for total, plane in ((self._sums, squares), (self._counts, seen)):
            total[target] += np.add.reduceat(np.add.reduceat(plane, rows, axis=0), cols, axis=1)
        self._computed[target] = True

    def _starts(self, first: int, end: int) -> NDArray[np.int64]:
        """Where the squares begin inside first..end, counted from `first`."""
        later = np.arange((first // self._step + 1) * self._step, end, self._step)
        return np.concatenate([[0], later - first]).astype(np.int64)

    def rms(self) -> float:
        return float(np.sqrt(self._sums.sum() / max(self._counts.sum(), 1)))

    def map(self) -> ResidualMap:
        means = self._sums / np.maximum(self._counts, 1)
        unseen = self._computed & (self._counts == 0)
        return np.where(unseen, np.nan, np.minimum(np.sqrt(means), _MAX_VALUE)).astype(np.float16)
