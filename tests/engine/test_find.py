"""Damage looked for by the engine: what it answers, how it is stopped, what it says without its finder."""

import pickle
import threading
from dataclasses import replace

import numpy as np
import pytest

from daps_desktop.base.paths import DATA_VARIABLE
from daps_desktop.engine.dispatch import run_job
from daps_desktop.engine.handlers.find import find_damage
from daps_desktop.engine.process.client import validated
from daps_desktop.imaging.mask import dilate
from daps_desktop.imaging.photo import Photo
from daps_desktop.jobs.messages import Cancelled, Failed, FindResult, Message, Progress
from daps_desktop.jobs.proposals import DEFAULT
from daps_desktop.jobs.requests import FindRequest
from daps_desktop.networks import catalogue, finder
from daps_desktop.restoration import progress
from daps_desktop.restoration.progress import ProgressReporter
from tests.engine.playing import scratched


@pytest.fixture(autouse=True)
def data(tmp_path, monkeypatch) -> None:
    monkeypatch.setenv(DATA_VARIABLE, str(tmp_path))


def answers(request: FindRequest, cancel: threading.Event | None = None) -> list[Message]:
    messages: list[Message] = []
    run_job(request, cancel or threading.Event(), messages.append)
    return messages


def test_the_answer_points_at_the_damage() -> None:
    pixels, true = scratched(240)
    request = FindRequest("f", Photo(pixels), "cpu")
    found = answers(request)[-1]
    assert isinstance(found, FindResult) and validated(request, found) is found
    marked = found.proposals.mask(found.proposals.shown(DEFAULT))
    met = dilate(marked, 2)[true].mean()
    assert met > 0.25 and met > 10 * marked[~dilate(true, 4)].mean()
    sent = pickle.loads(pickle.dumps(found)).proposals
    assert np.array_equal(sent.labels, found.proposals.labels) and sent.pieces == found.proposals.pieces


def test_the_infrared_channel_is_asked_where_it_tells() -> None:
    pixels, _ = scratched(240)
    seen = np.full(pixels.shape[:2], 200, np.uint8)
    seen[20:26, 30:36] = 40
    found = find_damage(replace(Photo(pixels), infrared=seen), "cpu", ProgressReporter())
    (piece,) = found.pieces
    assert found.infrared and piece.score > DEFAULT and dilate(seen < 100, 6)[found.mask(1)].all()
    picture = np.ascontiguousarray(pixels[..., 0])  # as of silver film
    found = find_damage(replace(Photo(pixels), infrared=picture), "cpu", ProgressReporter())
    assert not found.infrared and found.pieces == find_damage(Photo(pixels), "cpu", ProgressReporter()).pieces


def test_it_says_how_far_it_is_and_can_be_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(finder, "_TILE", 192)
    monkeypatch.setattr(progress, "HEARTBEAT_S", 0)
    photo, cancel = Photo(scratched(12)[0]), threading.Event()
    heard = answers(FindRequest("f", photo, "cpu"))
    shares = [message.fraction for message in heard if isinstance(message, Progress)]
    assert len(shares) == 26 and shares == sorted(shares) and shares[-1] < 1
    messages: list[Message] = []

    def stop_at_once(message: Message) -> None:
        messages.append(message)
        cancel.set()

    run_job(FindRequest("f", photo, "cpu"), cancel, stop_at_once)
    assert isinstance(messages[0], Progress) and messages[1:] == [Cancelled("f")]


def test_without_its_files_it_says_what_can_still_be_done(tmp_path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(catalogue, "resource", lambda name: tmp_path / name)
    (said,) = answers(FindRequest("f", Photo(np.zeros((9, 9, 3), np.uint8)), "cpu"))
    assert isinstance(said, Failed) and said.code == "finder_damaged"
