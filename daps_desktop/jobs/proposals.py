"""What looks like damage: proposals, each with a score, which the user accepts or refuses."""

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum

import numpy as np
from numpy.typing import NDArray

from daps_desktop.base.validation import Range
from daps_desktop.imaging.mask import Mask
from daps_desktop.imaging.rect import Rect

SENSITIVITY = Range(0.0, 1.0)
DEFAULT = 0.5  # sensitivity: even odds


class ProposalKind(Enum):
    SCRATCH = "scratch"  # long and straight
    HAIR = "hair"  # long and bent
    SPECK = "speck"


@dataclass(frozen=True, slots=True)
class Proposal:
    """One piece that may be damage, within `rect`.

    `score` is the highest probability in it, 0 to 1; a sensitivity of 1 - score or more shows it.
    """

    rect: Rect
    score: float
    kind: ProposalKind
    pixels: int


@dataclass(frozen=True, slots=True, eq=False)
class Proposals:
    """All pieces, the surest first, so that what a sensitivity shows is a beginning of them.

    `labels` is (H, W) uint16: 1 + the place of the piece that has the pixel, or 0. One map for all, as the
    rectangles around long scratches may each hold the whole photo. `infrared`: by the channel of the scan,
    and not by what they look like.
    """

    labels: NDArray[np.uint16]
    pieces: tuple[Proposal, ...]
    infrared: bool = False

    def shown(self, sensitivity: float) -> int:
        """How many of them a sensitivity of 0 to 1 lets through; a higher one only adds to them."""
        return bisect_right(self.pieces, sensitivity - 1, key=lambda piece: -piece.score)

    def mask(self, shown: int, without: Iterable[int] = ()) -> Mask:
        """(H, W): the first so many of them together, but for those at the places `without`."""
        marked = self.labels - np.uint16(1) < shown  # 0 comes out as the largest number there is
        for place in without:
            marked[self.pieces[place].rect.slices] &= ~self.patch(place)
        return marked

    def patch(self, place: int) -> Mask:
        """The pixels of one piece, in its rectangle."""
        return self.labels[self.pieces[place].rect.slices] == place + 1

    def mostly_in(self, mask: Mask) -> list[int]:
        """The places of those of which more than half lies in a mask (H, W)."""
        inside = np.bincount(self.labels[mask], minlength=len(self.pieces) + 1)[1:].tolist()
        pairs = enumerate(zip(inside, self.pieces, strict=True))
        return [place for place, (count, piece) in pairs if 2 * count > piece.pixels]
