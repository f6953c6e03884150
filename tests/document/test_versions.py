"""Versions put together from others, and their pixels on the disk."""

import os
import stat
from dataclasses import replace
from pathlib import Path

import numpy as np
import psutil
import pytest

from daps_desktop.document.document import Document
from daps_desktop.document.spool import spool
from daps_desktop.document.version import Version
from daps_desktop.document.version_ops import (
    composite,
    differ_only_in_seed,
    mean_photo,
    new_seeds,
    reduced_to,
    samples_of,
    standard_deviation,
    with_seed,
)
from daps_desktop.imaging.photo import Photo, Pixels
from daps_desktop.jobs.damage import GaussianBlur, MissingPixels
from daps_desktop.jobs.recipe import Recipe
from daps_desktop.jobs.settings import SolverSettings
from daps_desktop.jobs.task import Task
from tests.fakes.hosts import report_of

REPAIR, SHARPEN = Task((MissingPixels(),)), Task((GaussianBlur(),))
SAMPLE = SolverSettings(output="sample")


def noisy(seed: int, dtype: type = np.uint16, shape: tuple[int, ...] = (40, 60, 3)) -> Pixels:
    return np.random.default_rng(seed).integers(0, np.iinfo(dtype).max, shape, dtype=dtype, endpoint=True)


def version(number: int, pixels: Pixels, task: Task = SHARPEN, mask: np.ndarray | None = None) -> Version:
    request = Document(Photo(pixels)).request("a", 0)
    recipe = Recipe(task, replace(SAMPLE, seed=number))
    return Version(number, Photo(pixels), recipe, mask, report_of(request))


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_the_mean_is_rounded_at_full_depth(dtype: type) -> None:
    samples = [version(n, noisy(n, dtype)) for n in range(1, 4)]
    mean = mean_photo(samples).pixels
    exact = np.mean([sample.photo.pixels.astype(np.float64) for sample in samples], axis=0)
    assert mean.dtype == dtype
    assert np.abs(mean - exact).max() <= 0.5


def test_the_mean_of_repairs_keeps_every_other_pixel() -> None:
    original, mask = noisy(0), np.zeros((40, 60), dtype=bool)
    mask[10:20, 5:50] = True
    mask[15, 7] = False  # inside the rectangle around the hole
    samples = []
    for n in (1, 2):
        pixels = np.where(mask[..., None], noisy(n), original)
        samples.append(version(n, pixels, REPAIR, mask))
    mean = mean_photo(samples).pixels
    np.testing.assert_array_equal(mean[~mask], original[~mask])
    assert not np.array_equal(mean[mask], original[mask])


def test_only_other_seeds_of_the_same_recipe_and_hole_are_alike() -> None:
    mask = np.zeros((40, 60), dtype=bool)
    mask[3] = True
    first = version(1, noisy(1), REPAIR, mask)
    second = version(2, noisy(2), REPAIR, mask.copy())
    others = [
        version(3, noisy(3), SHARPEN, mask),
        version(4, noisy(4), REPAIR, ~mask),
        version(5, noisy(5, shape=(80, 120, 3)), REPAIR, mask),
        replace(version(6, noisy(6), REPAIR, mask), report=None),
        replace(first, number=7, recipe=Recipe(REPAIR, replace(SAMPLE, preset="best"))),
    ]
    assert differ_only_in_seed(first, [first, second, *others]) == [first, second]


def test_the_samples_of_a_safest_version_are_found() -> None:
    samples = [version(n, noisy(n)) for n in (1, 2)]
    safest = replace(samples[0], number=3, recipe=Recipe(SHARPEN, SolverSettings(seed=9)))
    assert samples_of(safest, [*samples, safest]) == samples
    assert (samples[0].kind, safest.kind, replace(safest, painted=True).kind) == (
        "sample", "safest", "painted",
    )  # fmt: skip


def test_new_seeds_are_new() -> None:
    used = [replace(SAMPLE, seed=seed) for seed in (0, 41, 3)]
    assert new_seeds(used, 3) == [42, 43, 44]
    assert new_seeds([replace(SAMPLE, seed=2**63 - 1)], 2) == [0, 1]
    drawn = with_seed(Recipe(SHARPEN, SolverSettings(samples=4)), 42).settings
    assert (drawn.output, drawn.samples, drawn.seed) == ("sample", 1, 42)


def test_the_spread_is_the_deviation_in_grey_levels() -> None:
    base = np.full((30, 50, 3), 100, np.uint8)
    apart = base.copy()
    apart[:10] += 6
    spread = standard_deviation([version(1, base), version(2, apart)], side=50)
    assert spread.shape == (30, 50)
    np.testing.assert_allclose(spread[:10], 6 / 2**0.5, rtol=1e-5)
    assert (spread[10:] == 0).all()
    deep = [version(n, pixels.astype(np.uint16) * 257) for n, pixels in ((1, base), (2, apart))]
    np.testing.assert_allclose(standard_deviation(deep, side=50), spread, rtol=1e-5)


def test_means_over_squares_count_narrow_ones_right() -> None:
    pixels = noisy(1, np.uint8, (7, 11, 1))
    small = reduced_to(pixels, 4)
    assert small.shape == (3, 4, 1)
    np.testing.assert_allclose(small[1, 1], pixels[3:6, 3:6].mean())
    np.testing.assert_allclose(small[2, 3], pixels[6:, 9:].mean())


def test_painting_takes_the_source_where_the_layer_says_so() -> None:
    target, source = version(1, noisy(1)), version(2, noisy(2))
    layer = np.zeros((40, 60), dtype=bool)
    layer[5:9, 20:31] = True
    pixels = composite(target, source, layer).pixels
    np.testing.assert_array_equal(pixels[layer], source.photo.pixels[layer])
    np.testing.assert_array_equal(pixels[~layer], target.photo.pixels[~layer])
    np.testing.assert_array_equal(composite(target, source, np.zeros_like(layer)).pixels, target.photo.pixels)
    larger = composite(target, source, layer[::2, ::2]).pixels  # versions twice as large as the photo
    twice = layer[::2, ::2].repeat(2, axis=0).repeat(2, axis=1)
    np.testing.assert_array_equal(
        larger, np.where(twice[..., None], source.photo.pixels, target.photo.pixels)
    )


@pytest.fixture
def spool_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("DAPS_DESKTOP_DATA", str(tmp_path / "data"))
    return tmp_path / "data" / "spool"


def test_spooled_pixels_are_the_same_and_nobody_else_sees_them(spool_folder: Path) -> None:
    photo = Photo(noisy(1, np.uint16, (700, 900, 3)))
    kept = spool(photo)
    np.testing.assert_array_equal(kept.pixels, photo.pixels)
    assert not kept.pixels.flags.writeable and kept.pixels.dtype == np.uint16
    assert stat.S_IMODE(spool_folder.stat().st_mode) == 0o700
    assert list(spool_folder.iterdir()) == []  # a file without a name is gone with its pixels
    assert spool(kept).pixels is kept.pixels


def test_spooled_versions_take_no_memory_of_their_own(spool_folder: Path) -> None:
    process = psutil.Process(os.getpid())

    def private() -> int:
        memory = process.memory_full_info()
        return memory.uss

    before = private()
    kept = [spool(Photo(np.full((2000, 3000, 3), n, np.uint8))) for n in range(8)]  # 144 MB in all
    assert private() - before < 60e6
    assert [int(photo.pixels[1999, 9, 0]) for photo in kept] == list(range(8))


def test_a_disk_without_room_costs_no_version(spool_folder: Path) -> None:
    spool_folder.parent.write_bytes(b"a file where the folder should be")
    photo = Photo(noisy(1, np.uint16, (700, 900, 3)))
    assert spool(photo) is photo
