"""The built-in prior through the whole engine: what was damaged comes out nearer to what it was."""

from collections.abc import Sequence
from pathlib import Path
from typing import cast

import cv2
import numpy as np
import pytest
import skimage.data
import torch
from PIL import Image

from daps_desktop.imaging.formats.reader import read_photo
from daps_desktop.imaging.mask import Mask
from daps_desktop.imaging.photo import Photo, Pixels
from daps_desktop.jobs.damage import (
    CameraBlur,
    Clipping,
    Damage,
    Downsampling,
    GaussianBlur,
    Greyscale,
    JpegCompression,
    MissingPixels,
    MotionBlur,
    Noise,
    PhaseRetrieval,
    RandomMask,
)
from daps_desktop.jobs.task import Task
from daps_desktop.restoration.degrade import degrade
from daps_desktop.solver.operators import known_mask_of
from daps_desktop.solver.tensors import GREY_LEVELS_PER_UNIT, to_pixels, to_tensor
from tests.engine.playing import crop, line, play, psnr

SIDE = 96


def degraded(clean: Pixels, task: Sequence[Damage], mask: Mask | None, noise: float) -> Pixels:
    """What `task` makes of a clean photo, with `noise` in grey levels."""
    observed = None if mask is None else known_mask_of(mask)
    rng = torch.Generator().manual_seed(0)
    y = degrade(Task(tuple(task)), to_tensor(clean), observed, noise / GREY_LEVELS_PER_UNIT, rng)
    return to_pixels(y, np.dtype(np.uint8), 1 if y.shape[1] == 1 else 3)


def at_size(pixels: Pixels, height: int, width: int) -> Pixels:
    return cast(Pixels, cv2.resize(pixels, (width, height), interpolation=cv2.INTER_CUBIC))


# damages, side of the mark or 0, noise in grey levels, decibels that it must gain
CASES: list[tuple[tuple[Damage, ...], int, float, float]] = [
    ((Noise(),), 0, 20, 6),
    ((GaussianBlur(1.5),), 0, 2, 2),
    ((MotionBlur(5, 30),), 0, 2, 3),
    ((Downsampling(2),), 0, 2, 0.5),
    ((Noise(), MissingPixels()), 48, 15, 8),
    ((GaussianBlur(1.0), Downsampling(2), MissingPixels()), 48, 2, 5),
    ((Clipping(2.0),), 0, 2, 4),
    ((CameraBlur(1.0, 1.5),), 0, 2, 10),
    ((RandomMask(0.7),), 0, 2, 17),
]


@pytest.mark.parametrize(("damages", "mark", "noise", "gain"), CASES)
def test_a_restored_photo_is_nearer_to_the_truth(
    damages: tuple[Damage, ...], mark: int, noise: float, gain: float
) -> None:
    clean = crop(SIDE)
    side = SIDE // Task(damages).scale
    mask = line(side, side, at=side // 3, thick=3) if mark else None
    spoilt = degraded(clean, damages, mask, noise)
    heard = play(spoilt, *damages, mask=mask, noise=max(noise, 1.0), prior="photo-fast")
    assert heard.pixels.shape == clean.shape
    assert psnr(heard.pixels, clean) > psnr(at_size(spoilt, SIDE, SIDE), clean) + gain
    assert heard.finished.report.residual_over_noise < 3


def test_more_orientations_leave_less_of_the_noise() -> None:
    clean = crop(SIDE)
    noisy = degraded(clean, (Noise(),), None, 25)
    results = [
        play(noisy, Noise(), noise=25.0, prior="photo-fast", preset=preset) for preset in ("balanced", "best")
    ]
    assert [heard.finished.report.evaluations for heard in results] == [1, 8]
    one, eight = (psnr(heard.pixels, clean) for heard in results)
    assert eight > one + 0.05


@pytest.mark.parametrize("own_tables", [True, False])
def test_jpeg_blocks_are_undone_within_what_the_file_allows(tmp_path: Path, own_tables: bool) -> None:
    clean = skimage.data.coffee()[100:228, 200:328].copy()
    file = tmp_path / "photo.jpg"
    Image.fromarray(clean).save(file, quality=10)
    photo = read_photo(file) if own_tables else Photo(read_photo(file).pixels)
    heard = play(photo, JpegCompression(0 if own_tables else 10), noise=1.0, prior="photo-fast")
    assert psnr(heard.pixels, clean) > psnr(photo.pixels, clean) + 0.3
    assert heard.finished.report.residual_over_noise < 0.2  # inside the intervals, but for rounding


def test_a_scratch_is_filled_in_the_colours_around_it() -> None:
    clean = crop(128)
    mask = line(128, 128, at=60, thick=5)
    spoilt = clean.copy()
    spoilt[mask] = 255
    pixels = play(spoilt, mask=mask, noise=None, prior="photo-fast").pixels
    assert psnr(pixels[mask], clean[mask]) > 20
    tint = pixels[mask].astype(float).mean(0) - clean[mask].mean(0)
    assert np.abs(tint).max() < 6


def test_colour_comes_back_without_changing_the_light() -> None:
    clean = crop(SIDE)
    grey = degraded(clean, (Greyscale(),), None, 1.0)
    pixels = play(grey, Greyscale(), noise=1.0, prior="photo-fast").pixels
    luma = pixels @ np.array([0.299, 0.587, 0.114])
    assert np.sqrt(np.mean((luma - grey[..., 0]) ** 2)) < 3


def test_of_several_starts_the_one_that_explains_the_modulus_best_is_taken() -> None:
    modulus = Photo(degraded(crop(64), (PhaseRetrieval(),), None, 0.5))
    assert modulus.pixels.shape == (96, 96, 3)
    one, two = (
        play(modulus, PhaseRetrieval(starts=starts), noise=0.5, prior="photo-fast").finished
        for starts in (1, 2)
    )
    assert one.photo.pixels.shape == two.photo.pixels.shape == (64, 64, 3)
    assert two.report.residual_over_noise <= one.report.residual_over_noise
    assert two.report.evaluations == 2 * one.report.evaluations
