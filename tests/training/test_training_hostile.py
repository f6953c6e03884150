"""Run folders and pictures that somebody damaged: said in words, with nothing run and nothing begun."""

import csv
import json
import os
import sys
from pathlib import Path

import pytest
import torch
from PIL import EpsImagePlugin, Image

from daps_desktop.core.errors import UserError
from daps_desktop.training.card import CREDITS, credits_of
from daps_desktop.training.checkpoint import NAME, damage_told, load_checkpoint, save_checkpoint
from daps_desktop.training.lesson import APART, apart_before
from daps_desktop.training.photos import PhotoFile, buffer_size, buffer_sizes, find_photos, read_rgb
from daps_desktop.training.prior_folder import new_network
from daps_desktop.training.scores import read_scores
from daps_desktop.training.settings import Recipe, RunSettings, read_settings, write_settings
from daps_desktop.training.trainer import Trainer
from tests.fuzz.limits import soon_and_in_little
from tests.training.conftest import TINY


def run_in(folder: Path) -> RunSettings:
    settings = RunSettings(photos=(str(folder),), out=str(folder), architecture=TINY)
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
        {"architecture": {"widths": [16, "x"]}},
        {"log_every_s": None},
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


@pytest.mark.parametrize("text", [b"{}", b"[1]", b'[["a"]]', b"x", b'["a"'])
def test_a_note_of_photos_that_means_nothing_is_refused(tmp_path: Path, text: bytes) -> None:
    (tmp_path / APART).write_bytes(text)
    with pytest.raises(UserError) as caught:
        apart_before(tmp_path)
    assert caught.value.code == "run_damaged"


def test_a_checkpoint_of_another_network_is_refused(tmp_path: Path) -> None:
    trainer = Trainer(new_network(TINY), Recipe(batch=2, patch=32), torch.device("cpu"))
    state = {**trainer.state(), "seconds": 3.5}
    save_checkpoint(tmp_path, {**state, "weights": {"conv_in.weight": torch.zeros(2)}})
    with pytest.raises(UserError) as other, damage_told(tmp_path):
        trainer.restore(load_checkpoint(tmp_path))
    save_checkpoint(tmp_path, {"weights": state["weights"]})
    with pytest.raises(UserError) as bare:
        load_checkpoint(tmp_path)
    save_checkpoint(tmp_path, state)
    whole = (tmp_path / NAME).read_bytes()
    (tmp_path / NAME).write_bytes(whole[: len(whole) // 2])
    with pytest.raises(UserError) as short:
        load_checkpoint(tmp_path)
    assert {error.value.code for error in (other, bare, short)} == {"run_damaged"}


def test_credits_with_too_many_words_or_none_are_read_or_refused(tmp_path: Path) -> None:
    settings = RunSettings(photos=(str(tmp_path / "photos.tar"),), out=str(tmp_path))
    (tmp_path / "photos.tar").touch()
    (tmp_path / CREDITS).write_text("file,archive\na.jpg,photos.tar,more,words\nb.jpg\n")
    assert credits_of(settings) == "file,archive\na.jpg,photos.tar\n"
    (tmp_path / CREDITS).write_bytes(b"file,archive\n\xff\xfe,photos.tar\n")
    with pytest.raises(UserError, match="could not be read"):
        credits_of(settings)


def test_figures_with_a_field_without_end_are_refused(tmp_path: Path) -> None:
    long = "x" * (csv.field_size_limit() + 1)
    (tmp_path / "scores.csv").write_text(
        f"task,method,setting,photo,psnr_db,inside_db,ssim,cpu_s\n{long},a,b,c,1,2,3,4\n"
    )
    with pytest.raises(UserError, match="no figures"):
        read_scores(tmp_path / "scores.csv")


def test_a_picture_is_never_handed_to_another_program(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Pillow asks Ghostscript for what is inside a PostScript file, whatever it is called."""
    asked: list[object] = []
    monkeypatch.setattr(EpsImagePlugin, "Ghostscript", lambda *words, **_: asked.append(words))
    Image.new("RGB", (300, 300)).save(tmp_path / "photo.eps")
    file = PhotoFile((tmp_path / "photo.eps").rename(tmp_path / "photo.jpg"))
    assert buffer_size(file) is None and read_rgb(file) is None
    assert not asked


def test_a_strip_of_one_row_is_a_photo_like_any_other(tmp_path: Path) -> None:
    Image.new("RGB", (5000, 1), (1, 2, 3)).save(tmp_path / "strip.png")
    pixels = read_rgb(PhotoFile(tmp_path / "strip.png"))
    assert pixels is not None and pixels.shape == (1, 1024, 3)


@pytest.mark.skipif(sys.platform != "linux", reason="pipes, and memory as Linux has it")
def test_to_learn_its_size_no_more_of_a_photo_is_read_than_says_it(tmp_path: Path) -> None:
    Image.new("RGB", (400, 300)).save(tmp_path / "photo.jpg")
    with (tmp_path / "photo.jpg").open("ab") as file:
        file.truncate(4 << 30)  # a hole: the disk holds nothing of it
    os.mkfifo(tmp_path / "pipe.jpg")
    with soon_and_in_little():
        assert buffer_sizes(find_photos([tmp_path])) == [(300, 400), None]


def test_archives_that_cannot_be_read_are_refused(tmp_path: Path) -> None:
    (tmp_path / "photos.tar").write_bytes(b"not an archive")
    with pytest.raises(UserError, match=r"photos\.tar could not be read"):
        find_photos([tmp_path / "photos.tar"])


def test_a_small_file_cannot_say_it_is_a_large_photo(tmp_path: Path) -> None:
    Image.new("RGB", (64, 64)).save(tmp_path / "photo.bmp")
    data = bytearray((tmp_path / "photo.bmp").read_bytes())
    data[18:26] = (13_000).to_bytes(4, "little") * 2
    (tmp_path / "photo.bmp").write_bytes(data)
    assert buffer_size(PhotoFile(tmp_path / "photo.bmp")) is None
