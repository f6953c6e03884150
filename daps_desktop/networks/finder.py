"""How likely each pixel of a photo is damage: a network over tiles of the photo at its own resolution."""

import math
from collections.abc import Callable

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
    ) -> Probabilities:
        """(H, W) of (H, W, C) pixels, 255 for certain damage.

        `check(share)` is called before every tile with the share that is done, and may raise to end the run.
        With `where`, (H, W), only tiles that hold any of it are looked at; of the others nothing is said: 0.
        """
        height, width = pixels.shape[:2]
        found = np.zeros((height, width), np.uint8)
        side = _TILE if where is None else min(_GLANCE, _TILE)
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
        return found

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
