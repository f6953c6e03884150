"""The soft edge: who is in the ring, how strongly, and what is counted."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.ndimage import distance_transform_edt

from daps_desktop.document.document import Document
from daps_desktop.imaging.photo import Photo
from daps_desktop.imaging.rect import Rect
from daps_desktop.imaging.soft_edge import blend, outer_extent, soft_edge
from daps_desktop.jobs.damage import GaussianBlur, MissingPixels
from daps_desktop.jobs.task import Task


def some_hole() -> np.ndarray:
    mask = np.random.default_rng(3).random((60, 80)) < 0.004
    mask[20:24, 30:60] = True
    return mask


@pytest.mark.parametrize("width", [1, 2, 5, 9])
def test_the_filling_falls_by_distance_from_all_in_the_hole_to_nothing(
    width: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    mask = some_hole()
    distance = distance_transform_edt(~mask)
    weights = soft_edge(mask, width)
    np.testing.assert_allclose(weights, np.clip(1 - distance / (width + 1), 0, 1), atol=1e-5)
    assert (weights[mask] == 1).all()
    for block in (7, 1000):  # pixels: many of them in this hole, or one
        monkeypatch.setattr("daps_desktop.imaging.soft_edge._BLOCK", block)
        np.testing.assert_array_equal(outer_extent(mask, width), weights > 0)


def test_without_a_width_there_is_the_hole_alone() -> None:
    mask = some_hole()
    np.testing.assert_array_equal(soft_edge(mask, 0), mask)
    np.testing.assert_array_equal(outer_extent(mask, 0), mask)
    assert not outer_extent(np.zeros((9, 9), bool), 4).any()


@pytest.mark.parametrize("kind", [np.uint8, np.uint16])
def test_blending_keeps_both_ends_bit_for_bit(kind: type) -> None:
    rng = np.random.default_rng(1)
    a, b = (rng.integers(0, np.iinfo(kind).max, (60, 80, 3), dtype=kind, endpoint=True) for _ in range(2))
    weights = soft_edge(some_hole(), 5)
    mixed = blend(a, b, weights)
    assert mixed.dtype == kind
    np.testing.assert_array_equal(mixed[weights == 0], a[weights == 0])
    np.testing.assert_array_equal(mixed[weights == 1], b[weights == 1])
    expected = a + weights[..., None].astype(float) * (b.astype(float) - a)
    assert np.abs(mixed - expected).max() <= 0.51


def test_a_document_counts_the_ring_stroke_by_stroke() -> None:
    document = Document(Photo(np.zeros((60, 80, 3), np.uint8)))
    rng = np.random.default_rng(7)
    for width in (0, 3, 8):
        document.settings = replace(document.settings, soft_edge=width)
        for _ in range(6):
            top, left = rng.integers(0, 50), rng.integers(0, 70)
            rect = Rect(int(top), int(left), int(top) + 9, int(left) + 10)
            document.write(rect, rng.random((9, 10)) < 0.2)
            assert round(document.redrawn_share * 4800) == outer_extent(document.mask, width).sum()
        assert round(document.marked_share * 4800) == document.mask.sum()


def test_where_every_pixel_is_reworked_there_is_no_edge() -> None:
    document = Document(Photo(np.zeros((60, 80, 3), np.uint8)))
    document.settings = replace(document.settings, soft_edge=4)
    assert document.soft_edge == 4
    document.task = Task((MissingPixels(), GaussianBlur(2.0)))
    assert document.soft_edge == 0
