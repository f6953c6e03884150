"""Every file of a folder is a photo of the album, belongs to one, or is named with its reason."""

import os
import unicodedata
from pathlib import Path

import pytest

from daps_desktop.album.discovery import find_mask, find_photos, passed_over
from tests.imaging.photo_files import by_libheif, by_pillow, picture

JPEG = by_pillow("JPEG")


def put(folder: Path, *names: str, data: bytes = JPEG) -> None:
    folder.mkdir(exist_ok=True)
    for name in names:
        (folder / name).write_bytes(data)


def test_photos_of_all_endings_are_found(tmp_path: Path) -> None:
    names = ["a.JPG", "b.jfif", "c.jpe", "d.heic", "e.HIF", "f.tiff"]
    put(tmp_path, *names)
    put(tmp_path, "notes.txt", "list.csv", data=b"Dear diary")
    assert [path.name for path in find_photos(tmp_path)] == names
    assert passed_over(tmp_path) == []


def test_what_is_left_out_is_named_with_its_reason(tmp_path: Path) -> None:
    put(tmp_path, "a.jpg", "a_restored.jpg", "a_mask.jpg", "a_ir.tif", "b.dat", "c")
    put(tmp_path, "d.bin", data=by_libheif(picture()))
    put(tmp_path, "notes.txt", data=b"Dear diary")
    put(tmp_path / "more", "x.jpg", "y.png")
    put(tmp_path / "more" / "below", "z.jpg")
    put(tmp_path / "empty", "notes.txt")
    put(tmp_path, "e.GIF", "f.nef", data=b"not read")
    put(tmp_path / "masks", "a.png", "A_mask.jpg", "b_mask.png")
    if hasattr(os, "symlink"):
        (tmp_path / "gone.jpg").symlink_to(tmp_path / "nothing.jpg")
    reasons = {path.name: str(reason) for path, reason in passed_over(tmp_path, tmp_path / "masks")}
    named = {
        "a_restored.jpg",
        "a_ir.tif",
        "b.dat",
        "c",
        "d.bin",
        "e.GIF",
        "f.nef",
        "gone.jpg",
        "more",
        "masks",
    }
    assert {*reasons} == named | {"b_mask.png"}
    assert "result of a" in reasons["a_restored.jpg"]
    assert "pictures in it: 3" in reasons["more"] and "not read" in reasons["e.GIF"]
    assert "link" in reasons["gone.jpg"]
    assert [path.name for path in find_photos(tmp_path)] == ["a.jpg"]


@pytest.mark.parametrize("name", ["a_mask.png", "a_MASK.PNG", "a_marks.jpg", "a_mask.tif", "A_Mask.webp"])
def test_masks_have_any_ending_in_any_case(tmp_path: Path, name: str) -> None:
    put(tmp_path, "a.jpg", name)
    assert find_mask(tmp_path / "a.jpg", None) == tmp_path / name
    assert [path.name for path in find_photos(tmp_path)] == ["a.jpg"]


def test_accents_in_two_pieces_are_the_same_name(tmp_path: Path) -> None:
    photo, mask = unicodedata.normalize("NFC", "Müller.jpg"), unicodedata.normalize("NFD", "Müller_mask.jpg")
    put(tmp_path, photo, mask)
    assert find_mask(tmp_path / photo, None) == tmp_path / mask
    assert [path.name for path in find_photos(tmp_path)] == [photo]


def test_in_a_folder_of_masks_they_may_have_the_name_of_the_photo(tmp_path: Path) -> None:
    put(tmp_path / "box", "a.jpg", "b.jpg")
    put(tmp_path / "masks", "a.JPG", "b_marks.tif", "b.png")
    assert find_mask(tmp_path / "box" / "a.jpg", tmp_path / "masks") == tmp_path / "masks" / "a.JPG"
    assert find_mask(tmp_path / "box" / "b.jpg", tmp_path / "masks") == tmp_path / "masks" / "b.png"
    assert find_mask(tmp_path / "box" / "a.jpg", tmp_path / "box") is None  # the photo is no mask of itself
