"""Where on a scan prints lie."""

import cv2
import numpy as np

from daps_desktop.analysis.picture_area import SMALL, picture_area, without_hidden
from daps_desktop.analysis.prints.lid import Floats, foreground
from daps_desktop.analysis.prints.pieces import Guess, guesses
from daps_desktop.imaging.photo import Pixels, at_depth
from daps_desktop.imaging.profile.print_outline import PrintOutline, in_reading_order

_WORK = 1800  # pixels on the longer side of the copy on which sides are fitted
_COARSE = 900  # of the one on which prints are told from the lid
_TINY = 96  # pixels on the longer side: less is no scan of several prints
_NARROW = 3  # pixels of the small copy: less is the blend at a print's own edge
_AROUND = 0.12  # of a print's side: a wider margin is no border


def find_prints(pixels: Pixels, alpha: Pixels | None = None) -> tuple[PrintOutline, ...]:
    """The prints on a scan of (H, W, C) pixels, in reading order; none where there are not at least two.

    `alpha` is (H, W) of the same type, or None. Corners are pixels of the scan.
    """
    height, width = pixels.shape[:2]
    if max(height, width) < _TINY or min(height, width) < _TINY / 2:
        return ()
    work, scale = _copy(without_hidden(pixels, alpha), _WORK)
    small, shrunk = _copy(work, _COARSE)
    seen = foreground(small)
    if seen is None:
        return ()
    mask, grain = seen
    found = [_outline(pixels, guess, scale) for guess in guesses(mask, work, shrunk, grain)]
    return in_reading_order(found) if len(found) > 1 else ()


def _copy(pixels: Pixels | Floats, side: int) -> tuple[Floats, float]:
    """(h, w, C) grey levels of 0 to 255 with at most `side` pixels on the longer side, and the scale."""
    height, width = pixels.shape[:2]
    scale = min(1.0, side / max(height, width))
    size = max(1, round(width * scale)), max(1, round(height * scale))
    small = cv2.resize(pixels, size, interpolation=cv2.INTER_AREA).reshape(size[1], size[0], -1)
    if small.dtype == np.uint16:
        return (small / np.float32(257)).astype(np.float32), scale
    return small.astype(np.float32), scale


def _outline(pixels: Pixels, guess: Guess, scale: float) -> PrintOutline:
    corners = guess.fitted.corners / scale
    first = int(np.argmin(corners.sum(axis=1)))
    corners = np.roll(corners, -first, axis=0)
    a, b, c, d = ((float(x), float(y)) for x, y in corners)
    outline = PrintOutline((a, b, c, d))
    if abs(outline.angle) > 45:  # its top is the side nearest to the horizontal
        outline = PrintOutline((d, a, b, c) if outline.angle > 0 else (b, c, d, a))
    return PrintOutline(outline.corners, _border(pixels, outline))


def _border(pixels: Pixels, outline: PrintOutline) -> tuple[int, int, int, int]:
    """How wide the print's border is at the top, right, bottom and left: none unless it goes all around."""
    corners = np.array(outline.corners, np.float32)
    width, height = np.hypot(*(corners[1] - corners[0])), np.hypot(*(corners[3] - corners[0]))
    shrink = min(1.0, SMALL / max(width, height))
    size = max(4, round(width * shrink)), max(4, round(height * shrink))
    upright = np.array([[0, 0], [size[0], 0], [size[0], size[1]], [0, size[1]]], np.float32)
    turn = cv2.getPerspectiveTransform(corners - 0.5, upright - 0.5)
    copy = cv2.warpPerspective(
        at_depth(pixels, 8), turn, size, flags=cv2.INTER_AREA, borderMode=cv2.BORDER_REPLICATE
    )
    area = picture_area(np.asarray(copy, np.uint8).reshape(size[1], size[0], -1))
    rows, cols = np.median(area, axis=1) > 0, np.median(area, axis=0) > 0
    if not rows.any() or not cols.any():
        return 0, 0, 0, 0
    ends = rows.argmax(), cols[::-1].argmax(), rows[::-1].argmax(), cols.argmax()
    if min(ends) < _NARROW or sorted(ends)[2] > _AROUND * max(size):
        return 0, 0, 0, 0
    top, right, bottom, left = (int(np.ceil(end / shrink)) for end in ends)
    return top, right, bottom, left
