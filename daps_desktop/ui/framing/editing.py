"""What is done to a frame while it is set: turned, straightened, cropped. Values alone, no widgets."""

from dataclasses import replace

import numpy as np

from daps_desktop.imaging.frame import LEAST_SIDE, MAX_ANGLE, Frame, Size
from daps_desktop.imaging.rect import Rect

_STEPS = 12  # of halving: to a four-thousandth of a drag
Edges = tuple[int, int]  # (down, across): -1 top or left edge, 1 bottom or right edge, 0 neither; (0, 0): all


def turned(frame: Frame, photo: Size, clockwise: bool) -> Frame:
    """As it is seen, by a quarter turn; the crop goes along."""
    height, width = frame.canvas_size(photo)
    step = 1 if clockwise != frame.mirrored else -1  # seen in a mirror, turns go the other way
    crop = frame.crop
    if crop is not None and clockwise:
        crop = Rect(crop.left, height - crop.bottom, crop.right, height - crop.top)
    elif crop is not None:
        crop = Rect(width - crop.right, crop.top, width - crop.left, crop.bottom)
    return replace(frame, turns=(frame.turns + step) % 4, crop=crop)


def mirrored(frame: Frame, photo: Size) -> Frame:
    """As it is seen, left and right swapped; the crop goes along."""
    width, crop = frame.canvas_size(photo)[1], frame.crop
    if crop is not None:
        crop = Rect(crop.top, width - crop.right, crop.bottom, width - crop.left)
    return replace(frame, mirrored=not frame.mirrored, angle=-frame.angle or 0.0, crop=crop)


def straightened(frame: Frame, photo: Size, angle: float) -> Frame:
    """At another angle; the crop stays about the same place and shrinks as far as it must."""
    angle = min(max(round(angle, 3), -MAX_ANGLE), MAX_ANGLE)
    whole = replace(frame, angle=angle, crop=None)
    if frame.crop is None:
        return whole
    before, now = frame.canvas_size(photo), whole.canvas_size(photo)
    down, across = ((b - a) // 2 for a, b in zip(before, now, strict=True))
    middle = Rect(now[0] // 2, now[1] // 2, now[0] // 2, now[1] // 2)
    return replace(whole, crop=_furthest(whole, photo, middle, frame.crop.translated(down, across)))


def dragged(
    frame: Frame, photo: Size, start: Rect, edges: Edges, by: tuple[float, float], ratio: float
) -> Rect:
    """The crop `start` with the edges in hand moved `by` (down, across) pixels, as far as there is photo.

    `ratio` is width / height, or 0 where any will do.
    """
    down, across = by
    if edges == (0, 0):
        moved = start.translated(round(down), round(across))
        return _furthest(frame, photo, start, moved)
    top = start.top + (down if edges[0] < 0 else 0)
    bottom = start.bottom + (down if edges[0] > 0 else 0)
    left = start.left + (across if edges[1] < 0 else 0)
    right = start.right + (across if edges[1] > 0 else 0)
    height, width = max(bottom - top, LEAST_SIDE), max(right - left, LEAST_SIDE)
    if ratio:
        tall = max(height, width / ratio) if all(edges) else (height if edges[0] else width / ratio)
        tall = max(tall, LEAST_SIDE, LEAST_SIDE / ratio)
        height, width = tall, tall * ratio
    rows = _held(start.top, start.bottom, height, edges[0])
    cols = _held(start.left, start.right, width, edges[1])
    return _furthest(frame, photo, start, Rect(rows[0], cols[0], rows[1], cols[1]))


def _held(low: int, high: int, length: float, edge: int) -> tuple[int, int]:
    """Another length, with the edge that is not in hand where it is, or the middle."""
    side = max(round(length), LEAST_SIDE)
    if edge > 0:
        return low, low + side
    if edge < 0:
        return high - side, high
    start = round((low + high - side) / 2)
    return start, start + side


def _furthest(frame: Frame, photo: Size, sound: Rect, wanted: Rect) -> Rect:
    """The crop on the way from one that holds, or a point, to the one wanted, as near as there is photo."""
    if frame.holds(photo, wanted):
        return wanted
    start, end = np.array(_sides(sound), float), np.array(_sides(wanted), float)
    low, high, best = 0.0, 1.0, sound
    for _ in range(_STEPS):
        share = (low + high) / 2
        top, left, bottom, right = (round(side) for side in start + share * (end - start))
        part = Rect(top, left, bottom, right)
        if frame.holds(photo, part):
            low, best = share, part
        else:
            high = share
    small = min(best.bottom - best.top, best.right - best.left) < LEAST_SIDE
    return frame.largest_crop(photo) if small else best


def _sides(rect: Rect) -> tuple[int, int, int, int]:
    return rect.top, rect.left, rect.bottom, rect.right


def settled(frame: Frame, photo: Size) -> Frame:
    """The same, said as shortly as it can be: a crop that leaves nothing away is none."""
    return replace(frame, crop=None) if frame.crop == frame.largest_crop(photo) else frame
