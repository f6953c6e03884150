"""The judge of repairs: right and wrong marks, fills that show, and a computer without its finder."""

from dataclasses import replace

import cv2
import numpy as np
import pytest

from daps_desktop.analysis.finding.fills import off_colour, without_grain
from daps_desktop.analysis.finding.traces import places_to_mend
from daps_desktop.analysis.noise import measure_noise
from daps_desktop.analysis.tone import find_tone
from daps_desktop.base.errors import UserError
from daps_desktop.engine.handlers import traces
from daps_desktop.imaging.mask import Mask, dilate
from daps_desktop.imaging.profile.noise_model import NoiseModel
from daps_desktop.networks.loader import open_finder
from tests.engine.playing import play

SIDE = 192
NO_NOISE = NoiseModel.white(0.0)


def scratched(width: int = 7) -> tuple[np.ndarray, np.ndarray, Mask]:
    """A soft picture, the same with a broad white scratch, and where that is."""
    rows, cols = np.mgrid[:SIDE, :SIDE]
    grain = np.random.default_rng(3).normal(0, 2, (SIDE, SIDE))
    luma = 90 + 30 * np.sin(rows / 40) * np.cos(cols / 55) + grain
    photo = np.rint(luma[..., None] * np.array([1.1, 1.0, 0.85])).astype(np.uint8)
    drawn = np.zeros((SIDE, SIDE), np.uint8)
    cv2.line(drawn, (20, 30), (170, 150), 255, width, cv2.LINE_AA)
    opacity = drawn[..., None] / 255
    return photo, np.rint(photo * (1 - opacity) + 245 * opacity).astype(np.uint8), drawn > 8


def places(spoilt: np.ndarray, result: np.ndarray, mask: Mask, refused: Mask | None = None) -> Mask:
    finder = open_finder("cpu")
    told = places_to_mend(
        spoilt, result, mask, lambda x, where: finder.probabilities(x, where=where), None, NO_NOISE, refused
    )
    marked = np.zeros_like(mask)
    for place in told:
        assert place.reason == "damage"
        marked[place.rect.slices] |= place.mask
    return marked


def filled(photo: np.ndarray, spoilt: np.ndarray, mask: Mask) -> np.ndarray:
    return np.where(mask[..., None], photo, spoilt)


def test_right_marks_leave_no_trace() -> None:
    photo, spoilt, damage = scratched()
    mask = dilate(damage, 1)
    assert not places(spoilt, filled(photo, spoilt, mask), mask).any()


@pytest.mark.parametrize("how", ["thin", "shifted", "half"])
def test_wrong_marks_leave_one_where_the_damage_is(how: str) -> None:
    photo, spoilt, damage = scratched(3 if how == "half" else 7)
    mask = dilate(damage, 1)
    if how == "thin":
        mask = ~dilate(~damage, 2)
    elif how == "shifted":
        mask = np.roll(mask, (3, -3), (0, 1))
    else:
        mask[:, SIDE // 2 :] = False
    found = places(spoilt, filled(photo, spoilt, mask), mask)
    left = damage & ~mask
    assert (found & left).sum() > 0.3 * left.sum() and (found & ~dilate(damage, 4)).sum() < 0.3 * found.sum()
    assert not places(spoilt, filled(photo, spoilt, mask), mask, refused=dilate(damage, 6)).any()


def test_damage_away_from_the_marks_is_not_the_repairs() -> None:
    photo, spoilt, _ = scratched()
    mask = np.zeros((SIDE, SIDE), bool)
    mask[140:148, 20:40] = True
    assert not places(spoilt, filled(photo, spoilt, mask), mask).any()


def test_a_fill_in_a_colour_that_nothing_around_has_is_seen() -> None:
    rng = np.random.default_rng(1)
    ground = (np.array([150, 140, 120]) + rng.normal(0, 4, (96, 96, 3))).clip(0, 255).astype(np.uint8)
    mask = np.zeros((96, 96), bool)
    mask[40:56, 20:70] = True
    assert not off_colour(ground, mask, None).any()
    ground[mask] = (110, 140, 200)
    assert off_colour(ground, mask, None)[44:52, 26:64].all()


def test_a_toned_fill_may_be_lighter_but_not_of_another_tone() -> None:
    luma = np.clip(np.linspace(40, 200, 128)[None].repeat(128, 0), 0, 255)
    sepia = np.stack([luma * 1.1, luma * 0.98, luma * 0.7], axis=2).clip(0, 255).astype(np.uint8)
    tone = find_tone(sepia)
    assert tone is not None
    mask = np.zeros((128, 128), bool)
    mask[50:80, 20:40] = True
    lighter = sepia.copy()
    lighter[mask] = sepia[0, 110]
    assert not off_colour(lighter, mask, tone).any()
    lighter[mask] = lighter[mask].mean(axis=1, keepdims=True).astype(np.uint8)
    assert off_colour(lighter, mask, tone).sum() > 0.5 * mask.sum()


def test_a_fill_without_grain_is_seen_on_a_grainy_ground() -> None:
    rng = np.random.default_rng(2)
    grain = cv2.GaussianBlur(rng.normal(0, 1, (192, 192)), (0, 0), 0.8)
    ground = (128 + 8 * grain / grain.std()).clip(0, 255).astype(np.uint8)[..., None]
    noise = measure_noise(ground)
    mask = np.zeros((192, 192), bool)
    mask[80:110, 40:150] = True
    assert not without_grain(ground, mask, noise).any()
    smooth = ground.copy()
    smooth[mask] = 128
    assert without_grain(smooth, mask, noise)[84:106, 46:144].mean() > 0.9
    assert not without_grain(smooth, mask, NO_NOISE).any()


@pytest.mark.usefixtures("tiny_prior")
def test_without_the_finder_the_repair_stands_and_says_that_nobody_looked(monkeypatch) -> None:
    def missing(_device: str) -> None:
        raise UserError("finder_damaged")

    photo, _, damage = scratched()
    whole = play(photo, mask=damage).finished
    monkeypatch.setattr(traces, "open_finder", missing)
    blind = play(photo, mask=damage).finished
    np.testing.assert_array_equal(blind.photo.pixels, whole.photo.pixels)
    assert whole.report.trace is not None and whole.report.trace.repaired == 1
    assert blind.report.trace is None and "trace_unseen" in blind.report.notices
    assert replace(whole.report, trace=None).damage == blind.report.damage
