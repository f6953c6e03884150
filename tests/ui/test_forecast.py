"""How long it would take: asked when that may change, shown on the qualities as a range."""

from dataclasses import replace

import pytest
from PySide6.QtTest import QTest

from daps_desktop.jobs.damage import GaussianBlur, Noise
from daps_desktop.jobs.messages import Failed, Hardware, RestoreResult, TimeEstimate
from daps_desktop.jobs.requests import MARKS_STEP, EstimateRequest
from daps_desktop.jobs.settings import SolverSettings
from daps_desktop.jobs.task import Task
from daps_desktop.ui.models.estimate_model import format_hardware_speed
from tests.fakes.hosts import report_of
from tests.ui.conftest import Desk

TWO_CORES = Hardware(2, "cpu", "")


class Engine:
    """Hears what is asked, and answers when the test says so."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.asked, self.dropped = desk.host.estimates, desk.host.dropped

    def wait(self, count: int) -> EstimateRequest:
        self.desk.bot.waitUntil(lambda: len(self.asked) >= count, timeout=3000)
        return self.asked[-1]

    def answer(self, draft: float = 10.0) -> None:
        seconds = {"draft": draft, "balanced": 4 * draft, "best": 18 * draft}
        message = TimeEstimate(self.asked[-1].job_id, seconds, 0.5, 60.0, TWO_CORES)
        self.desk.host.say(message)


@pytest.fixture
def engine(opened: Desk) -> Engine:
    engine = Engine(opened)
    engine.wait(1)
    return engine


def draft_button(desk: Desk) -> str:
    return desk.window.panel.how.quality.button("draft").text()


def test_what_the_engine_foretells_stands_on_the_qualities(opened: Desk, engine: Engine) -> None:
    assert (engine.asked[0].height, engine.asked[0].width, engine.asked[0].speed) == (300, 400, None)
    engine.answer()
    assert draft_button(opened) == "Draft\n8 to 12 s"
    opened.window.model.set_task(Task((GaussianBlur(),)))
    request = engine.wait(2)
    assert request.task == Task((GaussianBlur(),)) and request.speed == 0.5  # the network is tried once
    engine.answer(20)
    assert draft_button(opened) == "Draft\n15 to 25 s"
    opened.window.model.set_settings(replace(opened.document.settings, device="cpu"))
    assert engine.wait(3).speed is None  # another device may be as fast as it likes


def test_marks_are_sent_thinned_out_and_several_changes_ask_once(opened: Desk, engine: Engine) -> None:
    for row in (100, 150, 200):
        opened.drag((row, 50), (row, 250))
    marks = engine.wait(2).mask_tiles
    assert marks is not None and marks.shape == (300 // MARKS_STEP, 400 // MARKS_STEP)
    assert opened.hole.mean() <= marks.mean() < 1.6 * opened.hole.mean()
    QTest.qWait(600)
    assert len(engine.asked) == 2 and engine.dropped == [engine.asked[0].job_id]


def test_what_the_photo_says_of_itself_asks_anew(opened: Desk, engine: Engine) -> None:
    engine.answer()
    opened.bot.waitUntil(lambda: bool(opened.host.profiles), timeout=3000)
    opened.host.answer_profile()
    assert engine.wait(2).profile is opened.document.profile and opened.document.profile is not None


def test_a_run_is_not_kept_waiting_and_is_asked_about_anew(opened: Desk, engine: Engine) -> None:
    opened.drag((100, 50), (100, 250))
    engine.wait(2)
    engine.answer()
    opened.drag((150, 50), (150, 250))
    engine.wait(3)
    opened.trigger("restore")
    assert engine.dropped[-1] == engine.asked[-1].job_id
    request = opened.host.requests[-1]
    opened.host.say(RestoreResult(request.job_id, request.photo, report_of(request)))
    assert engine.wait(4).speed == 0.5  # the engine has learnt from the run by itself


def test_where_nothing_can_be_foretold_no_time_is_shown(opened: Desk, engine: Engine) -> None:
    engine.answer()
    opened.window.model.set_task(Task((Noise(),)))
    request = engine.wait(2)
    opened.host.say(Failed(request.job_id, "prior_missing", {"name": "x", "known": ""}))
    assert draft_button(opened).strip() == "Draft"
    assert not opened.window.panel.run_box.banner.isVisible()


def test_the_first_page_says_what_computes(desk: Desk) -> None:
    engine = Engine(desk)
    desk.window.forecast.start()
    assert engine.asked[0].settings == SolverSettings()
    engine.answer()
    words = desk.window.welcome.hardware.text()
    assert "2 cores, no graphics card" in words and "takes 50 to 70 s" in words
    card = format_hardware_speed(Hardware(8, "cuda", "NVIDIA H100"), 3.0)
    assert "NVIDIA H100, 8 cores" in card and "takes 2 to 4 s" in card
