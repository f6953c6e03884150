"""Damage applied forwards: what cannot be is one sentence, and a mask is that of the damaged photo."""

import numpy as np
import pytest
from PIL import Image

from daps_desktop.imaging.formats.mask_file import write_mask
from daps_desktop.imaging.formats.reader import read_photo
from tests.end_to_end.conftest import Desk


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ("--noise nan", "between 0 and 128"),
        ("--noise -1", "between 0 and 128"),
        ("--seed -1", "seed: must be"),
        ("--damage scratches", "Nothing is marked"),
        ("--damage jpeg", "quality= is needed"),
        ("--damage small:factor=2 --mask mask.png", "The mask is 64 × 64 pixels but the photo is 32 × 32"),
        ("--damage noise -o nowhere/out.png", "no folder"),
        ("--damage noise --page 2", "no page 2"),
        ("--mask white.png", "--invert-mask"),
    ],
)
def test_what_cannot_be_is_said_in_one_sentence(
    desk: Desk,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    words: str,
    sentence: str,
) -> None:
    monkeypatch.chdir(desk.folder)
    write_mask(~desk.hole, desk.path("white.png"))
    before = desk.listing()
    assert desk.run("degrade", "photo.png", "-o", "out.png", *words.split()) == 2
    said = capsys.readouterr().err
    assert sentence in said and said.count("\n") == 1
    assert desk.listing() == before


def test_the_mask_is_that_of_the_damaged_photo(desk: Desk) -> None:
    mask = np.zeros((32, 32), bool)
    mask[5:9, 4:20] = True
    write_mask(mask, desk.path("small.png"))
    words = ("--damage", "small:factor=2", "--damage", "scratches", "--mask", desk.path("small.png"))
    assert desk.run("degrade", desk.photo, "-o", desk.path("out.png"), *words) == 0
    white = (read_photo(desk.path("out.png")).pixels == 255).all(2)
    assert white[mask].all() and white.mean() < 0.2


def test_a_photo_too_small_to_shrink_is_said_so(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    write_mask(np.ones((1, 9), bool), desk.path("thin.png"))
    words = ("degrade", desk.path("thin.png"), "-o", desk.path("out.png"), "--damage", "small:factor=2")
    assert desk.run(*words) == 2
    assert "9 × 1 pixels cannot be shrunk by 2" in capsys.readouterr().err


def test_black_on_white_is_taken_where_that_is_said(desk: Desk) -> None:
    write_mask(~desk.hole, desk.path("white.png"))
    words = ("degrade", desk.photo, "-o", desk.path("out.png"), "--mask", desk.path("white.png"))
    for word, whitened in (("--invert-mask", desk.hole), ("--whole-mask", ~desk.hole)):
        assert desk.run(*words, word, "--force") == 0
        assert (read_photo(desk.path("out.png")).pixels[whitened] == 255).all()


def test_a_page_can_be_asked_for_and_is_named(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    pages = [Image.fromarray(np.full((64, 64), value, np.uint8)) for value in (10, 90, 200)]
    pages[0].save(desk.path("pages.tif"), save_all=True, append_images=pages[1:])
    words = ("degrade", desk.path("pages.tif"), "-o", desk.path("out.png"), "--damage", "noise", "--force")
    for asked, value in (((), 10), (("--page", "2"), 90)):
        assert desk.run(*words, *asked) == 0
        assert f"this is page {value // 80 + 1}" in capsys.readouterr().err
        assert abs(int(read_photo(desk.path("out.png")).pixels.mean()) - value) <= 1
