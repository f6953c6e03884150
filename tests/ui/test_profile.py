"""What a photo says of itself: asked of the engine once, shown, kept, and given to every run."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from daps_desktop.analysis.profile import measure_profile
from daps_desktop.document.project import read_project, write_project
from daps_desktop.imaging.formats.writer import write_photo
from daps_desktop.imaging.photo import Photo
from daps_desktop.imaging.profile.photo_profile import PhotoProfile
from daps_desktop.jobs.damage import Fading, Noise
from daps_desktop.jobs.messages import Failed, ProfileResult
from daps_desktop.jobs.task import Task
from tests.analysis.scenes import scene
from tests.analysis.test_fading import faded
from tests.ui.conftest import Desk
from tests.ui.test_projects import save


@pytest.fixture
def old(desk: Desk, tmp_path: Path) -> Iterator[Desk]:
    """A faded photo is open, and the engine was asked about it."""
    write_photo(Photo(faded(scene(44, 240, 320))), tmp_path / "old.png")
    desk.open(tmp_path / "old.png")
    asked(desk, 1)
    yield desk


def asked(desk: Desk, times: int) -> None:
    desk.bot.waitUntil(lambda: len(desk.host.profiles) >= times, timeout=3000)
    desk.bot.wait(50)
    assert len(desk.host.profiles) == times


def reason(desk: Desk) -> str:
    return desk.window.panel.cards.card(Fading).suggestion.text.text()


def test_a_photo_is_asked_about_once_and_the_answer_kept(old: Desk) -> None:
    assert old.host.profiles[0].photo is old.document.photo and not reason(old)
    profile = old.host.answer_profile()
    assert old.document.profile == profile and "Yellowed" in reason(old)
    old.window.model.set_task(Task((Noise(),)))
    old.trigger("restore")
    assert old.host.requests[-1].profile == profile
    old.host.finish()
    old.trigger("try_more")
    assert len(old.host.requests) == 2 and old.host.requests[-1].profile == profile
    asked(old, 1)


def test_another_photo_takes_the_place_of_the_question(old: Desk, photo_path: Path) -> None:
    first = old.host.profiles[0]
    old.open(photo_path)
    assert old.host.dropped == [first.job_id]
    asked(old, 2)
    old.host.say(ProfileResult(first.job_id, measure_profile(first.photo)))
    assert old.document.profile is None and not reason(old)
    assert old.host.answer_profile() == old.document.profile


def test_a_run_does_not_wait_for_the_answer_which_is_asked_for_after_it(old: Desk) -> None:
    old.window.model.set_task(Task((Noise(),)))
    old.trigger("restore")
    assert old.host.profiles[0].job_id in old.host.dropped
    assert old.host.requests[-1].profile is None
    asked(old, 1)
    old.host.finish()
    asked(old, 2)
    assert old.host.answer_profile() == old.document.profile


def test_where_the_engine_fails_nothing_is_claimed(old: Desk) -> None:
    old.host.say(Failed(old.host.profiles[0].job_id, "engine_died", {"detail": ""}))
    finding = old.window.panel.where.finding
    assert old.document.profile is None and not reason(old) and not finding.clean.isVisible()
    assert old.window.actions_["find"].isEnabled()


def test_a_project_keeps_it_and_is_not_asked_about_again(old: Desk, tmp_path: Path) -> None:
    profile, work = old.host.answer_profile(), tmp_path / "work.daps"
    save(old, work)
    assert read_project(work).profile == profile
    old.trigger("close")
    old.open(work)
    asked(old, 1)
    assert old.document.profile == profile and "Yellowed" in reason(old)
    assert not old.window.model.unsaved


def test_a_project_without_it_is_asked_about(old: Desk, tmp_path: Path) -> None:
    profile, work = old.host.answer_profile(), tmp_path / "work.daps"
    save(old, work)
    write_project(replace(read_project(work), profile=None), work, embed=True, overwrite=True)
    old.trigger("close")
    old.open(work)
    asked(old, 2)
    assert not reason(old)
    assert isinstance(old.host.answer_profile(), PhotoProfile)
    assert old.document.profile == profile and not old.window.model.unsaved
