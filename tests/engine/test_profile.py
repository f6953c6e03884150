"""What a photo says of itself, asked of the engine, and used by its runs."""

import threading
from dataclasses import replace

import numpy as np
import pytest

from daps_desktop.analysis import profile as measuring
from daps_desktop.analysis.diagnosis import diagnose
from daps_desktop.analysis.profile import measure_profile
from daps_desktop.engine.dispatch import run_job
from daps_desktop.engine.handlers import profile as handler
from daps_desktop.engine.handlers.profile import examine
from daps_desktop.imaging.photo import Photo
from daps_desktop.imaging.profile.noise_model import NoiseModel
from daps_desktop.imaging.profile.photo_profile import FoundPlaces
from daps_desktop.jobs.damage import Damage, Fading, MissingPixels, Noise
from daps_desktop.jobs.messages import Cancelled, Message, ProfileResult, RestoreResult
from daps_desktop.jobs.requests import ProfileRequest, RestoreRequest
from daps_desktop.jobs.settings import SolverSettings
from daps_desktop.jobs.task import Task
from daps_desktop.networks import catalogue
from daps_desktop.restoration.progress import ProgressReporter
from tests.analysis.scenes import scene
from tests.analysis.test_fading import faded
from tests.engine.playing import QUICK, crop, scratched

AUTOMATIC = replace(QUICK, noise=None)


def answers(request: ProfileRequest | RestoreRequest, cancel: threading.Event | None = None) -> list[Message]:
    messages: list[Message] = []
    run_job(request, cancel or threading.Event(), messages.append)
    return messages


def test_the_engine_tells_what_a_photo_says_of_itself() -> None:
    photo = Photo(scratched(240)[0])
    told = answers(ProfileRequest("p", photo))[-1]
    assert told == ProfileResult("p", examine(photo, ProgressReporter()))
    assert isinstance(told, ProfileResult) and told.profile.places is not None
    assert told.profile.places.usual >= 2
    assert MissingPixels in {type(suggestion.damage) for suggestion in diagnose(told.profile).suggestions}


@pytest.mark.parametrize("size", [(1, 1), (1, 24), (7, 7), (90, 70), (900, 1200)], ids=str)
@pytest.mark.parametrize("value", [0, 120, 255])
def test_an_empty_photo_has_no_damaged_places(size: tuple[int, int], value: int) -> None:
    photo = Photo(np.full((*size, 3), value, np.uint8), np.full(size, 255, np.uint8))
    assert examine(photo, ProgressReporter()).places == FoundPlaces(0, 0)


def test_without_its_finder_the_rest_is_told_and_clean_is_not(tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(catalogue, "resource", lambda name: tmp_path / name)
    photo = Photo(crop())
    assert examine(photo, ProgressReporter()) == measure_profile(photo)


def test_the_question_can_be_withdrawn(monkeypatch: pytest.MonkeyPatch) -> None:
    """Before anything is measured, and between two measurements."""
    cancel = threading.Event()
    monkeypatch.setattr(handler, "find_damage", lambda *_: pytest.fail("the places were counted"))
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
        for profile in (None, measure_profile(photo), examine(photo, ProgressReporter()))
    ]
    assert all(isinstance(result, RestoreResult) for result in results)
    assert len({result.photo.pixels.tobytes() for result in results}) == 1


@pytest.mark.usefixtures("tiny_prior")
def test_a_photo_whose_fading_was_undone_is_measured_anew() -> None:
    photo = Photo(faded(scene(7, 96, 96, grain=4.0)))
    task, known = Task((Noise(), Fading(1.0))), examine(photo, ProgressReporter())
    result = answers(RestoreRequest("r", photo, None, task, AUTOMATIC, profile=known))[-1]
    assert isinstance(result, RestoreResult)
    assert result.report.noise_level > 1.1 * known.noise.level  # stretched with everything else
