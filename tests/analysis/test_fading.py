"""Fading is taken back: colours come back to neutral, and the curve can be undone."""

import threading

import numpy as np
import pytest

from daps_desktop.analysis.fading import (
    correct_for_display,
    fading_certainty,
    fading_curve,
    measure_fading,
)
from daps_desktop.base.errors import UserError
from daps_desktop.engine import dispatch
from daps_desktop.engine.handlers import restore
from daps_desktop.imaging.photo import Photo
from daps_desktop.jobs.damage import Fading, JpegCompression, MissingPixels
from daps_desktop.jobs.damage_text import format_damage, parse_damage
from daps_desktop.jobs.messages import Message, RestoreResult
from daps_desktop.jobs.requests import RestoreRequest
from daps_desktop.jobs.settings import SolverSettings
from daps_desktop.jobs.task import Task
from daps_desktop.jobs.verdict import judge
from daps_desktop.restoration.recolour import with_fading_undone
from tests.analysis.scenes import scene


def faded(photo: np.ndarray) -> np.ndarray:
    """Yellowed: each channel lost contrast and got a veil, blue most of all."""
    top = np.iinfo(photo.dtype).max
    veil, range_ = np.array([0.15, 0.12, 0.08]), np.array([0.72, 0.66, 0.45])
    return np.rint((veil + range_ * (photo / top)) * top).astype(photo.dtype)


def cast(pixels: np.ndarray) -> float:
    """How far the mean colour is from grey, in shares of full scale."""
    return float(np.ptp(pixels.mean(axis=(0, 1)))) / np.iinfo(pixels.dtype).max


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_a_yellowed_photo_comes_back_near_what_it_was(dtype: type) -> None:
    clean = (scene(1, 160, 200, fine=True).astype(np.uint32) * (np.iinfo(dtype).max // 255)).astype(dtype)
    old = faded(clean)
    found = fading_curve(old).apply(old)
    top = np.iinfo(dtype).max
    before, after = (np.abs(x.astype(float) - clean).mean() / top for x in (old, found))
    assert after < before / 3
    assert cast(found) < cast(old) / 3


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_the_curve_can_be_undone_up_to_rounding_and_clipping(dtype: type) -> None:
    clean = (scene(2, 120, 150).astype(np.uint32) * (np.iinfo(dtype).max // 255)).astype(dtype)
    old = faded(clean)
    curve = fading_curve(old, 0.8)
    corrected = curve.apply(old)
    kept = (corrected > 0) & (corrected < np.iinfo(dtype).max)
    assert kept.mean() > 0.98
    difference = np.abs(curve.undo(corrected).astype(int) - old.astype(int))[kept]
    assert difference.max() <= 1 if dtype is np.uint8 else difference.max() <= 4


def test_no_amount_changes_nothing_and_a_curve_never_reverses_tones() -> None:
    old = faded(scene(3, 100, 120))
    np.testing.assert_array_equal(fading_curve(old, 0.0).apply(old), old)
    ramp = np.repeat(np.arange(256, dtype=np.uint8)[None, :, None], 3, axis=2)
    assert (np.diff(fading_curve(old).apply(ramp).astype(int), axis=1) >= 0).all()


def test_scratches_and_dust_do_not_set_the_white_point() -> None:
    old = faded(scene(4, 200, 260))
    scratched = old.copy()
    scratched[:, 50:52] = 255
    scratched[80:82] = 0
    for a, b in zip(fading_curve(old).white, fading_curve(scratched).white, strict=True):
        assert a == pytest.approx(b, abs=0.02)


def test_the_screen_shows_the_same_colours_also_of_grey_photos() -> None:
    old = faded(scene(5, 90, 110))
    curve = fading_curve(old, 0.7)
    np.testing.assert_array_equal(correct_for_display(old, curve), curve.apply(old))
    grey = old[..., :1]
    curve = fading_curve(grey, 0.7)
    np.testing.assert_array_equal(correct_for_display(grey[..., 0], curve), curve.apply(grey)[..., 0])
    shown = correct_for_display(np.repeat(grey, 3, axis=2), curve)  # the same photo through a colour profile
    np.testing.assert_array_equal(shown[..., 2], curve.apply(grey)[..., 0])


def framed(pixels: np.ndarray, width: int, value: int) -> np.ndarray:
    return np.pad(pixels, ((width, width), (width, width), (0, 0)), constant_values=value)


@pytest.mark.parametrize("value", [0, 255])
def test_a_margin_changes_next_to_nothing(value: int) -> None:
    old = faded(scene(11, 300, 400, fine=True))
    bare, within = fading_curve(old), fading_curve(framed(old, 10, value))
    difference = np.abs(bare.apply(old).astype(int) - within.apply(old))
    assert difference.mean() < 6 and difference.max() < 20


def test_hidden_colours_are_in_no_statistic() -> None:
    old = faded(scene(12, 200, 260, fine=True))
    alpha = np.full(old.shape[:2], 255, np.uint8)
    alpha[:, :110] = 0
    one, other = old.copy(), old.copy()
    one[:, :110], other[:, :110] = 0, (255, 0, 255)
    assert fading_curve(one, alpha=alpha) == fading_curve(other, alpha=alpha)
    assert measure_fading(one, alpha) == measure_fading(other, alpha)


def test_a_photo_without_a_sign_of_fading_is_changed_gently() -> None:
    """Warm lights over black shadows, as at sunset, and the same colours with lifted blacks."""
    clean = scene(13, 200, 260, fine=True).astype(float) / 255
    warm = clean * (1, 0.8, 0.55)
    sunset = np.rint(255 * warm).astype(np.uint8)
    yellowed = np.rint(255 * (0.15 + 0.6 * warm)).astype(np.uint8)
    assert fading_certainty(measure_fading(sunset)) < 0.6 < fading_certainty(measure_fading(yellowed))
    assert cast(fading_curve(sunset).apply(sunset)) > cast(sunset) / 3
    assert cast(fading_curve(yellowed).apply(yellowed)) < cast(yellowed) / 3


def test_sepia_is_toned_and_a_photo_in_colours_is_not() -> None:
    photo = scene(14, 200, 260, fine=True)
    luma = photo.mean(axis=2, keepdims=True) / 255
    sepia = np.rint(255 * luma ** (0.8, 1.0, 1.3)).astype(np.uint8)
    assert measure_fading(sepia).toned and not measure_fading(photo).toned
    assert cast(fading_curve(sepia).apply(sepia)) < cast(sepia) / 3  # asked for, it goes


ODD = {
    "black": np.zeros((40, 50, 3), np.uint8),
    "white": np.full((40, 50, 3), 65535, np.uint16),
    "chequers": np.repeat((np.indices((64, 64)).sum(0) % 2 * 255).astype(np.uint8)[..., None], 3, axis=2),
    "dither": np.random.default_rng(0).integers(0, 2, (90, 70, 1)).astype(np.uint8) * 255,
    "no blue": scene(15, 60, 80) * np.array([1, 1, 0], np.uint8),
    **{f"{side} a side": scene(16, 90, 90)[:side, :side] for side in (1, 2, 3, 5, 8, 24)},
}


@pytest.mark.parametrize("name", ODD)
@pytest.mark.filterwarnings("error")
def test_odd_pictures_are_examined_too(name: str) -> None:
    pixels = ODD[name]
    for alpha in (None, np.zeros(pixels.shape[:2], pixels.dtype)):
        curve = fading_curve(pixels, alpha=alpha)
        assert curve.apply(pixels).shape == pixels.shape
        assert np.isfinite([curve.black, curve.white, curve.gamma]).all()
        assert 0 <= fading_certainty(measure_fading(pixels, alpha)) <= 1


def test_the_amount_is_written_and_read_back() -> None:
    assert parse_damage("faded:amount=0.5") == Fading(0.5)
    assert parse_damage(format_damage(Fading(0.35))) == Fading(0.35)
    with pytest.raises(UserError):
        parse_damage("faded:amount=1.5")


def run(job: RestoreRequest) -> Message:
    messages: list[Message] = []
    dispatch.run_job(job, threading.Event(), messages.append)
    return messages[-1]


def test_fading_alone_needs_no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(restore, "open_prior", lambda *_: pytest.fail("a network was loaded"))
    photo = Photo(faded(scene(6, 120, 160)))
    task = Task((Fading(0.8),))
    finished = run(RestoreRequest("a", photo, None, task, SolverSettings()))
    assert isinstance(finished, RestoreResult)
    np.testing.assert_array_equal(finished.photo.pixels, fading_curve(photo.pixels, 0.8).apply(photo.pixels))
    verdict = judge(finished.report, task, None)
    assert verdict.recoloured and verdict.redrawn == 0
    assert finished.report.evaluations == 0 and finished.report.damage == ["faded:amount=0.8"]


def test_a_repair_is_made_on_the_corrected_photo_and_keeps_it_outside_the_hole() -> None:
    photo = Photo(faded(scene(7, 96, 96)))
    mask = np.zeros((96, 96), bool)
    mask[40:44, 20:70] = True
    task = Task((MissingPixels(), Fading(0.9)))
    settings = SolverSettings(preset="draft")
    finished = run(RestoreRequest("a", photo, mask, task, settings))
    assert isinstance(finished, RestoreResult)
    corrected = fading_curve(photo.pixels, 0.9).apply(photo.pixels)
    np.testing.assert_array_equal(finished.photo.pixels[~mask], corrected[~mask])
    inside = finished.photo.pixels[mask].astype(float) - corrected[mask]
    assert inside.any() and abs(inside.mean()) < 25  # the filling has the corrected colours
    verdict = judge(finished.report, task, mask)
    assert verdict.recoloured and verdict.redrawn == pytest.approx(mask.mean())


def test_with_jpeg_the_colours_come_last_since_the_tables_speak_of_the_file() -> None:
    photo = Photo(faded(scene(8, 64, 64)))
    seen: list[RestoreRequest] = []

    def restore(job: RestoreRequest) -> RestoreResult:
        seen.append(job)
        return RestoreResult(job.job_id, job.photo, run_report())

    def run_report():
        return run(RestoreRequest("b", photo, None, Task((Fading(),)), SolverSettings())).report

    task = Task((JpegCompression(40), Fading(1.0)))
    finished = with_fading_undone(RestoreRequest("a", photo, None, task, SolverSettings()), restore)
    assert seen[0].photo is photo and seen[0].task == Task((JpegCompression(40),))
    np.testing.assert_array_equal(finished.photo.pixels, fading_curve(photo.pixels).apply(photo.pixels))
    assert finished.report.damage == ["jpeg:quality=40", "faded:amount=1"]
