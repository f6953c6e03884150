"""A soft edge through the real engine: the ring is redrawn with the hole and fades into the photo."""

import numpy as np
import pytest

from daps_desktop.imaging.soft_edge import blend, reached, soft_edge
from daps_desktop.jobs.damage import Blur, Scratches
from tests.engine.playing import crop, line, play

pytestmark = pytest.mark.usefixtures("tiny_prior")

WIDTH = 4


def test_the_filling_fades_over_the_ring_and_leaves_the_rest_bit_for_bit() -> None:
    photo, hole = crop(), line()
    ring = reached(hole, WIDTH)
    hard = play(photo, hole=ring).pixels
    soft = play(photo, hole=hole, soft_edge=WIDTH).pixels
    np.testing.assert_array_equal(soft, blend(photo, hard, soft_edge(hole, WIDTH)))
    np.testing.assert_array_equal(soft[~ring], photo[~ring])
    np.testing.assert_array_equal(soft[hole], hard[hole])
    between = ring & ~hole
    assert (np.abs(soft[between].astype(int) - photo[between]) > 0).any()


def test_an_edge_that_reaches_everywhere_is_refused() -> None:
    hole = np.ones((64, 64), bool)
    hole[30, 30] = False
    assert play(crop(), hole=hole, soft_edge=WIDTH).failed.code == "mask_whole"


def test_where_all_is_reworked_the_edge_changes_nothing() -> None:
    pictures = [play(crop(), Scratches(), Blur(1.0), hole=line(), soft_edge=w).pixels for w in (0, WIDTH)]
    np.testing.assert_array_equal(*pictures)
