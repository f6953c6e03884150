"""A prior is fine-tuned on a folder: stopped, continued, measured, kept only where it got better."""

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
from daps_desktop.base.errors import UserError
from daps_desktop.base.paths import DATA_VARIABLE
from daps_desktop.networks.architectures.norm_free_unet import NormFreeUNet
from daps_desktop.networks.card import NetworkCard, read_card, verify
from daps_desktop.networks.catalogue import find, installed
from daps_desktop.training import finetune
from daps_desktop.training.data.dead_leaves import dead_leaves
from daps_desktop.training.finetune import RECIPE, SHARES, FineTuneOptions, Score, blend_weights, fine_tune
from daps_desktop.training.loop.checkpoint import load_checkpoint, save_checkpoint
from daps_desktop.training.loop.recipe import Recipe
from tests.fakes.checkpoints import write_version_1
from tests.training.conftest import QUICK, StopAfter, tiny


@pytest.fixture
def wish(folder: Path, start: NetworkCard) -> FineTuneOptions:
    return FineTuneOptions(folder, "ours", start, minutes=5, device="cpu", recipe=QUICK, steps=6)


def test_a_prior_is_taught_measured_and_installed(wish: FineTuneOptions, tmp_path: Path) -> None:
    said: list[str] = []
    better = replace(wish, recipe=replace(QUICK, lr=3e-2, mean_decay=0.5), steps=30)
    card = fine_tune(better, threading.Event(), said.append, tmp_path)
    assert card in installed(tmp_path) and card and verify(card)
    gain = card.details["taught"]["gain_db"]
    assert gain["own"] > 0 and f"{gain['own']:+.2f} dB on others of them" in card.description
    assert card.details["taught"]["photos"] == 16 and card.details["training"]["start"] == "tiny"
    assert (card.folder / "CREDITS.csv").read_text() == (wish.start.folder / "CREDITS.csv").read_text()
    assert said[0].startswith("20 pictures found: 16 to train on, 4 held out")
    assert said[1].startswith("It will take 5 minutes")
    assert not (tmp_path / "lessons" / "ours").exists()
    with pytest.raises(UserError) as caught:
        fine_tune(better, threading.Event(), said.append, tmp_path)
    assert caught.value.code == "prior_exists"


def test_what_was_stopped_goes_on_wherever_it_lies_now(wish: FineTuneOptions, tmp_path: Path) -> None:
    before, now, said = tmp_path / "before", tmp_path / "now", list[str]()
    assert fine_tune(wish, StopAfter(2), said.append, before) is None
    run = before / "lessons" / "ours"
    assert load_checkpoint(run).steps == 2 and said[-1].startswith("Stopped.")
    assert not (before / "priors" / "ours").exists()
    with pytest.raises(UserError, match="already holds a training run"):
        fine_tune(wish, threading.Event(), said.append, before)
    save_checkpoint(run, replace(load_checkpoint(run), seconds=120.0))
    before.rename(now)
    card = fine_tune(replace(wish, resume=True, minutes=None, keep=True), threading.Event(), said.append, now)
    assert card and card.details["training"]["steps"] == 6
    assert not (now / "lessons" / "ours").exists()


def test_one_that_got_no_better_is_kept_only_if_asked_for(wish: FineTuneOptions, tmp_path: Path) -> None:
    idle = replace(wish, recipe=replace(QUICK, lr=1e-12), steps=1)
    bad = replace(wish, name="bad", recipe=replace(QUICK, lr=0.9, mean_decay=0.0), steps=3)
    for worse in (idle, bad):
        with pytest.raises(UserError, match="nothing was installed and tiny is as it was"):
            fine_tune(worse, threading.Event(), lambda _: None, tmp_path)
        assert not (tmp_path / "priors" / worse.name).exists()
    card = fine_tune(replace(bad, resume=True, keep=True), threading.Event(), lambda _: None, tmp_path)
    assert card and card.details["taught"]["gain_db"]["own"] < 0


def test_a_gain_at_home_does_not_pay_for_a_loss_elsewhere() -> None:
    assert Score(0.06, -0.4).pays
    assert not Score(0.04, 0.1).pays and not Score(0.9, -0.6).pays


def test_as_much_is_kept_of_what_was_learnt_as_pays(monkeypatch: pytest.MonkeyPatch) -> None:
    """Networks whose weights say what they are worth: more of what was learnt gains more and forgets more."""
    start, taught = tiny(0), tiny(1)
    share = {share: blend_weights(start, taught, share).conv_in.weight for share in SHARES}
    worth = {1.0: Score(0.4, -0.9), 0.75: Score(0.35, -0.6), 0.5: Score(0.3, -0.3), 0.25: Score(0.2, -0.1)}

    def scored(network: NormFreeUNet, data: object) -> Score:
        found = [s for s, weight in share.items() if torch.equal(weight, network.conv_in.weight)]
        return worth[found[0]] if found else Score(0, 0)

    monkeypatch.setattr(finetune, "score", scored)
    network, gain = finetune.best_blend(start, taught, None)
    assert gain == worth[0.5]
    halfway = (start.conv_out.bias + taught.conv_out.bias) / 2
    assert torch.allclose(network.conv_out.bias, halfway)
    worth[0.5] = worth[0.25] = Score(0.01, 0)
    assert not finetune.best_blend(start, taught, None)[1].pays


def test_only_a_prior_of_the_built_in_kind_can_be_taught(wish: FineTuneOptions, tmp_path: Path) -> None:
    other = replace(wish, start=read_card(write_version_1(tmp_path / "other")))
    with pytest.raises(UserError, match="built-in kind"):
        fine_tune(other, threading.Event(), lambda _: None, tmp_path)


def test_too_few_photos_are_said_to_be(folder: Path, wish: FineTuneOptions, tmp_path: Path) -> None:
    lone = tmp_path / "lone"
    lone.mkdir()
    shutil.copy(folder / "01.png", lone)
    with pytest.raises(UserError) as caught:
        fine_tune(replace(wish, folder=lone), threading.Event(), lambda _: None, tmp_path)
    assert caught.value.code == "photos_few"


def test_drawn_pictures_are_the_same_each_time_and_look_like_none_other() -> None:
    once, again = dead_leaves(2, 64), dead_leaves(2, 64)
    assert torch.equal(once, again) and not torch.equal(once[0], once[1])
    assert once.abs().max() <= 1 and once.std() > 0.3


@pytest.mark.skipif(os.name == "nt", reason="Ctrl+C is sent by other means there")
def test_ctrl_c_saves_what_was_learnt(folder: Path, start: NetworkCard, tmp_path: Path) -> None:
    words = ["priors", "teach", str(folder), "--name", "ours", "--from", str(start.folder)]
    process = subprocess.Popen(
        [sys.executable, "-m", "daps_desktop", *words, "--minutes", "5", "--device", "cpu"],
        env={**os.environ, DATA_VARIABLE: str(tmp_path)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
        start_new_session=True,
    )
    run = tmp_path / "lessons" / "ours"
    until = time.monotonic() + 90
    while not (run / "settings.json").exists() and process.poll() is None and time.monotonic() < until:
        time.sleep(0.1)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=60)
    assert (process.returncode, out) == (130, ""), err
    assert "Stopped." in err and "Traceback" not in err
    assert load_checkpoint(run).seconds < 90


def test_the_command_installs_and_lists(
    folder: Path,
    start: NetworkCard,
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
    assert "dB on others of them" in row and find("ours").details["training"]["steps"] > 0
    assert cli.main([*words, "--minutes", "1"]) == 2
    assert "A prior called ours is already there" in capsys.readouterr().err


def test_teaching_bends_and_does_not_replace() -> None:
    assert RECIPE.lr < Recipe().lr / 2
