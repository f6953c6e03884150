"""Several runs one after another, and stopping one or all of them."""

from uuid import uuid4

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from daps_desktop.jobs.messages import Failed
from daps_desktop.jobs.remaining_time import TimeRange
from daps_desktop.ui.common import formatting, labels
from daps_desktop.ui.models.job_model import JobState
from tests.fakes.hosts import progress_of
from tests.ui.conftest import Desk

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def busy(opened: Desk) -> Desk:
    """Three runs: one under way, two that wait."""
    opened.drag((100, 50), (100, 250))
    for _ in range(3):
        opened.window.job.enqueue(opened.document.request(uuid4().hex, 0))
    return opened


def press(desk: Desk) -> None:
    QTest.mouseClick(desk.window.panel.run_box.button, LEFT)


def test_what_waits_starts_by_itself_and_every_result_is_kept(busy: Desk) -> None:
    job, box = busy.window.job, busy.window.panel.run_box
    assert len(busy.host.requests) == 1 and job.queued == 2
    assert box.waiting.isVisible() and box.waiting.text() == "2 more are waiting."
    busy.host.finish()
    assert len(busy.host.requests) == 2 and job.running and box.waiting.text() == "1 more is waiting."
    busy.host.finish()
    assert not box.waiting.isVisible()
    busy.host.finish()
    assert job.state is JobState.FINISHED and len(busy.document.versions) == 3


def test_stop_ends_one_run_and_the_next_begins(busy: Desk) -> None:
    first = busy.host.requests[0].job_id
    press(busy)
    assert busy.host.cancelled == [first]
    busy.host.answer_cancelled()
    assert busy.window.job.running and len(busy.host.requests) == 2
    busy.host.say(progress_of(first, 4))  # the stopped one still had something to say
    assert busy.window.job.percent == 0


def test_a_second_press_stops_all(busy: Desk) -> None:
    box = busy.window.panel.run_box
    press(busy)
    assert box.button.text() == "Stop all" and box.button.isEnabled()
    assert box.hint.text() == labels.STOPPING
    press(busy)
    assert busy.window.job.queued == 0
    assert box.button.text() == labels.STOPPING and not box.button.isEnabled()
    busy.host.answer_cancelled()
    assert busy.window.job.state is JobState.CANCELLED and len(busy.host.requests) == 1


def test_stop_all_from_the_menu_and_beside_the_count(busy: Desk) -> None:
    assert busy.window.actions_["stop_all"].isEnabled()
    busy.trigger("stop_all")
    assert busy.host.cancelled and busy.window.job.queued == 0
    assert not busy.window.actions_["stop_all"].isEnabled()
    busy.host.answer_cancelled()
    for _ in range(2):
        busy.window.job.enqueue(busy.document.request(uuid4().hex, 0))
    QTest.mouseClick(busy.window.panel.run_box.stop_all, LEFT)
    busy.host.answer_cancelled()
    assert busy.window.job.state is JobState.CANCELLED and len(busy.host.requests) == 2


def test_a_failure_takes_what_waits_along_and_stays_to_be_read(busy: Desk) -> None:
    busy.host.say(Failed(busy.host.requests[-1].job_id, "engine_died", {"detail": "SIGSEGV"}, "a log"))
    job, banner = busy.window.job, busy.window.panel.run_box.banner
    assert job.state is JobState.FAILED and job.queued == 0 and len(busy.host.requests) == 1
    assert banner.isVisible() and "SIGSEGV" in banner.sentence.text()


def test_a_long_run_asks_for_attention_at_its_very_end(busy: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    alerted: list[object] = []
    monkeypatch.setattr(QApplication, "alert", alerted.append)
    busy.host.finish()
    busy.host.finish()
    assert not alerted
    busy.host.finish()
    assert alerted == [busy.window]


@pytest.mark.parametrize(
    ("low", "high", "words"),
    [
        (0.0, 0.0, "under 1 s"),
        (3.2, 5.1, "3 to 6 s"),
        (21.4, 37.9, "20 to 40 s"),
        (80.0, 100.0, "1 to 2 min"),
        (20.0, 100.0, "under 2 min"),
        (5000.0, 9000.0, "1 to 3 h"),
    ],
)
def test_the_time_left_is_rounded_outwards(low: float, high: float, words: str) -> None:
    assert formatting.format_time_range(TimeRange(low, high)) == words
