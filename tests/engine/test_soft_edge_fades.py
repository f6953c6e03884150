"""A soft edge through the real engine: the ring is redrawn with the hole and fades into the photo."""

import numpy as np
import pytest

from daps_desktop.imaging.soft_edge import blend, outer_extent, soft_edge
from daps_desktop.jobs.damage import GaussianBlur, MissingPixels
from tests.engine.playing import crop, line, play

pytestmark = pytest.mark.usefixtures("tiny_prior")

WIDTH = 4


def test_the_filling_fades_over_the_ring_and_leaves_the_rest_bit_for_bit() -> None:
    photo, mask = crop(), line()
    ring = outer_extent(mask, WIDTH)
    hard = play(photo, mask=ring, keep_tone=False).pixels
    soft = play(photo, mask=mask, soft_edge=WIDTH, keep_tone=False).pixels
    np.testing.assert_array_equal(soft, blend(photo, hard, soft_edge(mask, WIDTH)))
    np.testing.assert_array_equal(soft[~ring], photo[~ring])
    np.testing.assert_array_equal(soft[mask], hard[mask])
    between = ring & ~mask
    assert (np.abs(soft[between].astype(int) - photo[between]) > 0).any()


def test_an_edge_that_reaches_everywhere_is_refused() -> None:
    mask = np.ones((64, 64), bool)
    mask[30, 30] = False
    assert play(crop(), mask=mask, soft_edge=WIDTH).failed.code == "mask_whole"


def test_where_all_is_reworked_the_edge_changes_nothing() -> None:
    pictures = [
        play(crop(), MissingPixels(), GaussianBlur(1.0), mask=line(), soft_edge=w).pixels for w in (0, WIDTH)
    ]
    np.testing.assert_array_equal(*pictures)
