"""Figures are right where they can be known, methods meet the same damage, and the path is the program's."""

import csv
import math
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest
import torch
from torch import Tensor

from daps_desktop.base.errors import UserError
from daps_desktop.jobs.settings import SolverSettings
from daps_desktop.networks.loader import open_prior
from daps_desktop.training.evaluation.evaluate import (
    EvaluatedMethod,
    EvaluationSpec,
    evaluate,
    measure,
    restored,
)
from daps_desktop.training.evaluation.scores import Score, kept, markdown, score_rows
from daps_desktop.training.evaluation.trials import (
    CASES,
    REPAIR,
    DegradedPhoto,
    EvaluationCase,
    centre,
    degrade_photo,
    squares,
)
from daps_desktop.training.loop.validation import (
    GREY_LEVELS,
    centre_crop,
    denoising_psnr,
    noise_like,
    stacked,
)
from tests.engine.playing import play
from tests.fakes.checkpoints import write_edm
from tests.training.conftest import picture

BY_NAME = {case.name: case for case in CASES}


def unchanged(x: Tensor, sigma: float) -> Tensor:
    return x


@pytest.fixture(scope="module")
def prior(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A prior with random weights."""
    return write_edm(tmp_path_factory.mktemp("prior") / "tiny")


@pytest.fixture
def chosen(folder: Path) -> EvaluationSpec:
    return EvaluationSpec((folder,), first=2, crop=128)


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
    assert (centre(picture(1), 256) == picture(1)[4:260, 12:268]).all()
    assert centre(picture(1, 100, 300), 256).shape == (100, 256, 3)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_damage_is_the_same_each_time_and_other_for_another_seed(case: EvaluationCase) -> None:
    once, again, other = (degrade_photo(case, picture(0, 130, 128), seed) for seed in (1, 1, 2))
    assert (once.damaged == again.damaged).all() and (once.damaged != other.damaged).any()


def test_noise_has_the_strength_that_methods_are_told() -> None:
    grey = np.full((200, 200, 3), 128, np.uint8)
    for case in (case for case in CASES if case.noise):
        spread = degrade_photo(case, grey, 0).damaged.astype(float).std()
        # Rounding adds a twelfth, black and white take a little from the strongest.
        assert spread == pytest.approx(math.sqrt(case.noise**2 + 1 / 12), rel=0.03), case.name


def test_small_photos_are_means_of_blocks_and_sides_are_cut_to_whole_blocks() -> None:
    trial = degrade_photo(EvaluationCase("small", "x4", BY_NAME["small x4"].task), picture(3, 131, 94), 0)
    assert trial.clean.shape == (128, 92, 3)
    means = trial.clean.reshape(32, 4, 23, 4, 3).mean((1, 3))
    assert np.abs(trial.damaged - means).max() <= 0.501


def test_marks_hide_what_was_there_and_only_that() -> None:
    grey = np.full((128, 192, 3), 100, np.uint8)
    counts = {"holes 16": 24, "holes 32": 6, "holes 64": 2}
    for name, count in counts.items():
        trial = degrade_photo(BY_NAME[name], grey, 5)
        assert trial.mask is not None and cv2.connectedComponents(trial.mask.astype(np.uint8))[0] > 1
        assert trial.mask.sum() == count * int(name.split()[1]) ** 2
        assert (trial.damaged[~trial.mask] == 100).all() and (trial.damaged[trial.mask] == 255).all()


def test_psnr_counts_the_whole_photo_and_the_marks_apart() -> None:
    clean = np.full((128, 256, 3), 100, np.uint8)
    mask = squares(32, 1, 2)(128, 256, np.random.default_rng(0))
    trial = DegradedPhoto(BY_NAME["holes 32"], clean, clean, mask)
    result = np.where(mask[..., None], clean + 10, clean).astype(np.uint8)

    assert trial.psnr_inside(result) == pytest.approx(28.13, abs=0.01)
    share = 2 * 32 * 32 / (128 * 256)
    assert trial.psnr(result) == pytest.approx(28.13 - 10 * math.log10(share), abs=0.01)
    assert trial.psnr(clean) == 100


def test_structural_similarity_is_that_of_scikit_image() -> None:
    metrics = pytest.importorskip("skimage.metrics")
    trial = degrade_photo(BY_NAME["noise 25"], picture(2, 96, 80), 0)
    theirs = metrics.structural_similarity(
        trial.damaged, trial.clean, channel_axis=2, gaussian_weights=True, use_sample_covariance=False
    )
    assert trial.ssim(trial.damaged) == pytest.approx(theirs, abs=1e-6)
    assert trial.ssim(trial.clean) == pytest.approx(1)


@pytest.mark.parametrize(
    "case",
    [
        BY_NAME["noise 25"],
        BY_NAME["scratches"],
        BY_NAME["holes 64"],
        EvaluationCase("blur", "blur", BY_NAME["blur 2"].task, 2.5),
        EvaluationCase("small", "small", BY_NAME["small x2"].task, 2.5),
    ],
    ids=lambda case: case.name,
)
def test_the_result_is_that_of_the_program(prior: Path, case: EvaluationCase) -> None:
    trial = degrade_photo(case, picture(3, 128, 128), 0)
    # Nothing is said of the noise around a mask: the program keeps it.
    noise = None if case.task == REPAIR else case.noise
    settings = SolverSettings("draft", prior=str(prior), device="cpu", noise=noise, tile=64)
    ours = restored(trial, settings, open_prior(settings))
    theirs = play(trial.photo, *case.task.damages, mask=trial.mask, settings=settings)
    assert (ours == theirs.pixels).all()


def test_everything_is_measured_on_every_photo_and_written_at_once(
    chosen: EvaluationSpec, prior: Path, tmp_path: Path
) -> None:
    file = tmp_path / "figures.csv"
    found: list[Score] = []
    for score in kept(evaluate(SolverSettings("draft", prior=str(prior), device="cpu"), chosen), file):
        found.append(score)
        with file.open(newline="") as rows:
            last = list(csv.DictReader(rows))[-1]
        assert (last["task"], last["photo"], last["method"]) == (score.task, score.photo, "tiny, draft")
        assert float(last["inside_db"]) == pytest.approx(score.inside_db, abs=1e-4)
    assert [(s.task, s.photo) for s in found] == [
        (case.name, photo) for photo in ("00.png", "01.png") for case in CASES
    ]
    assert all(5 < s.psnr_db < 100 and s.inside_db <= s.psnr_db and 0 < s.ssim < 1 for s in found)
    assert sum(s.cpu_s for s in found) > 0


def test_a_photo_meets_the_same_damage_whichever_others_are_chosen(chosen: EvaluationSpec) -> None:
    every = {(photo, t.case.name): t.damaged for photo, t in replace(chosen, first=0).trials()}
    last = list(replace(chosen, first=0, last=2, tasks=("noise",)).trials())
    assert [(photo, t.case.name) for photo, t in last] == [
        (photo, f"noise {n}") for photo in ("18.png", "19.png") for n in (15, 25, 50)
    ]
    for photo, trial in last:
        assert (every[photo, trial.case.name] == trial.damaged).all()


def test_the_best_of_a_methods_variants_counts(chosen: EvaluationSpec) -> None:
    method: EvaluatedMethod[DegradedPhoto] = EvaluatedMethod(
        "some", [lambda t: np.zeros_like(t.clean), lambda t: t.clean]
    )
    trials = replace(chosen, tasks=("noise 15",)).trials()
    assert [(s.psnr_db, s.ssim) for s in measure(trials, lambda _: [method])] == [(100, 1), (100, 1)]


def test_what_cannot_be_measured_is_said(chosen: EvaluationSpec, prior: Path, tmp_path: Path) -> None:
    with pytest.raises(UserError, match="'rain' is none of scratches, holes 16"):
        replace(chosen, tasks=("rain",))
    broken = tmp_path / "broken.png"
    broken.write_bytes(b"no picture")
    with pytest.raises(UserError) as caught:
        list(evaluate(SolverSettings("draft", prior=str(prior), device="cpu"), EvaluationSpec((broken,))))
    assert caught.value.code == "file_unreadable"


def test_the_table_has_means_and_the_marks_where_there_are_any() -> None:
    values = {"ours, draft": (30.0, 32.0, 37.0), "theirs": (29.0, 30.0, 31.0)}
    scores = [
        Score("x2", method, str(i), psnr, psnr, 0.5, 1.0)
        for method, found in values.items()
        for i, psnr in enumerate(found)
    ]
    scores.append(Score("holes", "theirs", "0", 40.0, 24.0, 0.9, 0.2))
    assert [(line.method, line.psnr_db, line.inside_db) for line in score_rows(scores)] == [
        ("ours, draft", 33, 33),
        ("theirs", 30, 30),
        ("theirs", 40, 24),
    ]
    assert markdown(scores).splitlines() == [
        "| task  | method      | photos | PSNR dB | in the marks | SSIM  | CPU s |",
        "|-------|-------------|-------:|--------:|-------------:|------:|------:|",
        "| x2    | ours, draft | 3      | 33.00   |              | 0.500 | 1.00  |",
        "| x2    | theirs      | 3      | 30.00   |              | 0.500 | 1.00  |",
        "| holes | theirs      | 1      | 40.00   | 24.00        | 0.900 | 0.20  |",
    ]
