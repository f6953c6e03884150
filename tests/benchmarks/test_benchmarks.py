"""The benchmarks themselves: that they run, and that what they print is what they measured."""

import csv
from pathlib import Path

import numpy as np
import pytest
import torch

from daps_desktop.training.evaluation.trials import CASES, degrade_photo
from tests.benchmarks.__main__ import main
from tests.benchmarks.methods import NOISE, measured, problems
from tests.benchmarks.options import BUNDLED
from tests.benchmarks.rivals import rivals
from tests.benchmarks.size import line
from tests.benchmarks.table import Sample, format_tables
from tests.training.conftest import picture


def test_the_program_beside_its_rivals(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "figures.csv"
    arguments = ["--photos", str(BUNDLED[0]), "--crop", "96", "--presets", "draft", "--csv", str(file)]

    assert main(["rivals", *arguments, "--tasks", "noise 25", "blur", "small x2"]) == 0

    with file.open(newline="") as rows:
        found = {(row["task"], row["method"]): float(row["psnr_db"]) for row in csv.DictReader(rows)}
    ours = next(method for task, method in found if method.endswith(", draft"))
    families = {"noise 25": "noise", "blur 2": "blur", "small x2": "small"}
    assert found.keys() == {
        (task, name)
        for task, family in families.items()
        for name in (ours, *(rival.name for rival in rivals(family)))
    }
    assert all(15 < value < 60 for value in found.values())
    assert found["noise 25", ours] > found["noise 25", "NLM (OpenCV)"]
    assert f"{found['small x2', 'bicubic']:.2f}" in capsys.readouterr().out


@pytest.mark.parametrize("family", ["marks", "noise", "blur", "small"])
def test_every_rival_does_better_than_nothing(family: str) -> None:
    case = next(case for case in CASES if case.family == family)
    trial = degrade_photo(case, picture(0, 96, 96), 0)
    nothing = trial.psnr(np.full_like(trial.clean, 128) if family == "small" else trial.damaged)
    for rival in rivals(family):
        results = [trial.psnr(variant(trial)) for variant in rival.variants]
        assert rival.name == "input" or max(results) > nothing + 0.3, rival.name
        assert len(set(results)) == len(results), rival.name  # each setting does something


@pytest.mark.parametrize("problem", problems(), ids=lambda problem: problem.name)
def test_problems_of_the_papers_have_their_noise(problem) -> None:
    grey = np.full((256, 256, 3), 128, np.uint8)
    once, again = (measured(problem, grey, 7, torch.device("cpu")) for _ in range(2))
    assert torch.equal(once.y, again.y)
    middle = once.y[..., 8:40, 8:40].numpy()
    seen = middle[np.abs(middle) < 0.5]  # a lost pixel is white
    assert seen.std() * 127.5 == pytest.approx(NOISE, rel=0.06)
    if problem.name == "random 70 %":
        assert seen.size / middle.size == pytest.approx(0.3, abs=0.05)


def test_an_archive_that_is_not_there_is_told_in_words(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["rivals", "--presets", "--photos", str(tmp_path / "photos.tar")]) == 2
    assert "photos.tar" in capsys.readouterr().err
    assert main(["overhead", "--tasks", "nothing of the kind"]) == 2
    assert "nothing of the kind" in capsys.readouterr().err


def test_tables_show_medians_in_the_order_of_measurement() -> None:
    values = {"a": 1.0, "b": 300.0, "c": 2.0}
    samples = [Sample("dB", "blur", "ours", image, value) for image, value in values.items()]
    samples.append(Sample("dB", "noise", "theirs", "a", 0.25))
    assert format_tables(samples).splitlines() == [
        "dB (median of 3)",
        "       ours  theirs",
        "blur   2.00        ",
        "noise         0.250",
    ]


def test_a_line_is_found_and_a_curve_is_told_from_it() -> None:
    assert line({1: 110, 2: 120, 4: 140}) == pytest.approx((100, 10, 0), abs=1e-6)
    assert line({1: 1, 2: 4, 4: 16})[2] > 20
