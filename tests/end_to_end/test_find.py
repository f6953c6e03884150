"""Damage found from the command line: what is written, said and repaired."""

import json
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image

from daps_desktop.imaging.formats.mask_file import read_mask, write_mask
from daps_desktop.imaging.formats.reader import read_photo
from daps_desktop.imaging.formats.writer import write_photo
from daps_desktop.imaging.mask import Mask, dilate
from daps_desktop.imaging.photo import Photo
from daps_desktop.networks import catalogue
from tests.analysis.scenes import scene
from tests.end_to_end.conftest import Desk
from tests.end_to_end.test_cli import refused

SIZE = 200, 260
QUICK = ("--preset", "draft", "--prior", "tiny", "--device", "cpu", "--noise", "5")


def gradient(scratched: bool) -> tuple[np.ndarray, Mask]:
    """A smooth picture, with a bright scratch two pixels wide or without, and where that is."""
    rows, cols = np.mgrid[: SIZE[0], : SIZE[1]]
    pixels = np.stack([60 + rows / 3, 70 + cols / 4, 90 + rows / 5], axis=-1)
    drawn = np.zeros(SIZE, np.uint8)
    if scratched:
        cv2.line(drawn, (40, 20), (210, 170), 255, 2, cv2.LINE_AA)
    share = drawn[..., None] / 255
    return np.rint(pixels * (1 - share) + 240 * share).astype(np.uint8), drawn > 127


@pytest.fixture
def scratch(desk: Desk) -> Mask:
    """Two photos, old.png with a scratch and clean.png, and where the scratch is."""
    pixels, true = gradient(scratched=True)
    write_photo(Photo(pixels), desk.path("old.png"))
    write_photo(Photo(gradient(scratched=False)[0]), desk.path("clean.png"))
    return true


def found(desk: Desk, *words: object, name: str = "old.png") -> Mask:
    assert desk.run("find", desk.path(name), "-o", desk.path("marks.png"), "--force", *words) == 0
    return read_mask(desk.path("marks.png"), read_photo(desk.path(name)))


def covers(marked: Mask, true: Mask) -> bool:
    """All of the damage, and no more than its surroundings."""
    return marked[true].mean() > 0.97 and not marked[~dilate(true, 8)].any()


def test_a_scratch_is_found_and_a_clean_photo_stays_empty(
    desk: Desk, scratch: Mask, capsys: pytest.CaptureFixture[str]
) -> None:
    assert covers(found(desk), scratch)
    assert " found." in capsys.readouterr().out
    clean, old = (Image.open(desk.path(name)) for name in ("clean.png", "old.png"))
    clean.save(desk.path("both.tif"), save_all=True, append_images=[old])
    assert not found(desk, name="both.tif").any()
    said = capsys.readouterr()
    assert said.out == "" and "Nothing was found" in said.err and "2 pages" in said.err
    assert covers(found(desk, "--page", "2", name="both.tif"), scratch)


def test_programs_are_told_each_piece(desk: Desk, scratch: Mask, capsys: pytest.CaptureFixture[str]) -> None:
    marked = found(desk, "--json", "--sensitivity", "0.6")
    told = json.loads(capsys.readouterr().out)
    assert (told["width"], told["height"], told["sensitivity"]) == (260, 200, 0.6)
    piece = told["pieces"][0]
    assert piece["kind"] == "scratch" and piece["probability"] > 0.5
    assert marked[piece["top"] : piece["bottom"], piece["left"] : piece["right"]].sum() >= piece["pixels"]
    found(desk, "--json", name="clean.png")
    assert json.loads(capsys.readouterr().out)["pieces"] == []


def test_a_higher_sensitivity_only_adds(desk: Desk, scratch: Mask) -> None:
    few, usual, many = (found(desk, "--sensitivity", share) for share in (0, 0.5, 1))
    assert (usual >= few).all() and (many >= usual).all() and usual.any()


@pytest.mark.parametrize("kind", ["16 bit", "grey", "small", "thin"])
def test_it_takes_photos_of_any_kind(desk: Desk, scratch: Mask, kind: str) -> None:
    pixels = read_photo(desk.path("old.png")).pixels
    if kind == "16 bit":
        pixels = pixels.astype(np.uint16) * np.uint16(257)
    elif kind == "grey":
        pixels = np.rint(pixels.mean(axis=2, keepdims=True)).astype(np.uint8)
    elif kind == "small":
        pixels = pixels[:5, :7]
    else:
        pixels = np.tile(gradient(False)[0][:2], (1, 12, 1))
    write_photo(Photo(np.ascontiguousarray(pixels)), desk.path("old.png"), overwrite=True)
    marked = found(desk)
    assert covers(marked, scratch) if kind in ("16 bit", "grey") else not marked.any()


def test_what_is_transparent_is_no_damage(desk: Desk, scratch: Mask) -> None:
    alpha = np.full(SIZE, 255, np.uint8)
    alpha[:, 130:] = 0
    pixels = read_photo(desk.path("old.png")).pixels
    write_photo(Photo(pixels, alpha), desk.path("old.png"), overwrite=True)
    marked = found(desk)
    assert not marked[:, 130:].any() and covers(marked, scratch & (alpha > 0))


@pytest.mark.parametrize("name", ["marks.jpg", "clean.png", "nowhere/marks.png"])
def test_what_cannot_be_written_is_refused_before_it_looks(
    desk: Desk, scratch: Mask, name: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("daps_desktop.cli.find.find_damage", lambda *_: pytest.fail("it looked"))
    assert Path(name).name in refused(desk, capsys, "find", desk.path("old.png"), "-o", desk.path(name))


@pytest.mark.parametrize("value", ["-0.1", "2", "nan", "much"])
def test_a_sensitivity_that_is_none_is_refused(
    desk: Desk, value: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        desk.run("find", desk.photo, "-o", desk.path("marks.png"), f"--sensitivity={value}")
    assert ended.value.code == 2 and "sensitivity" in capsys.readouterr().err


# With the repair


def test_what_is_found_is_repaired_and_nothing_else(desk: Desk, scratch: Mask) -> None:
    before = read_photo(desk.path("old.png")).pixels
    assert desk.run("restore", desk.path("old.png"), "-o", desk.path("new.png"), "--find", *QUICK) == 0
    changed = (read_photo(desk.path("new.png")).pixels != before).any(axis=2)
    assert changed[scratch].mean() > 0.9 and not changed[~dilate(scratch, 8)].any()


def test_what_the_photo_asks_for_is_done_and_said(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    clean, scratch = scene(3, *SIZE).astype(float), gradient(scratched=True)[1]
    grainy = np.where(scratch[..., None], 240, clean) + np.random.default_rng(0).normal(0, 12, clean.shape)
    write_photo(Photo(np.rint(grainy).clip(0, 255).astype(np.uint8)), desk.path("old.png"))
    words = ("restore", desk.path("old.png"), "-o", desk.path("new.png"), "--suggested")
    assert desk.run(*words, *QUICK[:-2]) == 0
    said = capsys.readouterr().err
    assert "found." in said and "noise: About 12 of 255" in said
    result = read_photo(desk.path("new.png")).pixels.astype(float)
    assert np.abs(result - 240)[scratch].mean() > 3 * np.abs(grainy - 240)[scratch].mean()
    assert (result != np.rint(grainy))[~scratch].mean() > 0.8
    assert "--damage" in refused(desk, capsys, *words, "--force", "--damage", "noise")


def test_what_the_photo_asks_for_may_be_nothing(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    write_photo(Photo(np.full((*SIZE, 3), 128, np.uint8)), desk.path("clean.png"))
    words = ("restore", desk.path("clean.png"), "-o", desk.path("new.png"), "--suggested", *QUICK)
    assert desk.run(*words) == 2 and not desk.path("new.png").exists()
    assert "nothing" in capsys.readouterr().err


def test_what_is_found_joins_what_is_marked(desk: Desk, scratch: Mask) -> None:
    hand = np.zeros(SIZE, bool)
    hand[180:190, 20:40] = True
    write_mask(hand, desk.path("hand.png"))
    before = read_photo(desk.path("old.png")).pixels
    words = ("--mask", desk.path("hand.png"), "--find", "0.5", *QUICK)
    assert desk.run("restore", desk.path("old.png"), "-o", desk.path("new.png"), *words) == 0
    changed = (read_photo(desk.path("new.png")).pixels != before).any(axis=2)
    assert changed[hand].any() and changed[scratch].any()


def test_where_nothing_is_found_only_other_damage_is_undone(
    desk: Desk, scratch: Mask, capsys: pytest.CaptureFixture[str]
) -> None:
    clean = desk.path("clean.png")
    capsys.readouterr()
    assert desk.run("restore", clean, "-o", desk.path("new.png"), "--find", *QUICK) == 2
    said = capsys.readouterr().err
    assert "nothing is left to undo" in said and not desk.path("new.png").exists()
    both = ("--damage", "scratches", "--damage", "noise", "--report", desk.path("r.json"))
    assert desk.run("restore", clean, "-o", desk.path("new.png"), "--find", *both, *QUICK) == 0
    assert json.loads(desk.path("r.json").read_text())["damage"] == ["noise"]


def test_without_its_finder_marks_by_hand_still_work(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    resource = catalogue.resource
    away = {"finder": desk.path("away")}
    monkeypatch.setattr(catalogue, "resource", lambda name: away.get(name) or resource(name))
    for words in (("find", desk.photo, "-o"), ("restore", desk.photo, "--find", "--prior", "tiny", "-o")):
        assert "mark the damage by hand" in refused(desk, capsys, *words, desk.path("out.png"))
    assert desk.restore("out.png", "--mask", desk.mask) == 0
