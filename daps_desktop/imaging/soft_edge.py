"""The soft edge of a mask: a ring around it over which the filling fades into the photo.

Why a ring outside: a thin scratch stays filled altogether, however wide the edge is. The ring is redrawn
like the mask and counts as changed.
"""

import math
from collections.abc import Iterator

import cv2
import numpy as np
from numpy.typing import NDArray

from daps_desktop.imaging.mask import Mask, bounding_box
from daps_desktop.imaging.photo import Pixels
from daps_desktop.imaging.rect import Rect

Weights = NDArray[np.float32]

_BLOCK = 128  # pixels


def soft_edge(mask: Mask, width: float) -> Weights:
    """The share of the filling, (H, W) in [0, 1]: 1 in the mask, falling to 0 at `width` + 1 px outside."""
    if width <= 0 or not mask.any():
        return mask.astype(np.float32)
    away = (~mask).view(np.uint8)
    distance = cv2.distanceTransform(away, cv2.DIST_L2, cv2.DIST_MASK_PRECISE)
    return np.clip(1 - distance / np.float32(width + 1), 0, 1, out=distance).astype(np.float32, copy=False)


def outer_extent(mask: Mask, width: int) -> Mask:
    """All that the filling of `mask` changes: the mask and the ring around it.

    Found block by block, since most of a photo is far from any edge of the marks.
    """
    changed = mask.copy()
    if width > 0:
        for block in _blocks(expanded(bounding_box(mask), width).clipped(*mask.shape)):
            near = expanded(block, width).clipped(*mask.shape)
            part = mask[near.slices]
            if part.any() and not part.all():
                within = block.translated(-near.top, -near.left).slices
                changed[block.slices] = (soft_edge(part, width) > 0)[within]
    return changed


def _blocks(rect: Rect) -> Iterator[Rect]:
    for top in range(rect.top, rect.bottom, _BLOCK):
        for left in range(rect.left, rect.right, _BLOCK):
            yield Rect(top, left, min(top + _BLOCK, rect.bottom), min(left + _BLOCK, rect.right))


def expanded(rect: Rect, width: float) -> Rect:
    """The rectangle with the ring of a mask in it; an empty one stays empty."""
    if rect.empty or width <= 0:
        return rect
    reach = math.ceil(width) + 1
    return Rect(rect.top - reach, rect.left - reach, rect.bottom + reach, rect.right + reach)


def blend(original: Pixels, filled: Pixels, weights: Weights) -> Pixels:
    """`filled` where the weights are 1, `original` bit for bit where they are 0; (H, W, C) of one type."""
    share = weights[..., None]
    mixed = original + share * (filled.astype(np.float32) - original)
    return np.where(share == 1, filled, np.rint(mixed).astype(original.dtype))
