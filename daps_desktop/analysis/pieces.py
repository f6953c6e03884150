"""From how likely each pixel is damage to pieces, each of which can be accepted or refused."""

from collections.abc import Iterator
from typing import cast

import cv2
import numpy as np
from numpy.typing import NDArray

from daps_desktop.imaging.mask import Mask, bounding_box, dilate
from daps_desktop.imaging.rect import Rect
from daps_desktop.jobs.proposals import Proposal, ProposalKind

_LEVELS = (0.5, 0.35, 0.25, 0.18, 0.12, 0.08, 0.05)  # probability
_RIM = 2  # pixels that a patch reaches beyond what was found, for soft edges
_MIN_PIXELS = 3
_MAX_PIECES = 4000
_ROUND = 2.5  # a speck is less than so many times as long as wide
_STRAIGHT = 0.06  # a scratch strays from its axis by less than this share of its length


def pieces(probability: NDArray[np.uint8]) -> tuple[Proposal, ...]:
    """Proposals from (H, W) probabilities of 0 to 255, the surest first; the score is a piece's peak.

    What is connected at the usual sensitivity is one piece. Lower probabilities only add pieces to these, so
    that a higher sensitivity never joins two that were told apart.
    """
    taken = np.zeros(probability.shape, bool)
    found = [piece for level in _LEVELS for piece in _born(probability, level, taken)]
    found.sort(key=lambda piece: -piece.score)  # stable: of equal ones the larger probability came first
    return tuple(found[:_MAX_PIECES])


def _born(probability: NDArray[np.uint8], level: float, taken: Mask) -> Iterator[Proposal]:
    """The pieces that come to light at this level; their pixels are added to `taken`."""
    fresh = ((probability >= round(255 * level)) & ~taken).view(np.uint8)
    _, labels, stats, _ = cv2.connectedComponentsWithStats(fresh, connectivity=8)
    labels, areas = cast(NDArray[np.int32], labels), stats[:, cv2.CC_STAT_AREA].copy()
    areas[0] = 0  # the ground
    largest = np.argsort(-areas, kind="stable")[: min(_MAX_PIECES, int((areas >= _MIN_PIXELS).sum()))]
    for label in largest.tolist():
        left, top, width, height = stats[label, :4].tolist()
        box = Rect(top, left, top + height, left + width)
        piece = labels[box.slices] == label
        score = float(probability[box.slices][piece].max()) / 255
        where = Rect(top - _RIM, left - _RIM, box.bottom + _RIM, box.right + _RIM).clipped(*taken.shape)
        rim = (
            (box.top - where.top, where.bottom - box.bottom),
            (box.left - where.left, where.right - box.right),
        )
        free = dilate(np.pad(piece, rim), _RIM) & ~taken[where.slices]
        taken[where.slices] |= free
        inner = bounding_box(free)
        patch = free[inner.slices].copy()
        yield Proposal(inner.translated(where.top, where.left), patch, score, _kind(piece))


def _kind(piece: Mask) -> ProposalKind:
    """By its shape: compact, straight, or neither; half axes are those of an ellipse of the same moments."""
    places = np.stack(np.nonzero(piece), axis=1).astype(np.float64)
    spreads = places - places.mean(axis=0)
    across, along = np.sqrt(12 * np.linalg.eigvalsh(spreads.T @ spreads / len(places)).clip(0) + 1)
    if along < _ROUND * across and len(places) > 0.4 * across * along:
        return ProposalKind.SPECK
    return ProposalKind.SCRATCH if across < max(4 * _STRAIGHT * along, 6) else ProposalKind.HAIR
