"""Folders and repetitions through the real engine, on the command line."""

import csv
import json
import os
import signal
import sys
import threading
import time
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from daps_desktop.base.locks import lock_file
from daps_desktop.imaging.formats.reader import read_photo
from daps_desktop.imaging.formats.writer import write_photo
from daps_desktop.imaging.mask import dilate
from daps_desktop.imaging.photo import Photo
from daps_desktop.jobs.damage import MissingPixels, Noise
from daps_desktop.jobs.recipe import Recipe, dump_recipe
from daps_desktop.jobs.settings import SolverSettings
from daps_desktop.jobs.task import Task
from tests.end_to_end.conftest import Desk
from tests.end_to_end.test_find import gradient
from tests.engine.playing import crop
from tests.fakes.full_disk import room_for

QUICK = SolverSettings(preset="draft", prior="tiny", device="cpu", noise=5.0)


@pytest.fixture
def recipe(desk: Desk) -> Path:
    """A folder `box` with three photos, the second of which is damaged, and marks for the first."""
    box = desk.path("box")
    box.mkdir()
    (box / "a.png").write_bytes(desk.photo.read_bytes())
    (box / "a_mask.png").write_bytes(desk.mask.read_bytes())
    (box / "b.png").write_bytes(desk.photo.read_bytes()[:900])
    write_photo(Photo(crop(top=20)), box / "c.png")
    path = desk.path("recipe.json")
    path.write_text(dump_recipe(Recipe(Task((MissingPixels(), Noise())), QUICK)))
    return path


def batch(desk: Desk, recipe: Path, *words: object) -> int:
    return desk.run("batch", desk.path("box"), "--recipe", recipe, "-o", desk.path("out"), *words)


def rows(desk: Desk) -> list[dict[str, str]]:
    with desk.path("out/album.csv").open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def test_what_is_said_of_the_tone_takes_the_place_of_the_recipe(desk: Desk, recipe: Path) -> None:
    for words, kept in (((), True), (("--no-keep-tone",), False)):
        batch(desk, recipe, *words, "--policy", "overwrite")
        told = json.loads(desk.path("out/a_restored.png.daps.json").read_text())
        assert told["recipe"]["settings"].get("keep_tone", True) is kept


def test_a_folder_is_restored_and_the_table_says_what_became_of_each(
    desk: Desk, recipe: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert batch(desk, recipe) == 1  # b.png is damaged
    table = rows(desk)
    assert [(row["file"], row["state"]) for row in table] == [
        ("a.png", "done"), ("b.png", "failed"), ("c.png", "done"),
    ]  # fmt: skip
    assert [row["marks"] for row in table] == ["file", "", ""]
    assert "incomplete or damaged" in table[1]["reason"]
    assert table[0]["verdict"] in ("close", "agrees", "roughly", "disagrees") and float(table[0]["seconds"])
    assert table[0]["traces"].isdigit() and table[2]["traces"] == ""  # nothing was filled in there
    said = capsys.readouterr().out.splitlines()
    assert len(said) == 3 and said[1].startswith("b.png")
    assert read_photo(desk.path("out/c_restored.png")).width == 64

    times = {path: path.stat().st_mtime_ns for path in desk.path("out").glob("*_restored.png")}
    (desk.path("box/b.png")).write_bytes(desk.photo.read_bytes())
    assert batch(desk, recipe) == 0
    assert [row["state"] for row in rows(desk)] == ["done"] * 3
    assert all(path.stat().st_mtime_ns == time for path, time in times.items())  # not done again
    assert "3 photos, 2 of them done before" in capsys.readouterr().err


@pytest.mark.parametrize("words", [("--find-scratches",), ("--find",), ("--find", "0.4")])
def test_scratches_are_found_marked_and_repaired_where_that_is_asked_for(
    desk: Desk, words: tuple[str, ...]
) -> None:
    """The recipe repairs alone, so that all the rest stays as it is to the last bit."""
    box, recipe = desk.path("box"), desk.path("recipe.json")
    box.mkdir()
    scratched, scratch = gradient(scratched=True)
    write_photo(Photo(scratched), box / "old.png")
    recipe.write_text(dump_recipe(Recipe(Task((MissingPixels(),)), QUICK)))
    assert batch(desk, recipe) == 0
    assert rows(desk)[0]["state"] == "skipped"  # no one marked anything, and nothing was looked for
    assert batch(desk, recipe, *words) == 0
    (row,) = rows(desk)
    assert (row["state"], row["marks"]) == ("done", "found") and 0 < float(row["redrawn"]) < 0.1
    repaired = read_photo(desk.path("out/old_restored.png")).pixels
    changed = (repaired != scratched).any(axis=2)
    assert changed[scratch].mean() > 0.9 and not changed[~dilate(scratch, 8)].any()


def test_ctrl_c_keeps_what_is_done_and_the_next_run_goes_on(desk: Desk, recipe: Path) -> None:
    desk.path("box/b.png").unlink()
    first = desk.path("out/a_restored.png")

    def interrupt() -> None:
        while not first.exists():
            time.sleep(0.005)
        signal.raise_signal(signal.SIGINT)

    thread = threading.Thread(target=interrupt)
    thread.start()
    assert batch(desk, recipe) == 130
    thread.join()
    kept = first.stat().st_mtime_ns
    assert batch(desk, recipe) == 0
    assert first.stat().st_mtime_ns == kept
    assert sorted(path.name for path in desk.path("out").glob("*.png")) == [
        "a_restored.png", "c_restored.png",
    ]  # fmt: skip


def test_it_is_the_same_album_from_whichever_folder(
    desk: Desk, recipe: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for other in ("a.png", "a_mask.png", "b.png"):
        desk.path(f"box/{other}").unlink()
    monkeypatch.chdir(desk.folder)
    assert desk.run("batch", "box", "--recipe", recipe, "-o", "out") == 0
    monkeypatch.chdir(desk.path("box"))
    assert desk.run("batch", ".", "--recipe", recipe, "-o", "../out") == 0
    assert "1 photo, 1 done before" in capsys.readouterr().err
    assert len(list(desk.path("out").glob("*.png"))) == 1


@pytest.mark.skipif(sys.platform != "linux", reason="names of files are always letters there")
def test_a_name_in_no_encoding_is_told_by_its_numbers(
    desk: Desk, recipe: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for path in desk.path("box").iterdir():
        path.unlink()
    name = os.fsdecode(b"gro\xdfmutter.png")  # from a disk of the last century
    (desk.path("box") / name).write_bytes(desk.photo.read_bytes())
    recipe.write_text(dump_recipe(Recipe(Task((MissingPixels(),)), QUICK)))  # finds nothing to do
    assert batch(desk, recipe) == 0
    assert rows(desk)[0]["file"] == r"gro\udcdfmutter.png"
    assert capsys.readouterr().out.startswith(r"gro\udcdfmutter.png")


def test_a_repetition_is_bit_for_bit_the_same(
    desk: Desk, recipe: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    desk.path("box/b.png").unlink()
    assert batch(desk, recipe, "--format", "tiff") == 0
    first, told = desk.path("out/a_restored.tif"), desk.path("out/a_restored.tif.daps.json")
    assert desk.run("restore", desk.photo, "--recipe", told, "-o", desk.path("again.png")) == 0
    assert "bit for bit the one that was described" in capsys.readouterr().err
    np.testing.assert_array_equal(read_photo(desk.path("again.png")).pixels, read_photo(first).pixels)

    words = ("restore", desk.photo, "--recipe", told, "--seed", 5, "--output", "sample")
    assert desk.run(*words, "-o", desk.path("other.png")) == 0
    assert "differs from the one that was described" in capsys.readouterr().err
    assert desk.run("restore", desk.path("box/c.png"), "--recipe", told, "-o", desk.path("x.png")) == 2
    assert "was written for another photo (a.png)" in capsys.readouterr().err


def test_a_recipe_is_used_and_what_is_given_beside_it_counts_more(desk: Desk, recipe: Path) -> None:
    alone = ("restore", desk.photo, "--mask", desk.mask, "--recipe", recipe)
    assert desk.run(*alone, "-o", desk.path("a.png")) == 0
    named = ("--damage", "scratches", "--damage", "noise", "--mask", desk.mask)
    assert desk.restore("b.png", *named) == 0
    assert desk.path("a.png").read_bytes() == desk.path("b.png").read_bytes()
    assert desk.run(*alone, "--noise", "20", "-o", desk.path("c.png")) == 0
    assert desk.path("a.png").read_bytes() != desk.path("c.png").read_bytes()


@pytest.mark.parametrize("words", [("--damage", "noise"), ("--mask", "recipe.json")])
def test_what_contradicts_a_recipe_is_refused(desk: Desk, recipe: Path, words: tuple[str, str]) -> None:
    words = (words[0], str(desk.path(words[1])) if words[1].endswith("json") else words[1])
    assert desk.run("restore", desk.photo, "--recipe", recipe, *words, "-o", desk.path("a.png")) == 2
    assert not desk.path("a.png").exists()


def test_a_full_disk_does_not_lose_the_result(
    desk: Desk, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """No file may be put into its folder any more by the time the run is over."""
    spare, out = desk.path("spare"), desk.path("stick")
    spare.mkdir()
    out.mkdir()
    monkeypatch.setattr("tempfile.gettempdir", lambda: str(spare))
    write = Path.replace

    def full(path: Path, target: Path) -> Path:
        if out in path.parents:
            raise OSError(28, "No space left on device")
        return write(path, target)

    monkeypatch.setattr(Path, "replace", full)
    assert desk.restore("stick/a.png", "--mask", desk.mask) == 2
    said = capsys.readouterr().err
    assert "no space left" in said and str(spare / "a.png") in said
    assert read_photo(spare / "a.png").width == 64 and not list(out.iterdir())


def test_a_place_that_can_be_none_is_refused_in_words(
    desk: Desk, recipe: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert desk.run("batch", desk.path("box"), "--recipe", recipe, "-o", desk.path("o" * 300)) == 2
    assert "could not be written (the name is too long)" in capsys.readouterr().err
    assert batch(desk, recipe, "--masks", desk.path("typing error")) == 2
    assert "typing error could not be read (no such file or folder)" in capsys.readouterr().err


def test_a_table_that_cannot_be_kept_ends_the_batch_in_words(
    desk: Desk, recipe: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with room_for(100):
        assert batch(desk, recipe) == 2
    assert "could not be written" in capsys.readouterr().err
    assert not desk.path("out").exists()


def test_a_second_run_into_the_same_folder_is_refused(
    desk: Desk, recipe: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = desk.path("out")
    out.mkdir()
    with (out / ".album.lock").open("ab") as held:
        lock_file(held.fileno())
        assert batch(desk, recipe) == 2
        assert "Another run" in capsys.readouterr().err
        assert [path.name for path in out.iterdir()] == [".album.lock"]


def test_what_is_left_out_is_said(desk: Desk, recipe: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (desk.path("box") / "d.dat").write_bytes(desk.photo.read_bytes())
    batch(desk, recipe)
    assert "Left out: d.dat (a picture whose name" in capsys.readouterr().err
    assert not desk.path("out/.album.lock").exists()


def test_pages_that_are_not_restored_are_named(desk: Desk, recipe: Path) -> None:
    for old in desk.path("box").iterdir():
        old.unlink()
    page = Image.fromarray(crop())
    page.save(desk.path("box/d.tif"), save_all=True, append_images=[page, page])
    assert batch(desk, recipe) == 0
    (row,) = rows(desk)
    assert (row["state"], row["reason"]) == ("done", "The file has 3 pages; this is page 1.")
