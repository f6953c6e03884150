"""The hole: strokes, growing and shrinking."""

import tracemalloc

import numpy as np
import pytest
from scipy.ndimage import distance_transform_edt

from daps_desktop.imaging.mask import bounds, draw_line, grow, shrink, thinned
from daps_desktop.imaging.rect import Rect


@pytest.mark.parametrize("shape", [(40, 50), (3, 60), (60, 2)])
@pytest.mark.parametrize("radius", [0, 1, 2, 5, 9])
def test_growing_and_shrinking_are_by_euclidean_distance(shape: tuple[int, int], radius: int) -> None:
    rng = np.random.default_rng(radius)
    few = rng.random(shape) < 0.03
    few[1, 1] = True
    assert np.array_equal(grow(few, radius), distance_transform_edt(~few) <= radius)
    many = ~few
    assert np.array_equal(shrink(many, radius), distance_transform_edt(many) > radius)


def test_growing_nothing_and_shrinking_everything() -> None:
    assert not grow(np.zeros((5, 6), bool), 2).any()
    assert shrink(np.ones((5, 6), bool), 2).all()


def test_growing_leaves_the_old_hole_alone() -> None:
    hole = np.zeros((9, 9), bool)
    hole[4, 4] = True
    for radius in (0, 2):
        grow(hole, radius)[:] = True
        shrink(hole, radius)[:] = True
        assert hole.sum() == 1


def test_bounds() -> None:
    hole = np.zeros((9, 9), bool)
    assert bounds(hole).empty
    hole[2, 3] = hole[5, 7] = True
    assert bounds(hole) == Rect(2, 3, 6, 8)


def test_a_line_across_a_large_photo_costs_what_it_marks() -> None:
    hole = np.zeros((1200, 900), bool)
    tracemalloc.start()
    rect = draw_line(hole, (10, 890), (1150.5, 20), 2.5, True)
    assert tracemalloc.get_traced_memory()[1] < hole.size
    tracemalloc.stop()
    rows, cols = np.mgrid[:1200, :900]
    along = np.clip(((rows - 10) * 1140.5 + (cols - 890) * -870) / (1140.5**2 + 870**2), 0, 1)
    distance = np.hypot(rows - 10 - 1140.5 * along, cols - 890 + 870 * along)
    sure = np.abs(distance - 2.5) > 1e-9
    assert np.array_equal(hole[sure], distance[sure] <= 2.5)
    assert hole[rect.slices].sum() == hole.sum()


def test_a_stroke_marks_all_within_its_radius_and_says_where() -> None:
    hole = np.zeros((30, 40), bool)
    rect = draw_line(hole, (5, 5), (20, 30), 3, True)
    rows, cols = np.mgrid[:30, :40]
    along = np.clip(((rows - 5) * 15 + (cols - 5) * 25) / (15**2 + 25**2), 0, 1)
    distance = np.hypot(rows - 5 - 15 * along, cols - 5 - 25 * along)
    assert np.array_equal(hole, distance <= 3)
    assert hole[rect.slices].sum() == hole.sum()
    draw_line(hole, (5, 5), (20, 30), 4, False)
    assert not hole.any()
    assert draw_line(hole, (-50, -50), (-40, -40), 3, True).empty


@pytest.mark.parametrize("shape", [(12, 16), (13, 18), (3, 2), (1, 9)])
def test_nothing_that_is_marked_falls_through_when_marks_are_thinned(shape: tuple[int, int]) -> None:
    hole = np.random.default_rng(0).random(shape) < 0.05
    hole[-1, -1] = True
    places = {(row // 4, column // 4) for row, column in np.argwhere(hole)}
    thin = thinned(hole, 4)
    assert thin.shape == (-(-shape[0] // 4), -(-shape[1] // 4))
    assert {(int(row), int(column)) for row, column in np.argwhere(thin)} == places
