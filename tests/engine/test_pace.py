"""What a run is said to take is what runs took."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from daps_desktop.analysis.profile import measure_profile
from daps_desktop.base.paths import DATA_VARIABLE
from daps_desktop.engine.handlers import estimate
from daps_desktop.imaging.photo import Photo
from daps_desktop.jobs.damage import GaussianBlur
from daps_desktop.jobs.remaining_time import forecast_range
from daps_desktop.jobs.requests import EstimateRequest
from daps_desktop.jobs.settings import SolverSettings
from daps_desktop.jobs.task import Task
from daps_desktop.networks import catalogue
from daps_desktop.restoration.cost import Cost, Pace, known_pace, note_pace
from daps_desktop.restoration.progress import ProgressReporter

CPU = torch.device("cpu")
REQUEST = EstimateRequest("e", 600, 800, Task((GaussianBlur(4.0),)), SolverSettings(device="cpu"), speed=1.0)


@pytest.fixture(autouse=True)
def nothing_learnt(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv(DATA_VARIABLE, str(tmp_path))


def foretold(request: EstimateRequest = REQUEST) -> float:
    return estimate.handle(request, ProgressReporter()).seconds["balanced"]


def test_what_a_run_took_is_said_of_the_next_and_kept_on_the_disk() -> None:
    card, before = catalogue.find("photo-fast"), foretold()
    done = Cost(8, before / 1.2, 0.0)  # the run that was foretold, at a second a megapixel
    note_pace(card, CPU, done, solving=3 * before, total=3 * before + 2)
    assert foretold() == pytest.approx(3 * before + 2)
    note_pace(card, CPU, done, solving=0.75 * before, total=0.75 * before + 4)
    assert foretold() == pytest.approx(1.5 * before + 3)  # half of the difference, in octaves


def test_a_speck_says_nothing_of_the_speed_of_the_network() -> None:
    card = catalogue.find("photo-fast")
    note_pace(card, CPU, Cost(8, 0.01, 0.0), solving=1, total=2)
    assert known_pace(card, CPU) is None
    note_pace(card, CPU, Cost(8, 1.0, 0.0), solving=2, total=3)
    note_pace(card, CPU, Cost(8, 0.01, 0.0), solving=1, total=4)
    assert known_pace(card, CPU) == Pace(2.0, 2.0)


def test_damaged_notes_are_no_notes(tmp_path: Path) -> None:
    (tmp_path / "cache").mkdir()
    (tmp_path / "cache" / "paces.json").write_text('{"photo-fast": 3')
    assert known_pace(catalogue.find("photo-fast"), CPU) is None


def test_a_blur_is_priced_as_wide_as_the_edges_say() -> None:
    sharp = replace(measure_profile(Photo(np.zeros((64, 64, 3), np.uint8))), blur_sigma=1.0)
    assert foretold(replace(REQUEST, profile=sharp)) < foretold()


def test_a_forecast_is_a_range_of_round_numbers_no_wider_than_half_as_much_again() -> None:
    for seconds in (5, 10, 24, 40, 60, 200, 600, 3000):
        span = forecast_range(seconds)
        assert span.low <= seconds <= span.high <= 2 * span.low
    assert (forecast_range(24).low, forecast_range(24).high) == (20, 30)
