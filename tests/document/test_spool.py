"""Pixels on the disk are the pixels; without room they stay in the memory."""

import os
from pathlib import Path

import numpy as np
import pytest

from daps_desktop.base.paths import DATA_VARIABLE
from daps_desktop.document.spool import MIN_BYTES, raise_open_file_limit, spool, spool_mask
from daps_desktop.imaging.photo import Photo

posix = pytest.mark.skipif(os.name == "nt", reason="a disk is made small by setrlimit")


def large(extra: int) -> Photo:
    values = np.random.default_rng(0).integers(0, 256, MIN_BYTES + extra, dtype=np.uint8)
    return Photo(values.reshape(1, -1, 1))


@pytest.fixture(autouse=True)
def own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(DATA_VARIABLE, str(tmp_path))


def test_pixels_out_of_the_memory_are_the_same_and_leave_no_file(tmp_path: Path) -> None:
    photo = large(100)
    away = spool(photo)
    assert isinstance(away.pixels.base, np.memmap) and not away.pixels.flags.writeable
    np.testing.assert_array_equal(away.pixels, photo.pixels)
    if os.name == "nt":  # there the file keeps its name until it is closed
        del away
    assert list((tmp_path / "spool").iterdir()) == []


@posix
@pytest.mark.parametrize("missing", [1, 100, 5000, MIN_BYTES])
def test_without_room_the_photo_stays_as_it_was(missing: int) -> None:
    from tests.fakes.full_disk import room_for

    photo = large(100)
    with room_for(photo.pixels.nbytes - missing):
        assert spool(photo) is photo


def test_one_hole_on_the_disk_serves_all_versions_made_with_it(tmp_path: Path) -> None:
    first = np.random.default_rng(0).random((1100, 1000)) < 0.5
    other = ~first
    away = spool_mask(first, [])
    assert isinstance(away.base, np.memmap) and not away.flags.writeable
    np.testing.assert_array_equal(away, first)
    assert spool_mask(first.copy(), [other, away]) is away
    assert spool_mask(other, [away]) is not away


@posix
def test_a_long_evening_may_have_many_versions_open() -> None:
    import resource

    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (256, before[1]))
    try:
        raise_open_file_limit()
        assert resource.getrlimit(resource.RLIMIT_NOFILE)[0] > 1000
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, before)
