"""How long a run is said to take."""

import threading
from pathlib import Path

import numpy as np
import pytest

from daps_desktop.base.paths import DATA_VARIABLE
from daps_desktop.engine.dispatch import run_job
from daps_desktop.engine.handlers.estimate import expected_seconds
from daps_desktop.imaging.mask import downsampled
from daps_desktop.imaging.photo import Photo
from daps_desktop.imaging.profile.noise_model import NoiseModel
from daps_desktop.jobs.damage import (
    Downsampling,
    Fading,
    GaussianBlur,
    Greyscale,
    JpegCompression,
    MissingPixels,
    Noise,
)
from daps_desktop.jobs.messages import Cancelled, Failed, Message, TimeEstimate
from daps_desktop.jobs.requests import MARKS_STEP, EstimateRequest
from daps_desktop.jobs.settings import SolverSettings
from daps_desktop.jobs.task import Task

SIZE = (1200, 1600)


@pytest.fixture(autouse=True)
def no_run_yet(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing was learnt from runs on this computer."""
    monkeypatch.setenv(DATA_VARIABLE, str(tmp_path))


def ask(task: Task, marked: tuple[slice, slice] | None = None, **settings: object) -> dict[str, float]:
    """What the engine foretells on a computer that takes one second a megapixel."""
    message = answer(task, marked, 1.0, **settings)
    assert isinstance(message, TimeEstimate) and message.speed == 1.0 and message.typical > 0
    return message.seconds


def answer(
    task: Task, marked: tuple[slice, slice] | None = None, speed: float | None = 1.0, **settings: object
) -> Message:
    mask = np.zeros(SIZE, bool)
    if marked:
        mask[marked] = True
    marks = downsampled(mask, MARKS_STEP) if marked else None
    chosen = SolverSettings(**settings)  # type: ignore[arg-type]
    request = EstimateRequest("f", *SIZE, task, chosen, marks, speed)
    messages: list[Message] = []
    run_job(request, threading.Event(), messages.append)
    (message,) = messages
    return message


def test_a_stamp_is_not_said_to_take_as_long_as_a_tile() -> None:
    stamp, tile = (
        expected_seconds(Photo(np.zeros((side, side, 3), np.uint8)), NoiseModel.white(5), ["draft"], "cpu")[
            "draft"
        ]
        for side in (30, 300)
    )
    assert stamp < tile / 3


def test_better_takes_longer_and_so_does_more_to_do() -> None:
    blurred = ask(Task((GaussianBlur(),)))
    assert blurred["draft"] < blurred["balanced"] < blurred["best"]
    assert ask(Task((Downsampling(2),)))["draft"] > 3 * blurred["draft"]
    assert ask(Task((GaussianBlur(),)), output="sample")["best"] > blurred["best"]
    assert ask(Task((GaussianBlur(),)), samples=4)["best"] > 3 * blurred["best"]
    assert ask(Task((GaussianBlur(),)), levels=2)["best"] == pytest.approx(blurred["best"] * 2 / 24, rel=0.01)
    one_network = ask(Task((GaussianBlur(),)), prior="photo-fast")
    assert one_network["best"] == pytest.approx(blurred["balanced"] * 24 / 8, rel=0.01)
    assert blurred["best"] == pytest.approx(
        4 * one_network["best"], rel=0.01
    )  # photo-fine is four times the work
    for task in (Task((JpegCompression(),)), Task((Greyscale(),)), Task((Fading(), Noise()))):
        assert ask(task)["balanced"] > 0
    assert ask(Task((Fading(),)))["balanced"] == 0


def test_a_repair_costs_what_is_marked() -> None:
    task = Task((MissingPixels(),))
    small = ask(task, (slice(100, 104), slice(100, 200)))["balanced"]
    long = ask(task, (slice(100, 104), slice(100, 1500)))["balanced"]
    assert 3 * small < long < ask(Task((GaussianBlur(),)))["balanced"]
    assert ask(task) == {}


def test_what_cannot_be_run_is_refused_in_words() -> None:
    failed = answer(Task((Noise(),)), speed=None, prior="nobody")
    assert isinstance(failed, Failed) and failed.code == "prior_missing"


def test_a_trial_can_be_stopped() -> None:
    cancel, messages = threading.Event(), list[Message]()
    cancel.set()
    run_job(EstimateRequest("f", *SIZE, Task((Noise(),)), SolverSettings()), cancel, messages.append)
    assert messages == [Cancelled("f")]
