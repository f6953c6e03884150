"""How long a run is said to take."""

import numpy as np

from daps_desktop.core.photo import Photo
from daps_desktop.worker.forecast import expected_seconds


def test_a_stamp_is_not_said_to_take_as_long_as_a_tile() -> None:
    stamp, tile = (
        expected_seconds(Photo(np.zeros((side, side, 3), np.uint8)), ["draft"], "cpu")["draft"]
        for side in (30, 300)
    )
    assert stamp < tile / 3
