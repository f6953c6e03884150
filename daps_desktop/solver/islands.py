"""Where only a hole is repaired, only its surroundings are computed: disjoint rectangles around its parts."""

import cv2
import numpy as np

from daps_desktop.core.hole import Hole, Rect

CELL = 16  # rectangles begin and end on a grid of this many pixels, or at the edge of the photo
MARGIN = 32  # pixels of the photo that every part of the hole has around it
SMALLEST = 96  # a rectangle is at least this wide and high, where the photo is


def islands(hole: Hole) -> list[Rect]:
    """Disjoint rectangles that cover the hole, each with a margin of context; [] for an empty hole."""
    height, width = hole.shape
    cells = _coarse(hole)
    boxes = [_with_context(box, height, width) for box in _parts(cells)]
    count = 0
    # Rectangles that touch become their common bounding box, until none does.
    while count != len(boxes):
        count = len(boxes)
        cells = np.zeros_like(cells)
        for box in boxes:
            cells[box.top // CELL : -(-box.bottom // CELL), box.left // CELL : -(-box.right // CELL)] = True
        boxes = [box.clipped(height, width) for box in _parts(cells)]
    return boxes


def _parts(cells: Hole) -> list[Rect]:
    """The bounding box, in pixels, of every connected part."""
    count, _, boxes, _ = cv2.connectedComponentsWithStats(cells.astype(np.uint8), connectivity=8)
    return [
        Rect(top * CELL, left * CELL, (top + height) * CELL, (left + width) * CELL)
        for left, top, width, height, _ in boxes[1:count].tolist()
    ]


def _coarse(hole: Hole) -> Hole:
    """True for every cell that holds a part of the hole."""
    height, width = hole.shape
    padded = np.pad(hole, ((0, -height % CELL), (0, -width % CELL)))
    return np.logical_or.reduce(padded.reshape(padded.shape[0] // CELL, CELL, -1, CELL), axis=(1, 3))


def _with_context(box: Rect, height: int, width: int) -> Rect:
    top, bottom = _widened(box.top, box.bottom, height)
    left, right = _widened(box.left, box.right, width)
    return Rect(top, left, bottom, right)


def _widened(low: int, high: int, length: int) -> tuple[int, int]:
    extra = max(MARGIN, -(-(SMALLEST - (high - low)) // (2 * CELL)) * CELL)
    low, high = low - extra, high + extra
    # A rectangle at the edge of the photo is moved inwards rather than cut.
    if low < 0:
        low, high = 0, max(high, min(SMALLEST, length))
    if high > length:
        low, high = max(0, min(low, length - SMALLEST)), length
    return low, high


def hole_width(hole: Hole) -> int:
    """The diameter in pixels of the largest disc inside the hole."""
    framed = np.pad(hole, 1).astype(np.uint8)
    return int(np.ceil(2 * cv2.distanceTransform(framed, cv2.DIST_L2, cv2.DIST_MASK_PRECISE).max()))
