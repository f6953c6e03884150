"""A denoiser of small pictures over a photo of any size: overlapping tiles with feathered weights.

Only D is tiled; noise and M-step see the whole photo, and tiles are blended inside each
evaluation, so that RK4 integrates one vector field and no tile drifts away from its neighbours.
"""

import math
from collections.abc import Callable, Iterator, Sequence

import torch
from torch import Tensor

from daps_desktop.base.errors import UserError
from daps_desktop.solver.denoisers.denoiser import Denoiser
from daps_desktop.solver.device_errors import out_of_memory
from daps_desktop.solver.operators.padding import mirrored

CONTEXT = 16
"""Pixels that a tile sees beyond those it answers for, mirrored at the frame of the photo.

Without it a convolution meets zeros there, and a rim of up to a grey level a call adds up along a path.
"""

Box = tuple[slice, slice]


class TiledDenoiser:
    """D over tiles of `tile` pixels, `batch` at a time; when memory runs out, fewer, then smaller ones.

    None is smaller than `min_tile`.

    `active` (1, 1, H, W) bool: tiles without a True in them are not computed, and `known` (1, 3, H, W)
    stands in for their estimate. `check(share)` is called before every network call with the share of this
    evaluation that is done, and may raise to end the run.
    `on_shrink(tile, batch)` hears of every retreat.
    """

    size_multiple = 1

    def __init__(
        self,
        inner: Denoiser,
        tile: int = 256,
        batch: int = 1,
        min_tile: int = 64,
        *,
        active: Tensor | None = None,
        known: Tensor | None = None,
        check: Callable[[float], None] = lambda share: None,
        on_shrink: Callable[[int, int], None] = lambda tile, batch: None,
    ) -> None:
        self.inner = inner
        self.sigma_max = inner.sigma_max
        self.tile = tile
        self.batch = batch
        self.min_tile = min_tile
        self.active = active
        self.known = known
        self.check = check
        self.on_shrink = on_shrink

    @torch.no_grad()
    def denoise(self, x: Tensor, sigma: float) -> Tensor:
        """Raises: UserError("memory_out") if even the smallest tile does not fit."""
        while True:
            try:
                return self._denoise(x, sigma)
            except (RuntimeError, MemoryError) as error:
                if not out_of_memory(error):
                    raise
            self._shrink()  # outside the handler, which would keep the failed tensors alive

    def _shrink(self) -> None:
        if self.batch > 1:
            self.batch //= 2
        elif self.tile > self.min_tile:
            self.tile = max(self.tile // 2, self.min_tile)
        else:
            raise UserError("memory_out")
        if torch.cuda.is_available():
            torch.cuda.empty_cache()
        self.on_shrink(self.tile, self.batch)

    def _denoise(self, x: Tensor, sigma: float) -> Tensor:
        boxes = list(self._boxes(x.shape[-2], x.shape[-1]))
        if len(boxes) == 1 and self.active is None:
            self.check(0.0)
            return self._network(x, boxes, sigma)[0]
        total, weights = torch.zeros_like(x), x.new_zeros(1, 1, *x.shape[-2:])
        step = max(1, self.batch // x.shape[0])
        rows, cols = next(tile_boxes(x.shape[-2], x.shape[-1], self.tile))  # all are of this size
        feather = _feather(rows.stop, cols.stop, tile_overlap(self.tile), x)
        for i in range(0, len(boxes), step):
            self.check(i / len(boxes))
            group = boxes[i : i + step]
            for (rows, cols), estimate in zip(group, self._network(x, group, sigma), strict=True):
                total[..., rows, cols] += estimate * feather
                weights[..., rows, cols] += feather
        if self.known is not None:
            empty = weights == 0
            total = torch.where(empty, self.known, total)
            weights[empty] = 1
        return total.div_(weights)

    def _boxes(self, height: int, width: int) -> Iterator[Box]:
        """What each tile answers for."""
        for box in tile_boxes(height, width, self.tile):
            if self.active is None or bool(self.active[..., *box].any()):
                yield box

    def _network(self, x: Tensor, boxes: Sequence[Box], sigma: float) -> list[Tensor]:
        """The estimates of boxes of one size, each with its context, which is dropped again."""
        seen = torch.cat([self._seen(x, box) for box in boxes])
        height, width = (side.stop - side.start for side in boxes[0])
        estimates = self.inner.denoise(seen, sigma)
        inner = slice(CONTEXT, CONTEXT + height), slice(CONTEXT, CONTEXT + width)
        return list(estimates[..., *inner].chunk(len(boxes)))

    def _seen(self, x: Tensor, box: Box) -> Tensor:
        """The box with its context, and more at the far sides where the network wants whole multiples."""
        for dim, side in zip((-2, -1), box, strict=True):
            start, stop = side.start - CONTEXT, side.stop + CONTEXT
            stop += -(stop - start) % self.inner.size_multiple
            x = x.index_select(dim, mirrored(start, stop, x.shape[dim], x.device))
        return x


def tile_overlap(tile: int) -> int:
    """Pixels by which the answers of neighbouring tiles overlap, to be blended."""
    return max(tile // 16, 8)


def tile_boxes(height: int, width: int, tile: int) -> Iterator[Box]:
    """The parts that tiles of at most `tile` pixels, context included, answer for; all of one size."""
    for rows in _parts(height, tile):
        for cols in _parts(width, tile):
            yield rows, cols


def _parts(length: int, tile: int) -> list[slice]:
    """0..length in as few parts as will do, of the same length, each overlapping the next as it should."""
    side, overlap = tile - 2 * CONTEXT, tile_overlap(tile)
    count = 1 if length <= side else math.ceil((length - overlap) / (side - overlap))
    side = math.ceil((length + (count - 1) * overlap) / count)
    starts = [round(i * (length - side) / max(count - 1, 1)) for i in range(count)]
    return [slice(start, start + side) for start in starts]


def _feather(height: int, width: int, overlap: int, like: Tensor) -> Tensor:
    """(1, 1, height, width) weights, 1 in the middle, falling as a raised cosine over `overlap` pixels."""
    return (_ramp(height, overlap, like)[:, None] * _ramp(width, overlap, like)[None, :])[None, None]


def _ramp(length: int, overlap: int, like: Tensor) -> Tensor:
    position = torch.arange(length, dtype=like.dtype, device=like.device) + 0.5
    edge = torch.minimum(position, length - position).div_(max(overlap, 1)).clamp_(max=1)
    return 0.5 - 0.5 * torch.cos(torch.pi * edge)
