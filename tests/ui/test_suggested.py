"""Restore as suggested: what a photo asks for is ticked and looked for, until someone chooses otherwise."""

from functools import cache
from pathlib import Path

import numpy as np
import pytest

from daps_desktop.analysis.profile import measure_profile
from daps_desktop.imaging.photo import Photo
from daps_desktop.imaging.profile.photo_profile import PhotoProfile
from daps_desktop.jobs.damage import Fading, MissingPixels, Noise
from daps_desktop.jobs.messages import ProfileResult
from daps_desktop.jobs.task import Task
from daps_desktop.ui.common.labels import RESTORE, RESTORE_SUGGESTED
from tests.analysis.scenes import scene
from tests.analysis.test_fading import faded
from tests.ui.conftest import Desk
from tests.ui.test_finding import SIZE, probable, written

NOTHING = np.zeros(SIZE, np.uint8)
YELLOWED = faded(scene(44, *SIZE))


@cache
def profile() -> PhotoProfile:
    return measure_profile(Photo(YELLOWED))


@pytest.fixture
def suggested(desk: Desk, tmp_path: Path) -> Desk:
    """A yellowed photo of which the engine has said so, and which is being looked through."""
    desk.open(written(YELLOWED, tmp_path))
    desk.bot.waitUntil(lambda: len(desk.host.profiles) == 1, timeout=3000)
    desk.host.say(ProfileResult(desk.host.profiles[-1].job_id, profile()))
    return desk


def button(desk: Desk) -> str:
    return desk.window.panel.run_box.button.text()


def test_what_shows_is_ticked_and_the_photo_is_looked_through(suggested: Desk) -> None:
    card = suggested.window.panel.cards.card(Fading)
    assert "Yellowed" in card.suggestion.text.text() and card.checked
    assert suggested.document.task == Task((Fading(),))
    assert button(suggested) == RESTORE_SUGGESTED and len(suggested.host.searches) == 1
    assert not suggested.window.model.unsaved  # nobody did anything yet


def test_what_is_found_glows_is_ticked_and_marked_by_restore(suggested: Desk) -> None:
    suggested.host.answer_search(probable())
    assert suggested.document.task == Task((MissingPixels(), Fading()))
    assert suggested.window.finder.reviewing and not suggested.hole.any()
    assert "8 places" in suggested.window.panel.cards.card(MissingPixels).suggestion.text.text()
    proposed = suggested.window.finder.proposed
    suggested.window.panel.run_box.button.click()
    request = suggested.host.requests[-1]
    assert request.mask is not None and request.mask.any()
    np.testing.assert_array_equal(request.mask, proposed)
    suggested.host.finish()
    suggested.trigger("undo")
    suggested.trigger("undo")
    assert not suggested.hole.any()


def test_where_nothing_is_found_nothing_is_marked(suggested: Desk) -> None:
    suggested.host.answer_search(NOTHING)
    assert suggested.document.task == Task((Fading(),))
    suggested.window.panel.run_box.button.click()
    assert suggested.host.requests[-1].mask is None


def test_a_choice_of_ones_own_stands(suggested: Desk) -> None:
    suggested.window.panel.cards.card(Fading).tick.click()
    suggested.window.panel.cards.card(Noise).tick.click()
    assert button(suggested) == RESTORE
    suggested.host.answer_search(probable())
    assert suggested.document.task == Task((Noise(),))


def test_a_photo_of_which_nothing_shows_keeps_what_can_be_marked_by_hand(desk: Desk, tmp_path: Path) -> None:
    desk.open(written(np.full((*SIZE, 3), 128, np.uint8), tmp_path))
    desk.bot.waitUntil(lambda: len(desk.host.profiles) == 1, timeout=3000)
    desk.host.answer_profile()
    assert desk.document.task == Task((MissingPixels(),)) and button(desk) == RESTORE


@pytest.fixture
def hurried(suggested: Desk) -> Desk:
    """Restore was pressed before the search had an answer."""
    suggested.window.model.set_task(Task((MissingPixels(),)))
    suggested.window.panel.run_box.button.click()
    assert not suggested.host.requests and not suggested.window.panel.run_box.button.isEnabled()
    return suggested


def test_a_run_waits_for_the_search(hurried: Desk) -> None:
    hurried.host.answer_search(probable())
    assert len(hurried.host.requests) == 1 and hurried.hole.any()


def test_a_run_that_waits_for_nothing_says_that_marks_are_needed(hurried: Desk) -> None:
    hurried.host.answer_search(NOTHING)
    assert not hurried.host.requests and hurried.window.panel.run_box.button.isEnabled()
    assert hurried.window.panel.run_box.banner.isVisible()


def test_stopping_the_search_stops_what_waits_for_it(hurried: Desk) -> None:
    hurried.trigger("dismiss_found")
    assert not hurried.host.requests and hurried.window.panel.run_box.button.isEnabled()


def test_another_photo_is_not_restored_by_a_press_for_the_last_one(hurried: Desk, tmp_path: Path) -> None:
    hurried.open(written(scene(12, *SIZE), tmp_path, "other"))
    assert not hurried.window.panel.run_box.hint.text().startswith("The restoration begins")
    hurried.trigger("find")
    hurried.host.answer_search(probable())
    assert not hurried.host.requests


def test_marks_of_ones_own_are_not_kept_waiting(suggested: Desk) -> None:
    suggested.click((100, 100))
    suggested.window.panel.run_box.button.click()
    assert suggested.host.requests[-1].mask is not None
