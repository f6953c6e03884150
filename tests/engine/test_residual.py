"""What a job says of its result as it is saved: how much of the photo it leaves unexplained, and where."""

from pathlib import Path

import cv2
import numpy as np
import pytest

from daps_desktop.imaging.formats.reader import read_photo
from daps_desktop.imaging.formats.writer import encode_photo
from daps_desktop.imaging.mask import Mask
from daps_desktop.imaging.photo import Photo, Pixels
from daps_desktop.imaging.profile.tone_curve import luma_plane
from daps_desktop.jobs.damage import (
    Damage,
    Downsampling,
    GaussianBlur,
    Greyscale,
    JpegCompression,
    MissingPixels,
    MotionBlur,
    Noise,
    PhaseRetrieval,
)
from daps_desktop.jobs.messages import RestoreResult
from daps_desktop.jobs.task import Task
from daps_desktop.restoration import residual
from daps_desktop.restoration.forward_model import Measurement, build_problem
from daps_desktop.solver.operators import GaussianNoise, known_mask_of
from daps_desktop.solver.tensors import GREY_LEVELS_PER_UNIT, to_tensor
from tests.engine.playing import crop, line, play

pytestmark = pytest.mark.usefixtures("tiny_prior")


def rms(values: np.ndarray) -> float:
    seen = values[np.isfinite(values)].astype(np.float64)
    return float(np.sqrt((seen**2).mean()))


SEPIA = np.rint(luma_plane(crop()) / 257 * (1.1, 1.0, 0.75)).clip(0, 255).astype(np.uint8)
DEEP = crop().astype(np.uint16) * 257


def of_the_file(
    result: Photo, photo: Pixels, task: Task, noise: float, mask: Mask | None
) -> tuple[np.ndarray, int]:
    """|A(file) - photo| over the noise at each place, NaN in the mask, and how far the border reaches in."""
    known = None if mask is None else known_mask_of(mask)
    measured = Measurement(photo.shape[0], photo.shape[1], known)
    white = GaussianNoise.white(max(noise / GREY_LEVELS_PER_UNIT, 0.01))
    problem = build_problem(task, to_tensor(photo), measured, white)
    left = problem.A.residual(problem.A.embed(to_tensor(result.pixels)), problem.y) / white.sigma
    values = left.square().mean(1)[0].sqrt().numpy()
    reach = -(-problem.A.pad // task.scale)
    return (values if mask is None else np.where(mask, np.nan, values)), reach


def saved_and_opened(finished: RestoreResult, folder: Path) -> Photo:
    path = folder / "result.png"
    path.write_bytes(encode_photo(finished.photo, path))
    return read_photo(path)


@pytest.mark.parametrize(
    ("photo", "damages", "mask"),
    [
        (crop(), (GaussianBlur(1.0),), None),
        (crop(), (MotionBlur(9, 30),), None),  # not what happened: it rings far beyond black and white
        (DEEP, (MotionBlur(9, 30),), None),
        (SEPIA, (MotionBlur(9, 30),), None),
        (crop(), (GaussianBlur(1.0), MissingPixels()), line()),
        (crop(), (MissingPixels(),), line()),
        (crop(), (Noise(),), None),
        (crop(), (Downsampling(2),), None),
        (crop(), (Greyscale(),), None),
        (crop(), (JpegCompression(20),), None),
    ],
    ids=["blur", "wrong", "deep", "sepia", "marked", "repair", "noise", "small", "grey", "jpeg"],
)
def test_what_is_reported_is_true_of_the_file(
    photo: Pixels, damages: tuple[Damage, ...], mask: Mask | None, tmp_path: Path
) -> None:
    finished = play(photo, *damages, mask=mask, keep_tone=photo is SEPIA).finished
    opened = saved_and_opened(finished, tmp_path)
    if photo is SEPIA:
        photo, opened = luma_plane(SEPIA), Photo(luma_plane(opened.pixels))
    noise = finished.report.noise_level
    found, reach = of_the_file(opened, photo, Task(damages), noise, mask)
    told = finished.residual_map
    assert told is not None
    inside = np.s_[reach : found.shape[0] - reach, reach : found.shape[1] - reach]
    np.testing.assert_allclose(told[inside], found[inside], rtol=2e-3, atol=2e-3)
    assert finished.report.residual_over_noise == pytest.approx(rms(told), rel=0.01, abs=1e-3)


def test_colours_that_nobody_sees_explain_nothing() -> None:
    """A blur would spread them; what lies there is the estimate's, as it is outside of the frame."""
    alpha = np.zeros((64, 64), np.uint8)
    cv2.circle(alpha, (32, 32), 24, 255, -1)
    black, green = (
        play(Photo(np.where(alpha[..., None] > 0, crop(), np.uint8(hidden)), alpha=alpha), GaussianBlur(1.0))
        for hidden in ((0, 0, 0), (0, 255, 0))
    )
    assert black.finished.report.residual_over_noise == green.finished.report.residual_over_noise


def test_averages_are_measured_as_they_are_saved(tmp_path: Path) -> None:
    finished = play(crop(), Downsampling(2), samples=3, keep_tone=False).finished
    opened = saved_and_opened(finished, tmp_path)
    found, reach = of_the_file(opened, crop(), Task((Downsampling(2),)), finished.report.noise_level, None)
    told, inside = finished.residual_map, np.s_[reach:-reach, reach:-reach]
    assert told is not None
    np.testing.assert_allclose(told[inside], found[inside], rtol=2e-3, atol=2e-3)


def test_a_modulus_is_compared_with_that_of_the_saved_picture(tmp_path: Path) -> None:
    finished = play(crop(96), PhaseRetrieval(starts=1)).finished
    opened = saved_and_opened(finished, tmp_path)
    white = GaussianNoise.white(finished.report.noise_level / GREY_LEVELS_PER_UNIT)
    task = Task((PhaseRetrieval(starts=1),))
    problem = build_problem(task, to_tensor(crop(96)), Measurement(96, 96), white)
    expected = problem.residual_over_noise(to_tensor(opened.pixels))
    assert finished.report.residual_over_noise == pytest.approx(expected, rel=1e-4)


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
    monkeypatch.setattr(residual, "MAP_SIDE", 24)
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
