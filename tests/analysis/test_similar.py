"""What the wand picks out, against labels of connected pixels."""

import numpy as np
import pytest
from scipy.ndimage import label

from daps_desktop.analysis.flood_select import flood_select


@pytest.mark.parametrize("grey", [False, True])
@pytest.mark.parametrize("tolerance", [0, 12, 40])
def test_the_region_is_joined_and_within_the_tolerance(grey: bool, tolerance: int) -> None:
    rng = np.random.default_rng(5)
    image = rng.choice(np.array([10, 20, 45, 250], np.uint8), (60, 70) if grey else (60, 70, 3))
    image[20:40, 10:50] = 22
    image.setflags(write=False)  # as the document's own photo is
    seed = (30, 30)
    difference = np.abs(image.astype(int) - image[seed].astype(int))
    alike = difference <= tolerance if grey else (difference <= tolerance).all(axis=2)
    labels = label(alike)[0]
    region = flood_select(image, seed, tolerance)
    marks = np.zeros((60, 70), bool)
    marks[region.rect.slices] = region.inside
    np.testing.assert_array_equal(marks, labels == labels[seed])


def test_the_whole_range_takes_the_whole_photo() -> None:
    image = np.random.default_rng(0).integers(0, 256, (20, 30, 3), dtype=np.uint8)
    assert flood_select(image, (3, 4), 255).inside.sum() == 600
