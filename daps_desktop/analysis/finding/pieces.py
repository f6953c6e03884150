"""From how likely each pixel is damage to pieces, each of which can be accepted or refused."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import cast

import cv2
import numpy as np
from numpy.typing import NDArray

from daps_desktop.imaging.mask import Mask
from daps_desktop.imaging.rect import Rect
from daps_desktop.jobs.proposals import Proposal, ProposalKind, Proposals

_LIKELY = 0.5  # probability: what is connected above it is one piece,
_FAINT = 0.2  # and so is what is connected above this and nowhere likely
_SOFT, _NEAR = 0.1, 4  # it covers what is as likely as that, so many pixels around,
_RIM = 1  # and so many beyond: a trace of a soft edge would be drawn into the filling
_MIN_PIXELS = 3
_MAX_PIECES = 4000
_BAND = 1 << 25  # pixels looked at together: of larger scans, pieces end where a band does
_STRIP = 512  # rows
_HIDDEN = np.uint16(2**16 - 1)
_ROUND = 2.5  # a speck is less than so many times as long as wide
_STRAIGHT = 0.06  # a scratch strays from its axis by less than this share of its length

Labels = NDArray[np.uint16]


def pieces(
    probability: NDArray[np.uint8], hidden: Mask | None = None, check: Callable[[], None] = lambda: None
) -> Proposals:
    """Proposals from (H, W) probabilities of 0 to 255, none of them where the photo is `hidden`.

    Their score is their highest probability; they are judged as wholes after that (`judgement`). `check` is
    called now and then, and may raise.
    """
    height, width = probability.shape
    labels = np.zeros((height, width), np.uint16)
    if hidden is not None:
        labels[hidden] = _HIDDEN
    found: list[Proposal] = []
    rows = max(_BAND // max(width, 1), 1)
    for top in range(0, height, rows):
        check()
        band = slice(top, top + rows)
        found += _pieces(probability[band], labels[band], top, len(found))
    return in_order(labels, found)


def _pieces(probability: NDArray[np.uint8], labels: Labels, top: int, count: int) -> list[Proposal]:
    """The pieces of a band of rows; `labels` are given their numbers, from `count` on."""
    _, parts, stats, _ = cv2.connectedComponentsWithStats(_core(probability, labels == 0), connectivity=8)
    parts, areas = cast(NDArray[np.int32], parts), stats[:, cv2.CC_STAT_AREA]
    large = 1 + np.flatnonzero(areas[1:] >= _MIN_PIXELS)
    largest = large[np.argsort(-areas[large], kind="stable")[: _MAX_PIECES - count]]
    numbers = np.zeros(len(stats), np.uint16)
    numbers[largest] = np.arange(count + 1, count + 1 + len(largest))
    found: list[Proposal] = []
    for part in largest.tolist():
        left, above, width, height = stats[part, :4].tolist()
        box = Rect(above, left, above + height, left + width)
        piece = parts[box.slices] == part
        score = float(probability[box.slices][piece].max()) / 255
        reach = _NEAR + _RIM
        rim = Rect(box.top - reach, box.left - reach, box.bottom + reach, box.right + reach)
        found.append(Proposal(rim.clipped(*labels.shape).translated(top, 0), score, _kind(piece), 0))
    if found:
        _lay(numbers, parts, probability, labels)
    return found


def _core(probability: NDArray[np.uint8], free: Mask) -> NDArray[np.uint8]:
    """(h, w), 1 where pieces are: a faint one that touches a likely one is its soft edge."""
    likely = free & (probability >= round(255 * _LIKELY))
    faint = free & (probability >= round(255 * _FAINT))
    count, labelled = cv2.connectedComponents(faint.view(np.uint8), connectivity=8)
    parts = cast(NDArray[np.int32], labelled)
    alone = np.ones(count, bool)
    alone[parts[likely]] = alone[0] = False
    for rows in _strips(len(likely)):
        likely[rows] |= alone[parts[rows]]
    return likely.view(np.uint8)


def _lay(numbers: Labels, parts: NDArray[np.int32], probability: NDArray[np.uint8], labels: Labels) -> None:
    """Write the number of each part where it is, and on what is free around it."""
    laid = np.empty_like(labels)
    for rows in _strips(len(laid)):
        laid[rows] = numbers[parts[rows]]
    soft = (laid == 0) & (probability >= round(255 * _SOFT))
    np.copyto(laid, cast(Labels, cv2.dilate(laid, _disc(_NEAR))), where=soft)
    np.copyto(labels, laid, where=(laid > 0) & (labels == 0))
    np.copyto(labels, cast(Labels, cv2.dilate(laid, _disc(_RIM))), where=labels == 0)


def in_order(labels: Labels, found: list[Proposal]) -> Proposals:
    """The surest first, of equal ones as they came; `labels` say of each pixel 1 + its place in `found`."""
    order = np.argsort([-piece.score for piece in found], kind="stable")
    places = np.zeros(2**16, np.uint16)  # what is hidden is nothing
    places[order + 1] = np.arange(1, len(found) + 1)
    areas = np.zeros(len(found) + 1, np.int64)
    for rows in _strips(len(labels)):
        labels[rows] = places[labels[rows]]
        areas += np.bincount(labels[rows].ravel(), minlength=len(areas))
    ranked = (replace(found[i], pixels=int(area)) for i, area in zip(order, areas[1:], strict=True))
    return Proposals(labels, tuple(ranked))


def _strips(height: int) -> Iterator[slice]:
    """An array of indices takes eight bytes a pixel, so that they are made for some rows at a time."""
    return (slice(top, top + _STRIP) for top in range(0, height, _STRIP))


def _disc(radius: int) -> NDArray[np.uint8]:
    size = 2 * radius + 1
    return np.asarray(cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (size, size)), np.uint8)


def _kind(piece: Mask) -> ProposalKind:
    """By its shape: compact, straight, or neither; half axes are those of an ellipse of the same moments."""
    places = np.stack(np.nonzero(piece), axis=1).astype(np.float64)
    spreads = places - places.mean(axis=0)
    across, along = np.sqrt(12 * np.linalg.eigvalsh(spreads.T @ spreads / len(places)).clip(0) + 1)
    if along < _ROUND * across and len(places) > 0.4 * across * along:
        return ProposalKind.SPECK
    return ProposalKind.SCRATCH if across < max(4 * _STRAIGHT * along, 6) else ProposalKind.HAIR
