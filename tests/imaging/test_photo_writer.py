"""A file appears whole or not at all, and nothing is replaced that was not to be."""

import os
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from daps_desktop.base.errors import UserError
from daps_desktop.imaging.formats.reader import read_photo
from daps_desktop.imaging.formats.writer import check_target, write_photo
from daps_desktop.imaging.photo import Metadata, Photo
from tests.fakes.full_disk import room_for
from tests.imaging.photo_files import photo, picture

needs_links = pytest.mark.skipif(os.name == "nt", reason="there only an administrator may make links")


def refused(written: Photo, path: Path, **options: object) -> UserError:
    with pytest.raises(UserError) as caught:
        write_photo(written, path, **options)  # type: ignore[arg-type]
    return caught.value


@pytest.fixture
def original(tmp_path: Path) -> Photo:
    write_photo(photo(), tmp_path / "original.png")
    return read_photo(tmp_path / "original.png")


def changed(original: Photo) -> Photo:
    return original.with_pixels(original.white - original.pixels)


def test_an_existing_file_is_replaced_only_when_told(tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    path.write_bytes(b"something dear")
    assert refused(photo(), path).code == "save_exists"
    assert path.read_bytes() == b"something dear"
    write_photo(photo(), path, overwrite=True)
    assert np.array_equal(read_photo(path).pixels, photo().pixels)


def test_the_original_is_replaced_only_when_told_twice(tmp_path: Path, original: Photo) -> None:
    path = tmp_path / "original.png"
    before = path.read_bytes()
    assert refused(changed(original), path).code == "save_original"
    assert refused(changed(original), path, overwrite=True).code == "save_original"
    assert refused(changed(original), path, replace_original=True).code == "save_exists"
    assert path.read_bytes() == before
    write_photo(changed(original), path, overwrite=True, replace_original=True)
    assert path.read_bytes() != before


@needs_links
def test_the_original_is_known_by_any_name(tmp_path: Path, original: Photo) -> None:
    link, hard_link = tmp_path / "link.png", tmp_path / "hard.png"
    link.symlink_to(tmp_path / "original.png")
    hard_link.hardlink_to(tmp_path / "original.png")
    roundabout = tmp_path / "folder" / ".." / "original.png"
    (tmp_path / "folder").mkdir()
    for path in (link, hard_link, roundabout):
        assert refused(changed(original), path, overwrite=True).code == "save_original"
    pasted = replace(changed(original), path=None)
    code = refused(pasted, link, overwrite=True, original=tmp_path / "original.png").code
    assert code == "save_original"


@needs_links
def test_a_link_is_followed_and_stays_a_link(tmp_path: Path) -> None:
    target, link = tmp_path / "target.png", tmp_path / "link.png"
    target.write_bytes(b"old")
    link.symlink_to(target)
    write_photo(photo(), link, overwrite=True)
    assert link.is_symlink()
    assert np.array_equal(read_photo(target).pixels, photo().pixels)


@pytest.mark.skipif(os.name == "nt", reason="needs the rights of Unix")
def test_the_file_gets_the_usual_rights_and_a_replaced_one_keeps_its_own(tmp_path: Path) -> None:
    plain = tmp_path / "plain.txt"
    plain.write_text("")
    path = tmp_path / "a.png"
    write_photo(photo(), path)
    assert path.stat().st_mode == plain.stat().st_mode
    path.chmod(0o640)
    write_photo(photo(), path, overwrite=True)
    assert path.stat().st_mode & 0o777 == 0o640


@pytest.mark.parametrize("ending", ["png", "tif", "jpg", "webp"])
def test_a_full_disk_leaves_everything_as_it_was(tmp_path: Path, ending: str) -> None:
    large = Photo(np.random.default_rng(0).integers(0, 256, (300, 300, 3)).astype(np.uint8))
    path = tmp_path / f"a.{ending}"
    with room_for(10_000):
        error = refused(large, path)
    assert error.code == "save_failed"
    assert not list(tmp_path.iterdir())
    path.write_bytes(b"old")
    with room_for(10_000):
        refused(large, path, overwrite=True)
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


def test_places_where_nothing_can_be_written(tmp_path: Path) -> None:
    error = refused(photo(), tmp_path / "nowhere" / "a.png")
    assert error.code == "save_failed"
    assert "there is no folder" in str(error)
    (tmp_path / "folder.png").mkdir()
    assert "it is a folder" in str(refused(photo(), tmp_path / "folder.png", overwrite=True))
    assert refused(photo(), tmp_path / ("a" * 300 + ".png")).code == "save_failed"
    assert refused(photo(), tmp_path / "null\0byte.png").code == "save_failed"


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs named pipes")
def test_a_pipe_is_not_replaced(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.png")
    assert "not an ordinary file" in str(refused(photo(), tmp_path / "pipe.png", overwrite=True))


@pytest.mark.parametrize("name", ["nowhere/a.png", "folder.png", "a" * 300 + ".png"])
def test_a_hopeless_place_is_known_before_the_work(tmp_path: Path, name: str) -> None:
    (tmp_path / "folder.png").mkdir()
    with pytest.raises(UserError) as refusal:
        check_target(tmp_path / name, None, overwrite=True, replace_original=True)
    assert refusal.value.code == "save_failed"


@pytest.mark.skipif(os.name == "nt", reason="needs the rights of Unix")
@pytest.mark.skipif(os.name != "nt" and os.geteuid() == 0, reason="nothing is forbidden to root")
def test_a_folder_that_may_not_be_written_is_known_before_the_work(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    with pytest.raises(UserError, match="may not write"):
        check_target(tmp_path / "a.png", None, overwrite=False, replace_original=False)


@pytest.mark.parametrize("ending", ["png", "tif", "jpg", "webp"])
def test_a_photo_with_a_senseless_resolution_can_be_saved(tmp_path: Path, ending: str) -> None:
    write_photo(replace(photo(), metadata=Metadata(dpi=(1e8, 1e8))), tmp_path / "damaged.png")
    write_photo(read_photo(tmp_path / "damaged.png"), tmp_path / f"saved.{ending}")
    assert read_photo(tmp_path / f"saved.{ending}").metadata.dpi is None


def test_what_cannot_be_written_is_said_before_writing(tmp_path: Path) -> None:
    assert refused(photo(), tmp_path / "a.gif").code == "save_format"
    assert refused(photo(), tmp_path / "a").code == "save_format"
    for options in ({"quality": 0}, {"quality": 101}, {"bits": 12}):
        assert refused(photo(), tmp_path / "a.jpg", **options).code == "setting_value"
    assert "8 bits only" in str(refused(photo(), tmp_path / "a.webp", bits=16))
    wide = Photo(picture(1, 16_384))
    assert "at most 16383 pixels" in str(refused(wide, tmp_path / "a.webp"))
    assert not list(tmp_path.iterdir())


def test_endings_are_read_in_any_case(tmp_path: Path) -> None:
    write_photo(photo(), tmp_path / "A.TIFF")
    assert read_photo(tmp_path / "A.TIFF").file_format == "TIFF"
