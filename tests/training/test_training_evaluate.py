"""Figures are right where they can be known, methods meet the same damage, and the path is the program's."""

import math
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from torch import Tensor

from daps_desktop.core.errors import UserError
from daps_desktop.core.photo import Photo
from daps_desktop.core.settings import SolverSettings
from daps_desktop.core.task import Blur, Noise, Scratches, Small, Task
from daps_desktop.networks.card import read_card
from daps_desktop.networks.loader import load
from daps_desktop.training.evaluate import CASES, Wanted, evaluate
from daps_desktop.training.restoring import Restorer
from daps_desktop.training.rivals import rivals
from daps_desktop.training.scores import Score, format_table, lines, read_scores
from daps_desktop.training.trials import Case, make_trial, scratches, squares
from daps_desktop.training.validation import GREY_LEVELS, centre_crop, denoising_psnr, noise_like, stacked
from tests.fakes.checkpoints import write_edm
from tests.training.conftest import picture
from tests.worker.playing import play

CPU = torch.device("cpu")
QUICK = Wanted(most=2, preset="draft", slow=False, side=128)


def unchanged(x: Tensor, sigma: float) -> Tensor:
    return x


@pytest.fixture(scope="module")
def prior(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A prior with random weights."""
    return write_edm(tmp_path_factory.mktemp("prior") / "tiny")


def test_noise_left_as_it_is_scores_what_its_level_says() -> None:
    grey = torch.zeros(2, 3, 128, 128)
    for level in GREY_LEVELS[:2]:  # the third is clipped at black and white now and then
        assert denoising_psnr(unchanged, grey, level) == pytest.approx(20 * math.log10(255 / level), abs=0.05)


def test_every_network_meets_the_same_noise() -> None:
    clean = torch.zeros(3, 3, 16, 16)
    assert torch.equal(noise_like(clean, 25), noise_like(clean, 25))
    assert not torch.equal(noise_like(clean, 25), noise_like(clean, 15))


def test_crops_are_the_middle_of_the_photo() -> None:
    crops = stacked([centre_crop(picture(seed)) for seed in (0, 1)])
    assert crops.shape == (2, 3, 256, 256)
    assert torch.equal(crops[1], torch.from_numpy(picture(1)[4:260, 12:268]).permute(2, 0, 1) / 127.5 - 1)


def test_damage_is_the_same_each_time_and_other_for_another_seed() -> None:
    for case in CASES:
        once, again, other = (make_trial(case, picture(0, 128, 128), seed) for seed in (1, 1, 2))
        assert torch.equal(once.y, again.y) and not torch.equal(once.y, other.y), case.name


def test_noise_may_go_below_black_unless_a_file_holds_it() -> None:
    case = Case("noise", "noise", Task((Noise(),)), 50.0, 50.0)
    loud, saved = (make_trial(case, picture(0, 64, 64), saved=saved) for saved in (False, True))
    assert loud.y.abs().max() > 1.05 and saved.y.abs().max() <= 1
    assert (loud.photo.pixels == saved.photo.pixels).all()


def test_the_classical_methods_do_better_than_nothing() -> None:
    blurred = Case("blur", "blur", Task((Blur(2.0),)), 2.5, 2.5)
    for case, gain in ((CASES[1], 3.0), (blurred, 0.3)):
        trial = make_trial(case, picture(0, 96, 96), saved=False)
        nothing = trial.psnr(trial.photo.pixels)
        for name, rival in rivals(case.family).items():
            assert name == "input" or trial.psnr(rival(trial)) > nothing + gain, name


@pytest.mark.parametrize(
    "case",
    [
        Case("noise", "noise", Task((Noise(),)), 25, 25),
        Case("blur", "blur", Task((Blur(2.0),)), 2.5, 2.5),
        Case("small", "small", Task((Small(2),)), 2.5, 2.5),
        Case("holes", "scratches", Task((Scratches(),)), draw_hole=scratches),
        Case("holes", "wide", Task((Scratches(),)), draw_hole=squares(64)),
    ],
    ids=lambda case: case.name,
)
def test_the_result_is_that_of_the_program(prior: Path, case: Case) -> None:
    trial = make_trial(case, picture(3, 128, 128))
    settings = SolverSettings("draft", prior=str(prior), device="cpu", noise=case.told, tile=64)
    ours = Restorer(load(read_card(prior)), CPU).restore(trial, settings)
    theirs = play(Photo(trial.photo.pixels), *case.task.damages, hole=trial.hole, settings=settings)
    assert (ours == theirs.pixels).all()


def test_everything_is_measured_on_every_photo_and_only_once(
    folder: Path, prior: Path, tmp_path: Path
) -> None:
    file = tmp_path / "figures.csv"
    found = evaluate(prior, [str(folder)], QUICK, CPU, file)
    assert {score.task for score in found} == {case.name for case in CASES}
    assert {score.photo for score in found} == {"00.png", "01.png"}
    methods = {score.method for score in found if score.task == "scratches"}
    assert methods == {"tiny", "tiny, sample", "Telea", "Navier-Stokes"}
    assert all(5 < score.psnr_db < 60 for score in found)
    rows = {(score.task, score.method, score.photo): score for score in read_scores(file)}
    assert len(rows) == len(found)
    for score in found:
        kept = rows[score.task, score.method, score.photo]
        assert kept.psnr_db == pytest.approx(score.psnr_db, abs=1e-4)

    before = file.read_bytes()
    assert evaluate(prior, [str(folder)], QUICK, CPU, file) == read_scores(file)
    assert file.read_bytes() == before
    other = write_edm(tmp_path / "other", "tiny", sigma_min=0.006, sha256=read_card(prior).sha256)
    assert len(evaluate(other, [str(folder)], replace(QUICK, preset="fast", tasks=("scr",)), CPU, file)) == 8
    fresh = read_scores(file)[len(rows) :]
    assert {score.method for score in fresh} == {"tiny", "tiny, sample"}  # the classical ones are still true


def test_tiles_hardly_change_the_result(folder: Path) -> None:
    (first, second) = evaluate(
        Path("resources/priors/photo-fast"), [str(folder)], replace(QUICK, tasks=("tiles",), most=1), CPU
    )
    assert first.psnr_db == second.psnr_db  # the photo is smaller than a tile


def test_what_cannot_be_measured_is_said(folder: Path, prior: Path, tmp_path: Path) -> None:
    with pytest.raises(UserError, match="'rain' is none of denoising 15"):
        Wanted(tasks=("rain",))
    with pytest.raises(UserError) as caught:
        evaluate(prior, [str(folder)], replace(QUICK, side=300), CPU)
    assert caught.value.code == "photos_missing"
    notes = tmp_path / "notes.csv"
    notes.write_text("bread,2\nmilk,1\n")
    with pytest.raises(UserError) as caught:
        evaluate(prior, [str(folder)], QUICK, CPU, notes)
    assert caught.value.code == "scores_unreadable"
    assert notes.read_text() == "bread,2\nmilk,1\n"


def test_the_table_has_means_medians_and_what_the_first_method_gains() -> None:
    values = {"ours": (30.0, 32.0, 37.0), "theirs": (29.0, 30.0, 31.0)}
    scores = [
        Score("x2", method, str(i), "", value, 1.0)
        for method, found in values.items()
        for i, value in enumerate(found)
    ]
    assert [(line.mean, line.median, line.gain) for line in lines(scores)] == [(33, 32, None), (30, 30, 3)]
    assert format_table(scores).splitlines() == [
        "task  method  photos  mean dB  median dB  prior gains  seconds",
        "x2    ours         3    33.00      32.00                  1.00",
        "x2    theirs       3    30.00      30.00        +3.00     1.00",
    ]
