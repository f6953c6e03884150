"""Heal as you paint: each stroke is repaired at once, in a version of its own, as one step of undo."""

import numpy as np
import pytest

from daps_desktop.jobs.damage import MissingPixels
from daps_desktop.jobs.messages import Failed
from daps_desktop.jobs.task import Task
from tests.ui.conftest import Desk


@pytest.fixture
def healing(opened: Desk) -> Desk:
    opened.trigger("heal")
    assert opened.window.panel.where.options.heal.isChecked()
    return opened


def stroke(desk: Desk, row: int, value: int) -> None:
    """A stroke, and the engine's answer to it."""
    count = len(desk.host.requests)
    desk.drag((row, 20), (row, 40))
    assert len(desk.host.requests) == count + 1
    desk.host.finish(value)


def test_a_stroke_is_repaired_in_a_new_version_and_leaves_no_mark(healing: Desk) -> None:
    before = healing.document.photo.pixels
    stroke(healing, 30, 7)
    request, (version,) = healing.host.requests[-1], healing.document.versions
    assert request.task == Task((MissingPixels(),)) and request.settings.preset == "draft"
    assert not healing.hole.any() and healing.window.model.shown == version
    changed = (version.photo.pixels != before).any(axis=2)
    assert changed[30, 30] and not changed[60].any()
    assert (version.photo.pixels[changed] == 7).all()


def test_the_next_stroke_goes_on_there_and_each_is_undone_alone(healing: Desk) -> None:
    before = healing.document.photo.pixels
    stroke(healing, 30, 7)
    stroke(healing, 50, 9)
    (version,) = healing.document.versions
    assert (version.photo.pixels[30, 30] == 7).all() and (version.photo.pixels[50, 30] == 9).all()
    healing.trigger("undo")
    (version,) = healing.document.versions
    assert (version.photo.pixels[30, 30] == 7).all()
    np.testing.assert_array_equal(version.photo.pixels[50], before[50])
    healing.trigger("redo")
    assert (healing.document.versions[0].photo.pixels[50, 30] == 9).all()
    healing.trigger("undo")
    healing.trigger("undo")
    assert healing.window.model.shown is None and healing.document.versions  # nothing of it is lost


def test_a_result_that_is_shown_stays_and_is_gone_on_from(opened: Desk) -> None:
    opened.click((10, 10))
    opened.trigger("restore")
    opened.host.finish(3)
    made = opened.document.versions[0].photo.pixels
    opened.trigger("heal")
    stroke(opened, 40, 9)
    first, second = opened.document.versions
    np.testing.assert_array_equal(first.photo.pixels, made)
    assert (second.photo.pixels[40, 30] == 9).all() and (second.photo.pixels[10, 10] == 3).all()


def test_strokes_that_come_faster_wait_their_turn_and_glow_meanwhile(healing: Desk) -> None:
    healing.drag((30, 20), (30, 40))
    healing.drag((50, 20), (50, 40))
    assert len(healing.host.requests) == 1 and len(healing.window.heal.waiting) == 2
    healing.host.finish(7)
    assert len(healing.host.requests) == 2
    part = healing.host.requests[1].photo.pixels
    assert (part == 7).any()  # the second goes on from the first
    healing.host.finish(9)
    assert not healing.window.heal.waiting and len(healing.document.versions) == 1


def test_a_failure_is_told_and_the_photo_stays_as_it_is(healing: Desk) -> None:
    healing.drag((30, 20), (30, 40))
    healing.host.say(Failed(healing.host.requests[-1].job_id, "memory_out", {}))
    assert healing.window.panel.run_box.banner.isVisible()
    assert not healing.document.versions and not healing.window.heal.waiting and not healing.hole.any()


def test_the_eraser_and_other_tools_mark_as_ever(healing: Desk) -> None:
    healing.trigger("heal")
    healing.click((30, 30))
    assert healing.hole[30, 30] and not healing.host.requests
    healing.trigger("heal")
    healing.trigger("eraser")
    healing.click((30, 30))
    assert not healing.hole[30, 30] and not healing.host.requests
