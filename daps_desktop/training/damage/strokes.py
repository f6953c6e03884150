"""Lines that wander as hairs, scratches and cracks do, as opacities."""

from collections.abc import Sequence
from typing import cast

import cv2
import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]

_STEP = 2.0  # pixels between the points of a line
_FINE, _BITS = 4, 4  # lines are drawn so many times as large, at points of 1/16 pixel, and averaged


def walk(rng: np.random.Generator, side: int, length: float, bend: float, smooth: float) -> Floats:
    """(n, 2) points (x, y) of a line through the crop that turns by `bend` (radians, std) a step.

    `smooth` is the number of steps over which it turns: 0 for a crack, some for a hair.
    """
    steps = max(2, round(length / _STEP))
    turns = rng.normal(0, bend, steps).astype(np.float32)
    if smooth:
        turns = cv2.GaussianBlur(turns[None], (0, 0), smooth, borderType=cv2.BORDER_REFLECT)[0]
    heading = rng.uniform(0, 2 * np.pi) + np.cumsum(turns)
    points = _STEP * np.cumsum(np.stack([np.cos(heading), np.sin(heading)], 1), axis=0)
    anchor = points[rng.integers(steps)]  # some point of the line lies in the crop
    return (points - anchor + rng.uniform(0, side, 2)).astype(np.float32)


def straight(rng: np.random.Generator, side: int, angle: float) -> Floats:
    """(2, 2) points of a line across the whole crop at an angle in radians to the vertical."""
    along = 2.0 * side * np.array([np.sin(angle), np.cos(angle)])
    centre = rng.uniform(0, side, 2)
    return np.stack([centre - along, centre + along]).astype(np.float32)


def ragged(rng: np.random.Generator, start: Floats, end: Floats, jag: float) -> Floats:
    """(33, 2) points from one to the other, displaced halfway again and again by `jag` of what is left."""
    points = np.stack([start, end])
    for _ in range(5):
        halfway = (points[:-1] + points[1:]) / 2
        length = np.linalg.norm(points[1:] - points[:-1], axis=1, keepdims=True)
        halfway += rng.normal(0, jag, halfway.shape) * length
        points = np.insert(points, range(1, len(points)), halfway, axis=0)
    return points.astype(np.float32)


def stroke(side: int, points: Floats, width: float) -> Floats:
    """(side, side) opacity of a line (n, 2) of that width in pixels, antialiased; thin ones are faint."""
    return strokes(side, [points], width)


def strokes(side: int, lines: Sequence[Floats], width: float) -> Floats:
    """(side, side) opacity of several lines, as `stroke`."""
    large = np.zeros((side * _FINE, side * _FINE), np.uint8)
    thick = max(1, round(width * _FINE))
    at = [np.rint((line + 0.5) * _FINE * 2**_BITS).clip(-(2**18), 2**18).astype(np.int32) for line in lines]
    cv2.polylines(large, at, False, 255, thick, cv2.LINE_8, _BITS)
    return shrunk(large, side)


def shrunk(large: NDArray[np.uint8], side: int) -> Floats:
    """An opacity of 0 to 255, drawn large, at its size and of 0 to 1."""
    small = cv2.resize(large, (side, side), interpolation=cv2.INTER_AREA)
    return small.astype(np.float32) / np.float32(255)


def smooth_noise(rng: np.random.Generator, side: int, scale: float) -> Floats:
    """(side, side) Gaussian noise of mean 0 and std 1 that is correlated over `scale` pixels."""
    coarse = max(4, round(side / scale) + 4)
    noise = rng.standard_normal((coarse, coarse), np.float32)
    enlarged = cv2.resize(noise, None, fx=scale, fy=scale, interpolation=cv2.INTER_CUBIC)
    top, left = rng.integers(0, enlarged.shape[0] - side + 1), rng.integers(0, enlarged.shape[1] - side + 1)
    cut = enlarged[top : top + side, left : left + side]
    return cast(Floats, (cut - cut.mean()) / max(float(cut.std()), 1e-6))


def along(rng: np.random.Generator, side: int, angle: float, length: float, width: float) -> Floats:
    """(side, side) noise as `smooth_noise`, in slivers at an angle in radians to the vertical."""
    large = 2 * side
    noise = rng.standard_normal((round(large / length) + 4, round(large / width) + 4), np.float32)
    upright = cv2.resize(noise, (large, large), interpolation=cv2.INTER_CUBIC)
    turn = cv2.getRotationMatrix2D((side, side), float(np.degrees(angle)), 1)
    turned = cv2.warpAffine(upright, turn, (large, large), borderMode=cv2.BORDER_REFLECT)
    cut = turned[side // 2 : side // 2 + side, side // 2 : side // 2 + side]
    return cast(Floats, cut / max(float(cut.std()), 1e-6))
