"""Pixels that are connected and look alike: what the magic wand picks out."""

import cv2
import numpy as np
from numpy.typing import NDArray

from daps_desktop.imaging.selection import Selection, selection_of

_REACHED = 2  # in the array of pixels that are alike, which are not 0


def flood_select(image: NDArray[np.uint8], seed: tuple[int, int], tolerance: int) -> Selection:
    """The pixels joined to `seed` (row, col) side by side that differ by `tolerance` at most in each channel.

    `image` is (H, W, 3) or (H, W) uint8; `tolerance` is in grey levels, against the colour at the seed.
    """
    colour = image[seed].astype(np.int16).reshape(-1)
    alike = cv2.inRange(image, np.maximum(colour - tolerance, 0), np.minimum(colour + tolerance, 255))
    row, col = seed
    _, _, _, box = cv2.floodFill(alike, None, (col, row), _REACHED, flags=4)
    left, top, width, height = box
    rows, cols = slice(top, top + height), slice(left, left + width)
    region = selection_of(alike[rows, cols] == _REACHED)
    return region.translated(top, left)
