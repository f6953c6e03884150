"""What looks like damage: proposals, each with a score, which the user accepts or refuses."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

import numpy as np

from daps_desktop.imaging.mask import Mask
from daps_desktop.imaging.rect import Rect

DEFAULT = 0.5  # sensitivity
MIN_SCORE = 0.02  # score: below, even the highest sensitivity shows nothing


class ProposalKind(Enum):
    SCRATCH = "scratch"
    HAIR = "hair"
    SPECK = "speck"


@dataclass(frozen=True, slots=True)
class Proposal:
    """One piece of what looks like damage: `patch` is the mask within `rect`; no two patches overlap.

    `score` is 0 to 1; a sensitivity of 1 - score or more shows it.
    """

    rect: Rect
    patch: Mask
    score: float
    kind: ProposalKind


def above_threshold(proposals: Sequence[Proposal], sensitivity: float) -> tuple[Proposal, ...]:
    """Those that a sensitivity of 0 to 1 lets through; a higher one only adds to them."""
    return tuple(p for p in proposals if p.score >= max(1 - sensitivity, MIN_SCORE))


def mask_of(proposals: Sequence[Proposal], height: int, width: int) -> Mask:
    """The (height, width) mask that these proposals are together."""
    mask = np.zeros((height, width), bool)
    for proposal in proposals:
        mask[proposal.rect.slices] |= proposal.patch
    return mask
