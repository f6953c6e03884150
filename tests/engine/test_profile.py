"""What a photo says of itself, asked of the engine, and used by its runs."""

import threading
from dataclasses import replace

import numpy as np
import pytest

from daps_desktop.analysis import profile as measuring
from daps_desktop.analysis.profile import examine, measure_profile
from daps_desktop.engine.dispatch import run_job
from daps_desktop.imaging.photo import Photo
from daps_desktop.imaging.profile.noise_model import NoiseModel
from daps_desktop.jobs.damage import Damage, Fading, Noise
from daps_desktop.jobs.messages import Cancelled, Message, ProfileResult, RestoreResult
from daps_desktop.jobs.requests import ProfileRequest, RestoreRequest
from daps_desktop.jobs.settings import SolverSettings
from daps_desktop.jobs.task import Task
from tests.analysis.scenes import scene
from tests.analysis.test_fading import faded
from tests.analysis.test_scratches import DAMAGE, damaged
from tests.engine.playing import QUICK, crop

AUTOMATIC = replace(QUICK, noise=None)


def answers(request: ProfileRequest | RestoreRequest, cancel: threading.Event | None = None) -> list[Message]:
    messages: list[Message] = []
    run_job(request, cancel or threading.Event(), messages.append)
    return messages


def test_the_engine_tells_what_a_photo_says_of_itself() -> None:
    photo = Photo(damaged(12, DAMAGE["light"])[0])
    (told,) = answers(ProfileRequest("p", photo))
    assert told == ProfileResult("p", examine(photo))
    assert isinstance(told, ProfileResult) and told.profile.places is not None
    assert told.profile.places.usual >= 2


def test_the_question_can_be_withdrawn(monkeypatch: pytest.MonkeyPatch) -> None:
    """Before anything is measured, and between two measurements."""
    cancel = threading.Event()
    monkeypatch.setattr(measuring, "find_scratches", lambda _: pytest.fail("the places were counted"))
    monkeypatch.setattr(measuring, "measure_fading", _and(measuring.measure_fading, cancel.set))
    for _ in range(2):
        assert answers(ProfileRequest("p", Photo(crop())), cancel) == [Cancelled("p")]


def _and(measure, then):
    def both(*photo):
        then()
        return measure(*photo)

    return both


@pytest.mark.usefixtures("tiny_prior")
def test_a_run_goes_by_the_profile_and_measures_it_where_there_is_none() -> None:
    photo = Photo(crop())
    known = measure_profile(photo)

    def noise(profile, settings: SolverSettings = AUTOMATIC, *more: Damage) -> float:
        task = Task((Noise(), *more))
        result = answers(RestoreRequest("r", photo, None, task, settings, profile=profile))[-1]
        assert isinstance(result, RestoreResult)
        return result.report.noise_level

    assert noise(None) == noise(known) == known.noise.of_luma().level  # the crop is all skin, of one tone
    other = replace(known, noise=NoiseModel.white(23.0, grey=True))
    assert noise(other) == pytest.approx(23.0)
    assert noise(other, QUICK) == QUICK.noise  # a number that a person chose comes first


@pytest.mark.usefixtures("tiny_prior")
def test_a_run_gives_the_same_whoever_measured_the_profile() -> None:
    photo = Photo(np.ascontiguousarray(scene(3, 64, 64)))
    results = [
        answers(RestoreRequest("r", photo, None, Task((Noise(),)), AUTOMATIC, profile=profile))[-1]
        for profile in (None, measure_profile(photo), examine(photo))
    ]
    assert all(isinstance(result, RestoreResult) for result in results)
    assert len({result.photo.pixels.tobytes() for result in results}) == 1


@pytest.mark.usefixtures("tiny_prior")
def test_a_photo_whose_fading_was_undone_is_measured_anew() -> None:
    photo = Photo(faded(scene(7, 96, 96, grain=4.0)))
    task, known = Task((Noise(), Fading(1.0))), examine(photo)
    result = answers(RestoreRequest("r", photo, None, task, AUTOMATIC, profile=known))[-1]
    assert isinstance(result, RestoreResult)
    assert result.report.noise_level > 1.1 * known.noise.level  # stretched with everything else
