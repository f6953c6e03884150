"""Points of pictures, the matrices that move them, and the rectangle that four corners were."""

import math
from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

Point = tuple[
    float, float
]  # (x, y) in pixels; the corner of the first pixel is (0, 0), its centre (0.5, 0.5)
Corners = tuple[Point, Point, Point, Point]  # top left, top right, bottom right, bottom left
Size = tuple[int, int]  # (height, width)
Matrix = NDArray[np.float64]  # (3, 3), for homogeneous (x, y, 1)

LEAST_SIDE = 16  # pixels of a picture that is cut out
_FURTHEST = 1e6  # pixels: no photo is as wide


def straightening(start: Point, end: Point) -> float:
    """The `angle`, in degrees, by which a line becomes level or upright, whichever it is nearer to."""
    slope = math.degrees(math.atan2(end[1] - start[1], end[0] - start[0]))
    return -(slope - 90 * round(slope / 90))


def moved(matrix: Matrix, points: Sequence[Point]) -> NDArray[np.float64]:
    """The points, (N, 2), where the matrix takes them."""
    x, y, w = matrix @ np.array([(*point, 1.0) for point in points]).T
    return np.stack([x / w, y / w], axis=1)


def shift(x: float, y: float) -> Matrix:
    return np.array([[1, 0, x], [0, 1, y], [0, 0, 1]], np.float64)


def goes_round(corners: Corners) -> bool:
    """Clockwise, as rows count downwards, and convex: a corner after the other turns right."""
    points = np.array(corners, np.float64)
    if not (np.abs(points) < _FURTHEST).all():  # NaN is not, either
        return False
    sides = np.roll(points, -1, axis=0) - points
    after = np.roll(sides, -1, axis=0)
    turns = sides[:, 0] * after[:, 1] - sides[:, 1] * after[:, 0]
    # Sides of a star turn right, too, but twice round; four corners cannot.
    return bool((turns > 1).all())


def rectified_size(corners: Corners, photo: Size) -> Size:
    """Of a flat rectangle that was photographed: no side gets fewer pixels than it has."""
    top_left, top_right, bottom_right, bottom_left = corners
    width = max(math.dist(top_left, top_right), math.dist(bottom_left, bottom_right))
    height = max(math.dist(top_left, bottom_left), math.dist(top_right, bottom_right))
    ratio = min(max(_proportions(corners, photo), width / height / 2), width / height * 2)
    width, height = max(width, height * ratio), max(height, width / ratio)
    return max(round(height), LEAST_SIDE), max(round(width), LEAST_SIDE)


def from_rectangle(size: Size, corners: Corners) -> Matrix:
    """From points of a rectangle of that size to those between four corners."""
    height, width = size
    square = np.array([(0, 0), (width, 0), (width, height), (0, height)], np.float32)
    found = cv2.getPerspectiveTransform(square, np.array(corners, np.float32))
    return np.asarray(found, np.float64)


def _proportions(corners: Corners, photo: Size) -> float:
    """Width / height of a flat rectangle by the corners of its picture, taken by a camera whose axis goes
    through the middle (Zhang and He, Whiteboard scanning and image enhancement, 2007, section 4).
    """
    middle = np.array([photo[1] / 2, photo[0] / 2, 0])
    m1, m2, m4, m3 = (np.array([x, y, 1.0]) - middle for x, y in corners)
    n2 = np.dot(np.cross(m1, m4), m3) / np.dot(np.cross(m2, m4), m3) * m2 - m1
    n3 = np.dot(np.cross(m1, m4), m2) / np.dot(np.cross(m3, m4), m2) * m3 - m1
    side = max(photo)  # a focal length like that of usual cameras, where the corners tell none
    depth = n2[2] * n3[2]
    squared = -(n2[0] * n3[0] + n2[1] * n3[1]) / depth if depth else 0.0
    if not (side / 2) ** 2 <= squared <= (4 * side) ** 2:
        squared = side**2
    across, down = (math.hypot(*n[:2]) ** 2 / squared + n[2] ** 2 for n in (n2, n3))
    return math.sqrt(across / down)
