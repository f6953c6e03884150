"""How likely each pixel of a photo is damage: a network over tiles of the photo at its own resolution."""

import math
from collections.abc import Callable

import numpy as np
import torch
from numpy.typing import NDArray

from daps_desktop.imaging.photo import Pixels
from daps_desktop.networks.runtime.network import Network
from daps_desktop.solver.operators.padding import mirrored
from daps_desktop.solver.tensors import to_tensor

Probabilities = NDArray[np.uint8]

_TILE = 512  # pixels, context included: of a larger one, Stop would have to wait for more than a second
_CONTEXT = 48  # pixels that a tile sees beyond those it answers for, mirrored at the frame of the photo


class DamageFinder:
    """A network that gives one logit a pixel, from RGB in [-1, 1]; the level it is given means nothing."""

    def __init__(self, network: Network, size_multiple: int) -> None:
        self.network = network
        self.size_multiple = size_multiple

    @torch.no_grad()
    def probabilities(
        self, pixels: Pixels, check: Callable[[float], None] = lambda share: None
    ) -> Probabilities:
        """(H, W) of (H, W, C) pixels, 255 for certain damage.

        `check(share)` is called before every tile with the share that is done, and may raise to end the run.
        """
        height, width = pixels.shape[:2]
        found = np.empty((height, width), np.uint8)
        boxes = [(rows, cols) for rows in self._parts(height) for cols in self._parts(width)]
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

    def _parts(self, length: int) -> list[slice]:
        """0..length in as few parts of one length as will do; the last may reach beyond the end.

        All begin at multiples of the coarsest level's pixels: there, tiles give what the whole photo would.
        """
        count = math.ceil(length / (_TILE - 2 * _CONTEXT))
        side = math.ceil(length / count / self.size_multiple) * self.size_multiple
        return [slice(start, start + side) for start in range(0, length, side)]
