"""Regions: rectangles and polygons, and marking them in a document."""

import numpy as np
import pytest

from daps_desktop.document.document import Document
from daps_desktop.imaging.photo import Photo
from daps_desktop.imaging.rect import Rect
from daps_desktop.imaging.selection import Point, Selection, polygon, rectangle, selection_of

SHAPE = (40, 50)


def drawn(region: Selection) -> np.ndarray:
    marks = np.zeros(SHAPE, bool)
    marks[region.rect.slices] = region.inside
    return marks


def winding(points: list[Point]) -> np.ndarray:
    """How often the polygon winds around every pixel: the sum of the angles its edges are seen under."""
    rows, cols = np.mgrid[: SHAPE[0], : SHAPE[1]] + 0.5
    total = np.zeros(SHAPE)
    for (r0, c0), (r1, c1) in zip(points, [*points[1:], points[0]], strict=True):
        a, b = (r0 - rows) + 1j * (c0 - cols), (r1 - rows) + 1j * (c1 - cols)
        total += np.angle(b * np.conj(a))
    return np.rint(total / (2 * np.pi)).astype(int)


@pytest.mark.parametrize("seed", range(8))
def test_a_polygon_holds_the_pixels_whose_centre_it_winds_around(seed: int) -> None:
    rng = np.random.default_rng(seed)
    count = int(rng.integers(3, 12))
    points = [(float(r), float(c)) for r, c in rng.uniform((-12, -12), (52, 62), (count, 2))]
    np.testing.assert_array_equal(drawn(polygon(points, *SHAPE)), winding(points) != 0)


def test_a_loop_drawn_twice_over_itself_is_filled_throughout() -> None:
    around = [(10.0, 10.0), (10.0, 30.0), (30.0, 30.0), (30.0, 10.0)]
    twice = [*around, *[(r * 0.5 + 10, c * 0.5 + 10) for r, c in around]]
    assert drawn(polygon(twice, *SHAPE))[20, 20]


@pytest.mark.parametrize("points", [[], [(3.0, 4.0)], [(3.0, 4.0), (9.0, 9.0)], [(5.0, 5.0)] * 4])
def test_a_polygon_without_an_area_is_empty(points: list[Point]) -> None:
    assert polygon(points, *SHAPE).empty


def test_shapes_outside_the_photo_are_empty() -> None:
    assert polygon([(60, 60), (60, 90), (90, 60)], *SHAPE).empty
    assert rectangle((-9, -9), (-3, 70), *SHAPE).empty


def test_a_rectangle_holds_every_pixel_it_touches_from_any_corner() -> None:
    expected = np.zeros(SHAPE, bool)
    expected[3:8, 10:21] = True
    for corner, opposite in (((3.9, 10.2), (7.1, 20.4)), ((7.1, 10.2), (3.9, 20.4))):
        np.testing.assert_array_equal(drawn(rectangle(corner, opposite, *SHAPE)), expected)
    assert drawn(rectangle((-5, -5), (99, 99), *SHAPE)).all()


def test_a_region_of_marks_is_cut_down_to_them() -> None:
    marks = np.zeros(SHAPE, bool)
    marks[5, 6] = marks[9, 20] = True
    region = selection_of(marks)
    assert region.rect == Rect(5, 6, 10, 21)
    np.testing.assert_array_equal(drawn(region), marks)
    assert selection_of(np.zeros(SHAPE, bool)).empty


def test_marking_a_region_in_the_middle_of_a_stroke_keeps_both() -> None:
    document = Document(Photo(np.zeros((*SHAPE, 3), np.uint8)))
    document.mask[0:4, 0:10] = True  # a stroke that is still being drawn
    patch = document.mark(rectangle((2, 5), (8, 15), *SHAPE), True)
    assert not patch.before.any() and patch.after.all()
    assert document.marked_share == pytest.approx(60 / 2000)
    stroke = document.commit_stroke(Rect(0, 0, 4, 10))
    assert document.mask.sum() == 40 + 60 - 10 == round(document.marked_share * 2000)
    document.write(stroke.rect, stroke.before)
    assert document.mask.sum() == 60
