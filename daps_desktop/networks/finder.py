"""How likely each pixel of a photo is damage: a network over tiles of the photo at two scales."""

import math
from collections.abc import Callable
from itertools import pairwise
from typing import Any

import cv2
import numpy as np
import torch
from numpy.typing import NDArray

from daps_desktop.imaging.mask import Mask
from daps_desktop.imaging.photo import Pixels
from daps_desktop.networks.runtime.network import Network
from daps_desktop.solver.operators.padding import mirrored
from daps_desktop.solver.tensors import to_tensor

Probabilities = NDArray[np.uint8]

_TILE = 512  # pixels, context included: of a larger one, Stop would have to wait for more than a second
_GLANCE = 192  # the same where few places are looked at
_SCALES = (1, 2)  # times the finest one, by which the photo is shrunk
_CONTEXT = 48  # pixels that a tile sees beyond those it answers for, mirrored at the frame of the photo


class DamageFinder:
    """A network that gives one logit a pixel, from RGB in [-1, 1]; the level it is given means nothing."""

    def __init__(self, network: Network, size_multiple: int) -> None:
        self.network = network
        self.size_multiple = size_multiple

    @torch.no_grad()
    def probabilities(
        self,
        pixels: Pixels,
        check: Callable[[float], None] = lambda share: None,
        where: Mask | None = None,
        finest: int = 1,
    ) -> Probabilities:
        """(H, W) of (H, W, C) pixels, 255 for certain damage.

        The photo is looked at as it is, and shrunk to half, where a wide crease is as narrow as a fine one;
        what either look finds counts. Both are shrunk `finest` times more, for a scan without fine detail.
        `check(share)` is called before every tile with the share that is done, and may raise to end the run.
        With `where`, (H, W), only tiles that hold any of it are looked at, and only as they are; of the
        others nothing is said: 0.
        """
        height, width = pixels.shape[:2]
        found = np.zeros((height, width), np.uint8)
        if where is not None:
            self._look(pixels, found, _GLANCE, where, check)
            return found
        shares = np.cumsum([0, *(scale**-2 for scale in _SCALES)])
        for scale, (start, stop) in zip(_SCALES, pairwise(shares / shares[-1]), strict=True):
            rows, cols = (math.ceil(side / (finest * scale)) for side in (height, width))
            seen = np.zeros((rows, cols), np.uint8)
            small = _resized(pixels, rows, cols, cv2.INTER_AREA)
            self._look(small, seen, _TILE, None, _part_of(check, start, stop))
            np.maximum(found, _resized(seen, height, width, cv2.INTER_LINEAR), out=found)
        return found

    def _look(
        self,
        pixels: Pixels,
        found: Probabilities,
        tile: int,
        where: Mask | None,
        check: Callable[[float], None],
    ) -> None:
        """Write into `found` (H, W) what tiles of that side tell of (H, W, C) pixels at their own scale."""
        height, width = found.shape
        side = min(tile, _TILE)
        boxes = [(rows, cols) for rows in self._parts(height, side) for cols in self._parts(width, side)]
        if where is not None:
            boxes = [box for box in boxes if where[box].any()]
        for done, (rows, cols) in enumerate(boxes):
            check(done / len(boxes))
            x = to_tensor(pixels[np.ix_(self._seen(rows, height), self._seen(cols, width))])
            x = x.to(self.network.device)
            probable = self.network(x, x.new_zeros(1)).sigmoid_().mul_(255).round_()[0, 0]
            answer = found[rows, cols]
            inner = probable[_CONTEXT:, _CONTEXT:][: answer.shape[0], : answer.shape[1]]
            answer[...] = inner.byte().cpu().numpy()

    def _seen(self, part: slice, side: int) -> NDArray[np.intp]:
        """The places along one side that a tile sees, as many as the network wants."""
        start, stop = part.start - _CONTEXT, part.stop + _CONTEXT
        stop += -(stop - start) % self.size_multiple
        return mirrored(start, stop, side, torch.device("cpu")).numpy()

    def _parts(self, length: int, tile: int) -> list[slice]:
        """0..length in as few parts of one length as will do; the last may reach beyond the end.

        All begin at multiples of the coarsest level's pixels: there, tiles give what the whole photo would.
        """
        count = math.ceil(length / (tile - 2 * _CONTEXT))
        side = math.ceil(length / count / self.size_multiple) * self.size_multiple
        return [slice(start, start + side) for start in range(0, length, side)]


def _part_of(check: Callable[[float], None], start: float, stop: float) -> Callable[[float], None]:
    """For the share that is done of what takes a run from one share to another."""
    return lambda share: check(start + share * (stop - start))


def _resized(values: NDArray[Any], height: int, width: int, way: int) -> NDArray[Any]:
    """(height, width[, C]) of (H, W[, C])."""
    if values.shape[:2] == (height, width):
        return values
    resized = cv2.resize(values, (width, height), interpolation=way)
    return resized.reshape(height, width, *values.shape[2:])
