"""Scratches, hairs and dust, proposed: nothing here marks anything, and each proposal can be refused."""

import math
from collections.abc import Iterator
from typing import cast

import cv2
import numpy as np
from numpy.typing import NDArray

from daps_desktop.analysis.planes import to_luma
from daps_desktop.analysis.scratches.classifier import damage_classifier
from daps_desktop.analysis.scratches.components import Components, find_components
from daps_desktop.analysis.scratches.ridges import ridge_maps
from daps_desktop.imaging.mask import Mask, bounding_box, dilate
from daps_desktop.imaging.photo import Pixels, at_depth
from daps_desktop.imaging.rect import Rect
from daps_desktop.jobs.proposals import MIN_SCORE, Proposal, ProposalKind

_FINEST = 7_000_000  # pixels: a larger scan is looked at from twice as far, or more
_SCALES = 3  # each half as large as the one before
_SHORTEST = 96  # pixels: no scale has a shorter side
_RIM = 1  # pixels of its scale that a patch reaches beyond what stands out, for soft edges
_ROUND = 2.5  # a speck is less than so many times as long as wide
_STRAIGHT = 0.06  # a scratch strays from its axis by less than this share of its length


def find_scratches(pixels: Pixels) -> tuple[Proposal, ...]:
    """All that might be scratches, hairs or dust in (H, W, C) pixels, the surest first.

    Things lighter or darker than their neighbourhood are looked for at several scales, as far as they stand
    out of the unrest around them, on their own or summed along a line; pieces that are connected are judged
    by how damage differs from content, and by how much else in the photo looks like damage.
    """
    height, width = pixels.shape[:2]
    found = [(factor, part) for factor, image in _scales(pixels) for part in light_and_dark(image)]
    features = [
        np.c_[part.features.matrix(), np.full(len(part.places), min(number // 2, 1))]
        for number, (_, part) in enumerate(found)
    ]
    scores = damage_classifier().scores(np.concatenate(features), height * width)
    ends = np.cumsum([len(part.places) for _, part in found])
    ranked: list[tuple[float, int, Components, int]] = []
    for (factor, part), of_part in zip(found, np.split(scores, ends[:-1]), strict=True):
        ranked += [(float(s), factor, part, i) for i, s in enumerate(of_part) if s >= MIN_SCORE]
    ranked.sort(key=lambda piece: -piece[0])
    return tuple(_proposals(ranked, height, width))


def _scales(pixels: Pixels) -> Iterator[tuple[int, NDArray[np.uint8]]]:
    """The photo at 8 bits from nearer and nearer to far, with how many times smaller each copy is."""
    factor = 1
    while pixels.shape[0] * pixels.shape[1] / factor**2 > _FINEST:
        factor *= 2
    for _ in range(_SCALES):
        height, width = (math.ceil(n / factor) for n in pixels.shape[:2])
        if factor > 1 and min(height, width) < _SHORTEST:
            return
        image = pixels
        if factor > 1:
            image = cast(Pixels, cv2.resize(pixels, (width, height), interpolation=cv2.INTER_AREA))
        yield factor, at_depth(image.reshape(height, width, -1), 8).astype(np.uint8, copy=False)
        factor *= 2


def light_and_dark(image: NDArray[np.uint8]) -> tuple[Components, Components]:
    """What is lighter, and what is darker than its neighbourhood."""
    maps = ridge_maps(to_luma(image))
    chroma = np.ptp(image, axis=2).astype(np.float32)
    return find_components(maps, chroma, dark=False), find_components(maps, chroma, dark=True)


def _proposals(
    ranked: list[tuple[float, int, Components, int]], height: int, width: int
) -> Iterator[Proposal]:
    """Patches at the photo's size; a pixel belongs to the surest piece that has it."""
    taken = np.zeros((height, width), bool)
    for score, factor, part, index in ranked:
        rect, patch = _at_full_size(part, index, factor, height, width)
        free = patch & ~taken[rect.slices]
        if free.sum() < patch.sum() / 2:
            continue  # found already, at another scale
        taken[rect.slices] |= free
        inner = bounding_box(free)
        where = inner.translated(rect.top, rect.left)
        yield Proposal(where, free[inner.slices].copy(), score, _kind(part, index))


def _at_full_size(part: Components, index: int, factor: int, height: int, width: int) -> tuple[Rect, Mask]:
    rows, cols = part.places[index]
    piece = np.pad(part.labels[rows, cols] == index + 1, _RIM)
    piece = dilate(piece, _RIM)
    large = np.repeat(np.repeat(piece, factor, axis=0), factor, axis=1)
    top, left = (rows.start - _RIM) * factor, (cols.start - _RIM) * factor
    whole = Rect(top, left, top + large.shape[0], left + large.shape[1])
    rect = whole.clipped(height, width)
    cut = Rect(rect.top - top, rect.left - left, rect.bottom - top, rect.right - left)
    return rect, large[cut.slices]


def _kind(part: Components, index: int) -> ProposalKind:
    """By its shape: compact, straight, or neither."""
    if np.exp(part.features.length[index] - part.features.width[index]) < _ROUND:
        return ProposalKind.SPECK
    rows, cols = np.nonzero(part.labels[part.places[index]] == index + 1)
    spreads = np.linalg.svd(np.stack([rows - rows.mean(), cols - cols.mean()]), compute_uv=False)
    return (
        ProposalKind.SCRATCH
        if spreads[1] < (_STRAIGHT + 1 / np.ptp([*rows, *cols])) * 3 * spreads[0]
        else ProposalKind.HAIR
    )
