"""A run learns, stops when told, goes on as if it had not been stopped, and becomes a prior."""

import csv
import math
import os
import shutil
import signal
import tarfile
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from daps_desktop.solver.anchor import AnchoredDenoiser

from daps_desktop.core.errors import UserError
from daps_desktop.networks.card import read_card
from daps_desktop.networks.loader import load
from daps_desktop.training.__main__ import main
from daps_desktop.training.checkpoint import load_checkpoint
from daps_desktop.training.edm import Edm
from daps_desktop.training.export import export_run
from daps_desktop.training.fit import fit, pick_device
from daps_desktop.training.log import COLUMNS
from daps_desktop.training.prior_folder import new_network, read_prior
from daps_desktop.training.settings import Budget, Recipe, RunSettings
from daps_desktop.training.trainer import Trainer
from tests.training.conftest import TINY, StopAfter, buffer_of, picture, settings_of

CPU = torch.device("cpu")


def run(settings: RunSettings, resume: bool = False, stop: threading.Event | None = None) -> Path:
    return fit(settings, resume, stop or threading.Event(), lambda line: None)


@pytest.fixture(scope="module")
def finished(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> RunSettings:
    """The settings of a run that was left alone; tests only read its folder."""
    settings = settings_of(folder, tmp_path_factory.mktemp("finished") / "run")
    run(settings)
    return settings


def test_the_loss_falls() -> None:
    torch.manual_seed(0)
    recipe = Recipe(batch=4, patch=32, lr=1e-2, warmup_steps=5, log_sigma_mean=-0.5, log_sigma_std=0.3)
    trainer = Trainer(new_network(TINY), recipe, CPU)
    photos = buffer_of(picture(0), picture(1))
    losses = []
    for _ in range(3):
        for _ in range(20):
            trainer.step(photos, 0.0)
        losses.append(trainer.tally.take()["loss"])
    assert losses[0] > losses[1] > losses[2]
    assert losses[2] < 0.8 * losses[0]


def test_a_stopped_run_goes_on_as_if_it_had_not_been_stopped(
    finished: RunSettings, settings: RunSettings
) -> None:
    run(settings, stop=StopAfter(3))
    assert load_checkpoint(Path(settings.out))["step"] == 3
    run(settings, resume=True)
    whole, halved = (load_checkpoint(Path(s.out)) for s in (finished, settings))
    assert whole["step"] == halved["step"] == 6
    assert torch.equal(whole["rng"], halved["rng"])
    for part in ("weights", "ema"):
        for name, value in whole[part].items():
            assert torch.equal(value, halved[part][name]), name
    for index, moments in whole["optimiser"]["state"].items():
        assert torch.equal(moments["exp_avg_sq"], halved["optimiser"]["state"][index]["exp_avg_sq"])


def test_the_log_tells_speed_losses_and_validation(finished: RunSettings) -> None:
    with (Path(finished.out) / "log.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert tuple(rows[0]) == COLUMNS
    assert [int(row["step"]) for row in rows] == [0, 1, 2, 3, 4, 5, 6, 6]
    assert float(rows[0]["psnr_25"]) > 5
    assert float(rows[-1]["psnr_25"]) != float(rows[0]["psnr_25"])
    assert 0 < float(rows[1]["network_fraction"]) < 1
    assert float(rows[1]["loss"]) > 0
    assert [row["patch"] for row in rows] == ["32"] * 4 + ["48"] * 4
    assert float(rows[-1]["lr"]) == 0


def test_a_prior_made_of_a_run_denoises_as_the_run_does(finished: RunSettings, tmp_path: Path) -> None:
    folder = export_run(Path(finished.out), tmp_path / "mine", "mine")
    prior, exported = read_prior(folder), load(read_card(folder))
    assert prior.details["name"] == "mine"
    assert prior.details["steps"] == 6
    assert prior.details["trained_patch"] == 48

    prior.network.load_state_dict(load_checkpoint(Path(finished.out))["ema"])
    edm = Edm(prior.network, prior.pixel_patch, prior.sigma_data, prior.anchor).eval()
    x = torch.rand(2, 3, 64, 64) * 2 - 1
    with torch.no_grad():
        expected = edm(x, torch.full((2,), 0.2))
    denoised = AnchoredDenoiser(exported.denoiser, prior.anchor).denoise(x, 0.2)
    assert torch.allclose(denoised, expected, atol=2e-3)  # float16 weights


def test_a_prior_can_be_taught_further(finished: RunSettings, settings: RunSettings) -> None:
    first = Path(finished.out) / "prior"
    trainer = Trainer(read_prior(first), settings.recipe, CPU)
    before = {name: w.clone() for name, w in trainer.network.state_dict().items()}
    trainer.step(buffer_of(picture(0)), 0.5)
    changed = [name for name, w in trainer.network.state_dict().items() if not torch.equal(before[name], w)]
    assert set(changed) == set(before)


def test_a_run_is_not_overwritten(finished: RunSettings) -> None:
    with pytest.raises(UserError) as caught:
        run(finished)
    assert caught.value.code == "run_exists"


def test_numbers_out_of_range_leave_the_last_checkpoint(finished: RunSettings, tmp_path: Path) -> None:
    copy = Path(shutil.copytree(finished.out, tmp_path / "copy"))
    sound = (copy / "checkpoint.pt").read_bytes()
    mad = replace(
        finished,
        out=str(copy),
        recipe=replace(finished.recipe, log_sigma_mean=math.nan),
        budget=Budget(steps=8),
    )
    with pytest.raises(UserError) as caught:
        run(mad, resume=True)
    assert caught.value.code == "training_diverged"
    assert (copy / "checkpoint.pt").read_bytes() == sound


@pytest.fixture
def own_signals() -> Iterator[None]:
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.mark.usefixtures("own_signals")
def test_a_terminated_run_keeps_what_it_has_learnt(folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "run"

    def terminate_once_it_runs() -> None:
        until = time.monotonic() + 60
        while not (out / "log.csv").exists() and time.monotonic() < until:
            time.sleep(0.05)
        os.kill(os.getpid(), signal.SIGTERM)

    killer = threading.Thread(target=terminate_once_it_runs)
    killer.start()
    shape = ["--widths", "16", "32", "--no-attention", "--patch", "32", "--batch", "2"]
    rest = ["--photos", str(folder), "--out", str(out), "--minutes", "5", "--device", "cpu"]
    assert main(["fit", *rest, *shape]) == 0
    killer.join()
    assert load_checkpoint(out)["seconds"] < 120
    assert main(["export", str(out), str(tmp_path / "half-taught")]) == 0
    assert read_prior(tmp_path / "half-taught").details["name"] == "half-taught"


@pytest.mark.usefixtures("own_signals")
def test_what_cannot_be_done_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["export", str(tmp_path), str(tmp_path / "x")]) == 1
    assert "holds no training run" in capsys.readouterr().err
    assert main(["fit", "--photos", "x", "--out", str(tmp_path), "--minutes", "0"]) == 1
    assert "minutes: must be above 0" in capsys.readouterr().err
    with pytest.raises(UserError, match="no abacus device"):
        pick_device("abacus")


def test_a_prior_takes_the_place_of_a_prior_and_of_nothing_else(
    finished: RunSettings, tmp_path: Path
) -> None:
    pictures = tmp_path / "Pictures"
    pictures.mkdir()
    (pictures / "child.jpg").write_bytes(b"a photo")
    with pytest.raises(UserError, match="holds no prior"):
        export_run(Path(finished.out), pictures, "mine")
    assert (pictures / "child.jpg").read_bytes() == b"a photo"
    for _ in range(2):
        assert read_card(export_run(Path(finished.out), tmp_path / "mine", "mine")).name == "mine"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["Pictures", "mine"]


def test_a_prior_travels_with_its_card_and_the_credits_of_its_photos(folder: Path, tmp_path: Path) -> None:
    names = ("a.tar", "b.tar")
    for archive, own in zip(names, ("01.png", "02.png"), strict=True):
        with tarfile.open(tmp_path / archive, "w") as tar:
            tar.add(folder / own, own)
    rows = ["archive,name,credit", 'a.tar,01.png,"Ada, 1843"', "b.tar,02.png,Bert", "c.tar,03.png,Carl"]
    (tmp_path / "CREDITS.csv").write_text("\n".join(rows))
    settings = settings_of(folder, tmp_path / "run")
    settings = replace(
        settings, photos=(str(tmp_path / "a.tar"),), validation=str(folder), budget=Budget(steps=1)
    )
    first = run(settings)
    with (first / "CREDITS.csv").open(newline="") as file:
        assert [row["credit"] for row in csv.DictReader(file)] == ["Ada, 1843"]

    photos = (str(tmp_path / "b.tar"),)
    onwards = replace(settings, photos=photos, start_from=str(first), out=str(tmp_path / "onwards"))
    second = run(onwards)
    with (second / "CREDITS.csv").open(newline="") as file:
        assert {row["credit"] for row in csv.DictReader(file)} == {"Ada, 1843", "Bert"}

    weights = read_card(second).sha256[:8]
    figures = tmp_path / "figures.csv"
    head = "task,method,photo,setting,psnr_db,seconds"
    figures.write_text(f"{head}\nscratches,mine,1,draft {weights},28.5,1\nscratches,Telea,1,,26.25,1\n")
    made = export_run(Path(onwards.out), tmp_path / "made" / "mine", "mine", figures)
    text = (made / "README.md").read_text()
    assert "| scratches | 1 | 28.50 | Telea 26.25 |" in text
    assert read_card(made).quality == "scratches: 28.5 dB"
    assert "fit --photos b.tar --validation" in text and str(tmp_path) not in text
    assert "does not know faces" in text and "From the weights of `prior`, 1 steps" in text
    figures.write_text(f"{head}\nscratches,mine,1,draft 01234567,28.5,1\n")
    with pytest.raises(UserError, match="none are of these weights"):
        export_run(Path(onwards.out), tmp_path / "made" / "mine", "mine", figures)
