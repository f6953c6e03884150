"""A run learns, stops when told, goes on from what it had learnt, and becomes a prior."""

import csv
import signal
import tarfile
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file

from daps_desktop.base.errors import UserError
from daps_desktop.networks.card import NetworkCard, read_card, verify
from daps_desktop.networks.loader import load
from daps_desktop.training.__main__ import main
from daps_desktop.training.export import export_run
from daps_desktop.training.fit import COLUMNS, LOG, begin, fit
from daps_desktop.training.loop.checkpoint import Checkpoint, load_checkpoint, save_checkpoint
from daps_desktop.training.loop.dataset import load_data
from daps_desktop.training.loop.denoising import Denoising
from daps_desktop.training.loop.loop import ahead
from daps_desktop.training.loop.settings import Budget, RunSettings, read_settings
from daps_desktop.training.prior_folder import read_network, record_measured
from tests.training.conftest import BLOCKS, WIDTHS, StopAfter, settings_of


def run(settings: RunSettings, resume: bool = False, stop: threading.Event | None = None) -> Path:
    fit(settings, resume, stop or threading.Event(), lambda line: None)
    return Path(settings.out)


@pytest.fixture(scope="module")
def finished(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a run that was left alone; tests only read it."""
    return run(settings_of(folder, tmp_path_factory.mktemp("finished") / "run"))


def rows(run: Path) -> list[dict[str, str]]:
    with (run / LOG).open(newline="") as file:
        return list(csv.DictReader(file))


def test_a_stopped_run_goes_on_with_what_it_had_learnt(finished: Path, settings: RunSettings) -> None:
    out = run(settings, stop=StopAfter(3))
    half = load_checkpoint(out)
    assert half.steps == 3
    save_checkpoint(out, replace(half, seconds=500.0))
    loop = begin(read_settings(out), load_data(read_settings(out)))
    assert loop.steps == 3 and loop.progress == 0.5 and loop.seconds == 500  # the clock stands still
    for name, weight in loop.trainer.network.state_dict().items():
        assert torch.equal(weight, half.weights[name])
    run(read_settings(out), resume=True)
    whole, halved = load_checkpoint(finished), load_checkpoint(out)
    assert whole.steps == halved.steps == 6 and halved.seconds > 500
    ends = [rows(place)[-1] for place in (finished, out)]
    assert all(float(end["lr"]) < 1e-9 and float(end["progress"]) == 1 for end in ends)
    assert float(ends[0]["psnr_25"]) == pytest.approx(float(ends[1]["psnr_25"]), abs=0.1)


def test_what_is_drawn_depends_on_the_step_alone(settings: RunSettings) -> None:
    data, settings = load_data(settings), replace(settings, budget=Budget(minutes=60))
    once, later = begin(settings, data), begin(settings, data)
    later.before = 4
    for step in range(2):
        for first, again in zip(once._draw(4 + step), later._draw(step), strict=True):
            assert torch.equal(first, again)


def test_batches_drawn_ahead_come_in_order() -> None:
    def draw(step: int) -> tuple[torch.Tensor, torch.Tensor]:
        time.sleep(0.01 * (step % 3))
        return torch.tensor(step), torch.tensor(0)

    batches = ahead(draw, workers=3)
    assert [int(next(batches)[0]) for _ in range(12)] == list(range(12))
    batches.close()


def test_the_log_and_the_settings_tell_of_the_run(finished: Path) -> None:
    (row,) = rows(finished)
    assert tuple(row) == (*COLUMNS, *Denoising.columns) and (row["steps"], row["side"]) == ("6", "128")
    assert float(row["loss"]) > 0 and float(row["psnr_25"]) > 5 and float(row["patches_per_second"]) > 0
    kept = read_settings(finished)
    assert [Path(place).name for place in kept.held_out] == ["00.png", "05.png", "10.png", "15.png"]
    assert (kept.widths, kept.blocks) == (WIDTHS, BLOCKS)


def test_nothing_of_the_photos_stays_in_the_folder_of_the_run(finished: Path) -> None:
    assert {path.name for path in finished.iterdir()} == {
        "settings.json",
        "checkpoint.safetensors",
        "log.csv",
    }


def test_a_run_grows_the_prior_it_starts_from(start: NetworkCard, settings: RunSettings) -> None:
    wider = replace(settings, widths=(6, 8), start_from=str(start.folder), budget=Budget(steps=1))
    out = run(wider)
    grown, before = load_checkpoint(out).weights["conv_in.weight"], read_network(start.folder)
    assert grown.shape[0] == 6
    assert (grown[:4] - before.conv_in.weight).abs().max() < 0.01
    with pytest.raises(UserError, match="as in the prior"):
        run(replace(wider, out=str(out / "deeper"), blocks=2))


def test_a_run_is_not_overwritten(finished: Path) -> None:
    with pytest.raises(UserError) as caught:
        run(read_settings(finished))
    assert caught.value.code == "run_exists"


def test_numbers_out_of_range_leave_the_last_checkpoint(settings: RunSettings) -> None:
    out = run(settings)
    sound = load_checkpoint(out)
    broken = {name: weight * float("nan") for name, weight in sound.weights.items()}
    with pytest.raises(UserError) as caught:
        save_checkpoint(out, Checkpoint(broken, 7, 1.0))
    assert caught.value.code == "training_diverged"
    assert load_checkpoint(out).steps == sound.steps == 6


@pytest.fixture
def own_signals() -> Iterator[None]:
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.mark.usefixtures("own_signals")
def test_a_terminated_run_keeps_what_it_has_learnt(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "run"

    def terminate_once_it_runs() -> None:
        until = time.monotonic() + 60
        while not (out / "settings.json").exists() and time.monotonic() < until:
            time.sleep(0.05)
        signal.raise_signal(signal.SIGTERM)

    killer = threading.Thread(target=terminate_once_it_runs)
    killer.start()
    rest = ["--widths", "4,8", "--blocks", "1", "--batch", "2", "--device", "cpu", "--minutes", "5"]
    assert main(["fit", "--photos", str(folder), "--out", str(out), *rest]) == 0
    killer.join()
    assert load_checkpoint(out).seconds < 120
    assert main(["fit", "--out", str(out), "--resume", "--minutes", "0.001"]) == 0
    assert main(["export", str(out), "--out", str(tmp_path / "half-taught")]) == 0
    assert read_card(tmp_path / "half-taught").name == "half-taught"
    assert main(["export", str(tmp_path), "--out", str(tmp_path / "x")]) == 1
    assert "holds no training run" in capsys.readouterr().err
    assert main(["fit", "--photos", "x", "--out", str(tmp_path), "--minutes", "0"]) == 1
    assert "minutes: must be above 0" in capsys.readouterr().err


def test_an_exported_prior_denoises_as_the_run_does(finished: Path, tmp_path: Path) -> None:
    export_run(finished, tmp_path / "mine", "mine")
    card = read_card(tmp_path / "mine")
    assert verify(card) and card.name == "mine" and card.trained_size == 128
    assert card.details["training"]["steps"] == 6
    check = load_file(tmp_path / "mine" / "check.safetensors")
    denoised = load(card).denoiser.denoise(check["x"], check["sigma"].item())
    assert torch.allclose(denoised, check["denoised"], atol=1e-4)
    record_measured(card.folder, {"scratches": "28.5 dB"})
    assert read_card(card.folder).quality == "scratches: 28.5 dB" and read_card(card.folder).name == "mine"
    weights = load_file(card.weights)
    for name, weight in load_checkpoint(finished).weights.items():
        assert weights[name].dtype == torch.float16 and torch.equal(weights[name], weight.half())


def test_a_prior_takes_the_place_of_a_prior_and_of_nothing_else(finished: Path, tmp_path: Path) -> None:
    (tmp_path / "Pictures").mkdir()
    (tmp_path / "Pictures" / "child.jpg").write_bytes(b"a photo")
    with pytest.raises(UserError, match="holds no prior"):
        export_run(finished, tmp_path / "Pictures", "mine")
    with pytest.raises(UserError, match="may hold letters"):
        export_run(finished, tmp_path / "mine", "my prior")
    for _ in range(2):
        export_run(finished, tmp_path / "mine", "mine")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["Pictures", "mine"]
    assert (tmp_path / "Pictures" / "child.jpg").read_bytes() == b"a photo"


def test_credits_travel_from_prior_to_prior(folder: Path, start: NetworkCard, tmp_path: Path) -> None:
    with tarfile.open(tmp_path / "a.tar", "w") as tar:
        for name in ("01.png", "02.png"):
            tar.add(folder / name, name)
    (tmp_path / "CREDITS.csv").write_text('archive,credit\na.tar,"Ada, 1843"\nb.tar,Bert\n')
    settings = settings_of(folder, tmp_path / "run")
    out = run(
        replace(
            settings,
            photos=(str(tmp_path / "a.tar"),),
            validation=str(folder),
            start_from=str(start.folder),
            budget=Budget(steps=1),
        )
    )
    export_run(out, tmp_path / "made", "made")
    with (tmp_path / "made" / "CREDITS.csv").open(newline="") as file:
        assert [row["credit"] for row in csv.DictReader(file)] == ["Ada, 1843", "Ada"]
    facts = read_card(tmp_path / "made").details["training"]
    assert (facts["photos"], facts["start"]) == (["a.tar"], "tiny")
