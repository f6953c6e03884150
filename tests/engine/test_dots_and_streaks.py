"""Dots of a print and streaks of a scanner are taken out by the run that takes out noise."""

import numpy as np
import pytest

from daps_desktop.jobs.damage import Damage, GaussianBlur, Noise
from tests.analysis.scenes import scene
from tests.engine.playing import play

SIDE = 224


def dots() -> np.ndarray:
    y, x = np.mgrid[:SIDE, :SIDE]
    return (8 * (np.cos(1.3 * x + 0.4 * y) + np.cos(1.3 * y - 0.4 * x)))[..., None]


def streaks() -> np.ndarray:
    return np.random.default_rng(5).normal(0, 8, (1, SIDE, 1))


def psnr(pixels: np.ndarray, clean: np.ndarray) -> float:
    return float(10 * np.log10(255**2 / np.mean((pixels.astype(float) - clean) ** 2)))


@pytest.mark.parametrize("over", [dots(), streaks()], ids=["dots", "streaks"])
def test_they_go_and_the_photo_stays(over: np.ndarray) -> None:
    clean = scene(12, SIDE, SIDE)
    photo = laid_over(clean, over)
    assert psnr(restored(photo, Noise()), clean) > psnr(photo, clean) + 4


def test_behind_a_blur_they_are_not_sharpened() -> None:
    clean = scene(12, SIDE, SIDE)
    photo = laid_over(clean, dots())
    wanted = restored(clean, GaussianBlur(0.5))
    assert psnr(restored(photo, GaussianBlur(0.5)), wanted) > psnr(photo, clean) + 2


def laid_over(clean: np.ndarray, over: np.ndarray) -> np.ndarray:
    return np.clip(np.rint(clean + over), 0, 255).astype(np.uint8)


def restored(photo: np.ndarray, damage: Damage) -> np.ndarray:
    return play(photo, damage, prior="photo-fast", preset="balanced", noise=None).pixels
