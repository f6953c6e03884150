"""The benchmarks themselves: that they run, and that what they print is what they measured."""

import csv
from pathlib import Path

import numpy as np
import pytest

from daps_desktop.solver.convert import to_tensor
from daps_desktop.training.rivals import rivals
from daps_desktop.training.trials import Trial, squares
from tests.benchmarks.__main__ import main
from tests.benchmarks.cases import CASES
from tests.benchmarks.methods import equal_quality
from tests.benchmarks.size import line
from tests.benchmarks.table import Sample, format_tables


def test_quality_of_every_damage_beside_every_rival(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "quality.csv"
    arguments = ["--quick", "--limit", "1", "--crop", "64", "--outputs", "safest", "--csv", str(file)]

    assert main(["quality", *arguments]) == 0

    with file.open(newline="") as lines:
        found = {(row["row"], row["column"]): float(row["value"]) for row in csv.DictReader(lines)}
    columns = {case.name: [*rivals(case.family), "safest draft"] for case in CASES}
    assert found.keys() == {(row, column) for row, names in columns.items() for column in names}
    assert all(5 < value < 60 for value in found.values())
    assert found["noise 25", "safest draft"] > found["noise 25", "NL means (OpenCV)"] + 1
    assert found["motion 9", "safest draft"] > found["motion 9", "Richardson-Lucy"] + 1
    printed = capsys.readouterr().out
    assert f"{found['small x2', 'bicubic']:.2f}" in printed


def test_an_archive_that_is_not_there_is_told_in_words(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = ["quality", "--only", "nothing of the kind", "--photos", str(tmp_path / "photos.tar")]
    assert main(arguments) == 2
    assert "photos.tar" in capsys.readouterr().err


def test_tables_show_medians_in_the_order_of_measurement() -> None:
    values = {"a": 1.0, "b": 300.0, "c": 2.0}
    samples = [Sample("dB", "blur", "ours", picture, value) for picture, value in values.items()]
    samples.append(Sample("dB", "noise", "theirs", "a", 0.25))
    assert format_tables(samples).splitlines() == [
        "dB (median of 3)",
        "       ours  theirs",
        "blur   2.00        ",
        "noise         0.250",
    ]


def test_psnr_counts_the_hole_alone() -> None:
    hole = squares(16)(128, 256, np.random.default_rng(0))
    clean = np.full((128, 256, 3), 100, np.uint8)
    result = np.where(hole[..., None], clean + 10, 0).astype(np.uint8)

    assert hole.sum() == 2 * 16 * 16
    assert Trial(CASES[1], clean, to_tensor(clean), hole).psnr(result) == pytest.approx(28.13, abs=0.01)


def test_a_line_is_found_and_a_curve_is_told_from_it() -> None:
    assert line({1: 110, 2: 120, 4: 140}) == pytest.approx((100, 10, 0), abs=1e-6)
    assert line({1: 1, 2: 4, 4: 16})[2] > 20


def test_equal_quality_takes_the_cheapest_run_that_is_no_worse() -> None:
    runs = {
        "DAPS++, 5": (10, 1, 20),
        "DAPS++, 20": (40, 4, 25),
        "DAPS++, 50": (98, 9, 26),
        "DAPS, 200": (1000, 80, 24),
    }
    samples = [
        Sample("t", row, column, "a", value)
        for row, values in runs.items()
        for column, value in zip(("evaluations", "seconds", "PSNR dB"), values, strict=True)
    ]
    found = {s.column: s.value for s in equal_quality(samples) if s.row == "DAPS, 200"}
    assert (found["DAPS++ evaluations"], found["times fewer"], found["times faster"]) == (40, 25, 20)
