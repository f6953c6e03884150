"""The hole: strokes, growing and shrinking."""

import tracemalloc

import numpy as np
import pytest
from scipy.ndimage import distance_transform_edt

from daps_desktop.imaging.mask import bounding_box, dilate, downsampled, draw_line, erode
from daps_desktop.imaging.rect import Rect


@pytest.mark.parametrize("shape", [(40, 50), (3, 60), (60, 2)])
@pytest.mark.parametrize("radius", [0, 1, 2, 5, 9])
def test_growing_and_shrinking_are_by_euclidean_distance(shape: tuple[int, int], radius: int) -> None:
    rng = np.random.default_rng(radius)
    few = rng.random(shape) < 0.03
    few[1, 1] = True
    assert np.array_equal(dilate(few, radius), distance_transform_edt(~few) <= radius)
    many = ~few
    assert np.array_equal(erode(many, radius), distance_transform_edt(many) > radius)


def test_growing_nothing_and_shrinking_everything() -> None:
    assert not dilate(np.zeros((5, 6), bool), 2).any()
    assert erode(np.ones((5, 6), bool), 2).all()


def test_growing_leaves_the_old_hole_alone() -> None:
    mask = np.zeros((9, 9), bool)
    mask[4, 4] = True
    for radius in (0, 2):
        dilate(mask, radius)[:] = True
        erode(mask, radius)[:] = True
        assert mask.sum() == 1


def test_bounds() -> None:
    mask = np.zeros((9, 9), bool)
    assert bounding_box(mask).empty
    mask[2, 3] = mask[5, 7] = True
    assert bounding_box(mask) == Rect(2, 3, 6, 8)


def test_a_line_across_a_large_photo_costs_what_it_marks() -> None:
    mask = np.zeros((1200, 900), bool)
    tracemalloc.start()
    rect = draw_line(mask, (10, 890), (1150.5, 20), 2.5, True)
    assert tracemalloc.get_traced_memory()[1] < mask.size
    tracemalloc.stop()
    rows, cols = np.mgrid[:1200, :900]
    along = np.clip(((rows - 10) * 1140.5 + (cols - 890) * -870) / (1140.5**2 + 870**2), 0, 1)
    distance = np.hypot(rows - 10 - 1140.5 * along, cols - 890 + 870 * along)
    sure = np.abs(distance - 2.5) > 1e-9
    assert np.array_equal(mask[sure], distance[sure] <= 2.5)
    assert mask[rect.slices].sum() == mask.sum()


def test_a_stroke_marks_all_within_its_radius_and_says_where() -> None:
    mask = np.zeros((30, 40), bool)
    rect = draw_line(mask, (5, 5), (20, 30), 3, True)
    rows, cols = np.mgrid[:30, :40]
    along = np.clip(((rows - 5) * 15 + (cols - 5) * 25) / (15**2 + 25**2), 0, 1)
    distance = np.hypot(rows - 5 - 15 * along, cols - 5 - 25 * along)
    assert np.array_equal(mask, distance <= 3)
    assert mask[rect.slices].sum() == mask.sum()
    draw_line(mask, (5, 5), (20, 30), 4, False)
    assert not mask.any()
    assert draw_line(mask, (-50, -50), (-40, -40), 3, True).empty


@pytest.mark.parametrize("shape", [(12, 16), (13, 18), (3, 2), (1, 9)])
def test_nothing_that_is_marked_falls_through_when_marks_are_thinned(shape: tuple[int, int]) -> None:
    mask = np.random.default_rng(0).random(shape) < 0.05
    mask[-1, -1] = True
    places = {(row // 4, column // 4) for row, column in np.argwhere(mask)}
    thin = downsampled(mask, 4)
    assert thin.shape == (-(-shape[0] // 4), -(-shape[1] // 4))
    assert {(int(row), int(column)) for row, column in np.argwhere(thin)} == places


def test_a_line_of_no_length_is_a_disc_and_nothing_marked_has_an_empty_box_at_the_origin() -> None:
    mask = np.zeros((9, 9), bool)
    assert bounding_box(mask) == Rect(0, 0, 0, 0)
    draw_line(mask, (4, 4), (4, 4), 2, True)
    rows, cols = np.ogrid[:9, :9]
    np.testing.assert_array_equal(mask, (rows - 4) ** 2 + (cols - 4) ** 2 <= 4)
