"""A prior is taught a folder: foretold, stopped, continued, measured, and kept only where it is no worse."""

import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from daps_desktop import cli
from daps_desktop.core.errors import UserError
from daps_desktop.core.user_folder import DATA_VARIABLE
from daps_desktop.networks.card import PriorCard, read_card, verify
from daps_desktop.networks.catalogue import find, installed
from daps_desktop.training.checkpoint import load_checkpoint, save_checkpoint
from daps_desktop.training.deadleaves import dead_leaves
from daps_desktop.training.lesson import gather
from daps_desktop.training.log import append_row
from daps_desktop.training.prior_folder import new_network, write_prior
from daps_desktop.training.settings import Recipe, RunSettings, write_settings
from daps_desktop.training.teach import RECIPE, Wish, teach
from tests.fakes.full_disk import room_for
from tests.training.conftest import TINY, StopAfter

CPU = torch.device("cpu")
QUICK = replace(RECIPE, batch=2, patch=32, warmup_steps=1)


@pytest.fixture(scope="module")
def start(tmp_path_factory: pytest.TempPathFactory) -> PriorCard:
    """A prior that returns the noisy picture made darker, so that it is easy to become better."""
    torch.manual_seed(0)
    folder = tmp_path_factory.mktemp("start") / "tiny"
    network = new_network(TINY)
    weights = network.network.state_dict()
    weights["conv_out.bias"] += 0.1
    write_prior(folder, network, weights, {"name": "tiny", "trained_patch": 32, "steps": 0})
    (folder / "CREDITS.csv").write_text("archive,credit\nold.tar,Ada\n")
    return read_card(folder)


@pytest.fixture
def wish(folder: Path, start: PriorCard) -> Wish:
    return Wish(folder, "ours", start, minutes=5, device="cpu", recipe=QUICK, steps=6)


def test_a_prior_is_taught_measured_and_installed(wish: Wish, tmp_path: Path) -> None:
    said: list[str] = []
    better = replace(wish, recipe=replace(QUICK, lr=3e-3, ema_decay=0.5, decay_from=0.0), steps=30)
    card = teach(better, threading.Event(), said.append, tmp_path)
    assert card in installed(tmp_path) and card and verify(card)
    gain = card.details["taught"]["gain_db"]
    assert gain["own"] > 0 and f"{gain['own']:+.2f} dB on others of them" in card.description
    assert card.details["taught"]["photos"] == 16 and card.details["start"] == "tiny"
    assert (card.folder / "CREDITS.csv").read_text() == (wish.start.folder / "CREDITS.csv").read_text()
    assert said[0].startswith("20 pictures found: 16 to learn from, 4 kept apart")
    assert "It will take 5 minutes" in said[1] and "every photo about" in said[1]
    assert not (tmp_path / "lessons" / "ours").exists()
    with pytest.raises(UserError) as caught:
        teach(better, threading.Event(), said.append, tmp_path)
    assert caught.value.code == "prior_exists"


def test_what_was_stopped_goes_on_wherever_it_lies_now(wish: Wish, tmp_path: Path) -> None:
    before, now, said = tmp_path / "before", tmp_path / "now", list[str]()
    assert teach(wish, StopAfter(2), said.append, before) is None
    run = before / "lessons" / "ours"
    assert load_checkpoint(run)["step"] == 2 and said[-1].startswith("Stopped.")
    assert not (before / "priors" / "ours").exists()
    with pytest.raises(UserError, match="already holds a training run"):
        teach(wish, threading.Event(), said.append, before)
    save_checkpoint(run, {**load_checkpoint(run), "seconds": 120.0})
    before.rename(now)
    run.mkdir(parents=True)
    (run / "diary.txt").write_text("Dear grandmother")
    card = teach(replace(wish, resume=True, minutes=None), threading.Event(), said.append, now)
    assert card and card.details["steps"] == 6
    assert any(line.startswith("It will take 3 minutes") for line in said)
    assert [path.name for path in run.iterdir()] == ["diary.txt"]


def test_a_full_disk_is_told_and_leaves_the_last_checkpoint(folder: Path, tmp_path: Path) -> None:
    settings = RunSettings((str(folder),), str(tmp_path))
    state = {"weights": torch.zeros(5000)}
    save_checkpoint(tmp_path, state)
    write_settings(settings)
    sound = {path: path.read_bytes() for path in tmp_path.iterdir()}
    for write in (
        lambda: save_checkpoint(tmp_path, state),
        lambda: write_settings(settings),
        lambda: append_row(tmp_path, {"step": 1.0}),
    ):
        with room_for(20), pytest.raises(UserError, match="file too large"):
            write()
    assert {path: path.read_bytes() for path in sound} == sound


def test_one_that_got_worse_is_kept_only_if_asked_for(wish: Wish, tmp_path: Path) -> None:
    recipe = replace(QUICK, lr=0.9, ema_decay=0.0, decay_from=0.9)
    bad, said = replace(wish, recipe=recipe), list[str]()
    with pytest.raises(UserError, match="dB worse and was not installed; tiny is as it was"):
        teach(bad, threading.Event(), said.append, tmp_path)
    assert not (tmp_path / "priors" / "ours").exists()
    card = teach(replace(bad, resume=True, keep=True), threading.Event(), said.append, tmp_path)
    assert card and min(card.details["taught"]["gain_db"].values()) < -0.2


def test_broken_and_small_pictures_are_left_out_and_counted(folder: Path, tmp_path: Path) -> None:
    mixed = Path(shutil.copytree(folder, tmp_path / "mixed"))
    whole = (mixed / "07.png").read_bytes()
    (mixed / "07.png").write_bytes(whole[: len(whole) // 2])
    (mixed / "08.png").write_text("not a picture")
    (mixed / "tiny.png").write_bytes((mixed / "09.png").read_bytes())
    from PIL import Image

    Image.open(mixed / "09.png").resize((20, 20)).save(mixed / "tiny.png")
    Image.open(mixed / "09.png").resize((900, 300)).save(mixed / "sub.jpg")
    settings = RunSettings((str(mixed),), str(tmp_path / "run"), recipe=QUICK)
    lesson = gather(settings, CPU)
    assert (lesson.found, lesson.broken, lesson.small) == (22, 2, 1)
    assert len(lesson.photos) + len(lesson.own) == 19
    crowd = gather(replace(settings, photos_mb=1), CPU)
    assert crowd.crowded > 0
    assert len(crowd.photos) + crowd.broken + crowd.crowded == len(lesson.photos) + lesson.broken
    (mixed / "00.png").rename(mixed / "zz.png")  # was kept apart, and is a stranger now
    assert len(gather(settings, CPU).own) == len(lesson.own) - 1


def test_too_few_photos_are_said_to_be(folder: Path, wish: Wish, tmp_path: Path) -> None:
    lone = tmp_path / "lone"
    lone.mkdir()
    shutil.copy(folder / "01.png", lone)
    with pytest.raises(UserError) as caught:
        teach(replace(wish, folder=lone), threading.Event(), lambda _: None, tmp_path)
    assert caught.value.code == "photos_few"


def test_drawn_pictures_are_the_same_each_time_and_look_like_none_other() -> None:
    once, again = dead_leaves(2, 64), dead_leaves(2, 64)
    assert torch.equal(once, again) and not torch.equal(once[0], once[1])
    assert once.abs().max() <= 1 and once.std() > 0.3


def test_ctrl_c_saves_what_was_learnt(folder: Path, start: PriorCard, tmp_path: Path) -> None:
    words = ["priors", "teach", str(folder), "--name", "ours", "--from", str(start.folder)]
    process = subprocess.Popen(
        [sys.executable, "-m", "daps_desktop", *words, "--minutes", "5", "--device", "cpu"],
        env={**os.environ, DATA_VARIABLE: str(tmp_path)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    run = tmp_path / "lessons" / "ours"
    until = time.monotonic() + 90
    while not (run / "log.csv").exists() and process.poll() is None and time.monotonic() < until:
        time.sleep(0.1)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=60)
    assert (process.returncode, out) == (130, ""), err
    assert "Stopped." in err and "Traceback" not in err
    assert load_checkpoint(run)["seconds"] < 90


def test_the_command_installs_and_lists(
    folder: Path,
    start: PriorCard,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv(DATA_VARIABLE, str(tmp_path))
    words = ["priors", "teach", str(folder), "--name", "ours", "--from", str(start.folder)]
    assert cli.main([*words, "--minutes", "0.1", "--device", "cpu", "--keep"]) == 0
    assert "Installed as ours" in capsys.readouterr().out
    assert cli.main(["priors", "list"]) == 0
    (row,) = [row for row in capsys.readouterr().out.splitlines() if row.startswith("ours ")]
    assert "dB on others of them" in row and find("ours").details["steps"] > 0
    assert cli.main([*words, "--minutes", "1"]) == 2
    assert "A prior called ours is already there" in capsys.readouterr().err


def test_teaching_bends_and_does_not_replace() -> None:
    assert RECIPE.lr < Recipe().lr / 2
