"""The map that a job leaves: where the result does not explain the photo."""

import numpy as np
import pytest

from daps_desktop.jobs.damage import Downsampling, GaussianBlur, Greyscale, MissingPixels, PhaseRetrieval
from daps_desktop.restoration import residual_map
from tests.engine.playing import crop, line, play

pytestmark = pytest.mark.usefixtures("tiny_prior")


def rms(values: np.ndarray) -> float:
    seen = values[np.isfinite(values)].astype(np.float64)
    return float(np.sqrt((seen**2).mean()))


@pytest.mark.parametrize("damage", [GaussianBlur(1.0), Downsampling(2), Greyscale()])
def test_the_map_adds_up_to_the_residual_of_the_report(
    damage: GaussianBlur | Downsampling | Greyscale,
) -> None:
    finished = play(crop(), damage).finished
    values = finished.residual_map
    assert values is not None and values.dtype == np.float16
    assert values.shape == crop().shape[:2]  # of the photo, not of a larger result
    assert rms(values) == pytest.approx(finished.report.residual_over_noise, rel=0.01)


def test_small_maps_keep_the_sum(monkeypatch: pytest.MonkeyPatch) -> None:
    full = play(crop(), GaussianBlur(1.0)).finished.residual_map
    monkeypatch.setattr(residual_map, "MAP_SIDE", 24)
    finished = play(crop(), GaussianBlur(1.0)).finished
    small = finished.residual_map
    assert small is not None and full is not None and max(small.shape) <= 24
    step = -(-max(full.shape) // 24)
    corner = full[:step, :step]
    assert float(small[0, 0]) == pytest.approx(rms(corner), rel=0.01)


def test_nothing_is_known_in_a_hole_and_nothing_left_outside_its_island() -> None:
    mask = np.zeros((200, 200), dtype=bool)
    mask[20:24, 20:40] = True
    photo = np.tile(crop()[:50, :50], (4, 4, 1))
    finished = play(photo, MissingPixels(), mask=mask).finished
    values = finished.residual_map
    assert values is not None
    np.testing.assert_array_equal(np.isnan(values), mask)
    assert (values[190:, 190:] == 0).all()


def test_what_is_measured_as_no_picture_has_no_map() -> None:
    assert play(crop(96), PhaseRetrieval(starts=1)).finished.residual_map is None


def test_a_repair_of_a_blurred_photo_is_blind_in_the_hole() -> None:
    mask = line()
    values = play(crop(), MissingPixels(), GaussianBlur(1.0), mask=mask).finished.residual_map
    assert values is not None
    np.testing.assert_array_equal(np.isnan(values), mask)
