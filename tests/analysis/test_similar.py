"""What the wand picks out, against labels of connected pixels."""

import numpy as np
import pytest
from scipy.ndimage import label

from daps_desktop.analysis.flood_select import similar_region


@pytest.mark.parametrize("grey", [False, True])
@pytest.mark.parametrize("tolerance", [0, 12, 40])
def test_the_region_is_joined_and_within_the_tolerance(grey: bool, tolerance: int) -> None:
    rng = np.random.default_rng(5)
    picture = rng.choice(np.array([10, 20, 45, 250], np.uint8), (60, 70) if grey else (60, 70, 3))
    picture[20:40, 10:50] = 22
    picture.setflags(write=False)  # as the document's own photo is
    seed = (30, 30)
    difference = np.abs(picture.astype(int) - picture[seed].astype(int))
    alike = difference <= tolerance if grey else (difference <= tolerance).all(axis=2)
    labels = label(alike)[0]
    region = similar_region(picture, seed, tolerance)
    marks = np.zeros((60, 70), bool)
    marks[region.rect.slices] = region.inside
    np.testing.assert_array_equal(marks, labels == labels[seed])


def test_the_whole_range_takes_the_whole_photo() -> None:
    picture = np.random.default_rng(0).integers(0, 256, (20, 30, 3), dtype=np.uint8)
    assert similar_region(picture, (3, 4), 255).inside.sum() == 600
