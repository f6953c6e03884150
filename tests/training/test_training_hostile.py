"""Run folders and pictures that someone damaged: said with a reason, with nothing run and nothing begun."""

import json
import os
import sys
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from PIL import EpsImagePlugin, Image
from safetensors.torch import save

from daps_desktop.base.errors import UserError
from daps_desktop.training.data.photos import PhotoFile, find_photos, load_rgb, photo_size, photo_sizes
from daps_desktop.training.fit import append_row, load_network
from daps_desktop.training.loop.checkpoint import NAME, Checkpoint, load_checkpoint, save_checkpoint
from daps_desktop.training.loop.credits import CREDITS, list_credits
from daps_desktop.training.loop.settings import RunSettings, read_settings, write_settings
from tests.fakes.full_disk import room_for
from tests.fuzz.limits import soon_and_in_little
from tests.training.conftest import BLOCKS, WIDTHS, tiny


def run_in(folder: Path) -> RunSettings:
    settings = RunSettings(photos=(str(folder),), out=str(folder), widths=WIDTHS, blocks=BLOCKS)
    write_settings(settings)
    return settings


def test_settings_come_back(tmp_path: Path) -> None:
    assert run_in(tmp_path) == read_settings(tmp_path)


@pytest.mark.parametrize(
    "change",
    [
        {"photos": 3},
        {"photos": None},
        {"recipe": {"batch": "x"}},
        {"recipe": []},
        {"budget": {"minutes": 1e999}},
        {"widths": [16, "x"]},
        {"widths": [10**9]},
        {"device": "abacus"},
        {"held_out": None},
        {"version": 1},
    ],
)
def test_settings_that_mean_nothing_are_refused(tmp_path: Path, change: dict[str, object]) -> None:
    run_in(tmp_path)
    path = tmp_path / "settings.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | change))
    with pytest.raises(UserError):
        read_settings(tmp_path)


@pytest.mark.parametrize("text", [b"", b"[]", b"\xff", b"[" * 100_000, b"null"], ids=len)
def test_settings_that_are_none_are_refused(tmp_path: Path, text: bytes) -> None:
    (tmp_path / "settings.json").write_bytes(text)
    with pytest.raises(UserError) as caught:
        read_settings(tmp_path)
    assert caught.value.code in ("run_damaged", "setting_value")


def test_a_checkpoint_of_another_network_or_kind_is_refused(tmp_path: Path) -> None:
    settings = run_in(tmp_path)
    sound = Checkpoint(tiny().state_dict(), 3, 3.5)
    save_checkpoint(tmp_path, sound)
    assert load_checkpoint(tmp_path).seconds == 3.5
    assert load_network(settings, load_checkpoint(tmp_path)).config["widths"] == WIDTHS
    whole = (tmp_path / NAME).read_bytes()
    other = replace(sound, weights={"conv_in.weight": torch.zeros(2)})
    files = [save(sound.weights), save(sound.weights, {"steps": "3", "seconds": "inf"}), save(other.weights)]
    files += [save(sound.weights, {"steps": "-1", "seconds": "1"}), whole[: len(whole) // 2], b"", b"x" * 99]
    files += [
        save({**sound.weights, "conv_in.bias": torch.full((4,), torch.nan)}, {"steps": "1", "seconds": "1"})
    ]
    for data in files:
        (tmp_path / NAME).write_bytes(data)
        with pytest.raises(UserError) as caught:
            load_checkpoint(tmp_path)
        assert caught.value.code == "run_damaged"
    save_checkpoint(tmp_path, other)
    with pytest.raises(UserError) as caught:
        load_network(settings, load_checkpoint(tmp_path))
    assert caught.value.code == "run_damaged"


def test_a_full_disk_is_told_and_leaves_the_last_checkpoint(tmp_path: Path) -> None:
    settings = run_in(tmp_path)
    save_checkpoint(tmp_path, Checkpoint(tiny().state_dict(), 3, 3.5))
    sound = {path: path.read_bytes() for path in tmp_path.iterdir()}
    for write in (
        lambda: save_checkpoint(tmp_path, Checkpoint(tiny().state_dict(), 4, 4.5)),
        lambda: write_settings(settings),
        lambda: append_row(tmp_path, {"steps": 1.0}, ()),
    ):
        with room_for(20), pytest.raises(UserError, match="file too large"):
            write()
    assert {path: path.read_bytes() for path in sound} == sound


def test_credits_with_too_many_words_or_none_are_read_or_refused(tmp_path: Path) -> None:
    settings = RunSettings(photos=(str(tmp_path / "photos.tar"),), out=str(tmp_path))
    (tmp_path / "photos.tar").touch()
    (tmp_path / CREDITS).write_text("file,archive\na.jpg,photos.tar,more,words\nb.jpg\n")
    assert list_credits(settings) == "file,archive\na.jpg,photos.tar\n"
    (tmp_path / CREDITS).write_bytes(b"file,archive\n\xff\xfe,photos.tar\n")
    with pytest.raises(UserError, match="could not be read"):
        list_credits(settings)


def test_a_picture_is_never_handed_to_another_program(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Pillow asks Ghostscript for what is inside a PostScript file, whatever it is called."""
    asked: list[object] = []
    monkeypatch.setattr(EpsImagePlugin, "Ghostscript", lambda *words, **_: asked.append(words))
    Image.new("RGB", (300, 300)).save(tmp_path / "photo.eps")
    file = PhotoFile((tmp_path / "photo.eps").rename(tmp_path / "photo.jpg"))
    assert photo_size(file) is None and load_rgb(file) is None
    assert not asked


def test_a_strip_of_one_row_is_a_photo_like_any_other(tmp_path: Path) -> None:
    Image.new("RGB", (5000, 1), (1, 2, 3)).save(tmp_path / "strip.png")
    pixels = load_rgb(PhotoFile(tmp_path / "strip.png"))
    assert pixels is not None and pixels.shape == (1, 1024, 3)


@pytest.mark.skipif(sys.platform != "linux", reason="pipes, and memory as Linux has it")
def test_to_learn_its_size_no_more_of_a_photo_is_read_than_says_it(tmp_path: Path) -> None:
    Image.new("RGB", (400, 300)).save(tmp_path / "photo.jpg")
    with (tmp_path / "photo.jpg").open("ab") as file:
        file.truncate(4 << 30)  # a hole: the disk holds nothing of it
    os.mkfifo(tmp_path / "pipe.jpg")
    with soon_and_in_little():
        assert photo_sizes(find_photos([tmp_path])) == [(300, 400), None]


def test_archives_that_cannot_be_read_are_refused(tmp_path: Path) -> None:
    (tmp_path / "photos.tar").write_bytes(b"not an archive")
    with pytest.raises(UserError, match=r"photos\.tar could not be read"):
        find_photos([tmp_path / "photos.tar"])


def test_a_small_file_cannot_say_it_is_a_large_photo(tmp_path: Path) -> None:
    Image.new("RGB", (64, 64)).save(tmp_path / "photo.bmp")
    data = bytearray((tmp_path / "photo.bmp").read_bytes())
    data[18:26] = (13_000).to_bytes(4, "little") * 2
    (tmp_path / "photo.bmp").write_bytes(data)
    assert photo_size(PhotoFile(tmp_path / "photo.bmp")) is None
