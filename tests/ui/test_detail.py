"""A detail made sharp in the card of Blurred, before the run."""

import numpy as np
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from daps_desktop.jobs.damage import GaussianBlur
from daps_desktop.jobs.messages import Failed, RestoreResult
from daps_desktop.jobs.requests import RestoreRequest
from daps_desktop.jobs.task import Task
from tests.fakes.hosts import report_of
from tests.ui.conftest import Desk


def details(desk: Desk) -> list[RestoreRequest]:
    return [r for r in desk.host.requests if isinstance(r, RestoreRequest)]


def test_the_detail_follows_the_size_and_shows_the_photo_while_pressed(opened: Desk, qtbot: QtBot) -> None:
    card = opened.window.panel.cards.blur
    card.tick.click()
    qtbot.waitUntil(lambda: len(details(opened)) == 1)
    opened.window.model.set_task(Task((GaussianBlur(3.0),)))
    qtbot.waitUntil(lambda: len(details(opened)) == 2)
    request = details(opened)[1]
    assert request.task == Task((GaussianBlur(3.0),)) and request.settings.preset == "draft"
    photo = request.photo.with_pixels(np.full_like(request.photo.pixels, 7))
    opened.host.say(RestoreResult(request.job_id, photo, report_of(request)))
    button = card.detail.button

    def seen() -> int:
        return button.icon().pixmap(button.iconSize()).toImage().pixelColor(10, 10).red()

    assert seen() == 7 and not opened.document.versions
    qtbot.keyPress(button, Qt.Key.Key_Space)
    assert seen() != 7
    qtbot.keyRelease(button, Qt.Key.Key_Space)
    assert seen() == 7 and card.detail.height() <= 200
    opened.window.model.open(opened.document.photo)
    assert button.icon().isNull()  # nothing of the last photo


def test_a_failure_is_one_sentence_in_the_card(opened: Desk, qtbot: QtBot) -> None:
    card = opened.window.panel.cards.blur
    card.tick.click()
    qtbot.waitUntil(lambda: len(details(opened)) == 1)
    opened.host.say(Failed(details(opened)[0].job_id, "memory_out", {}))
    assert card.detail.button.icon().isNull() and "could not" in card.detail.words.text()
    assert not opened.window.panel.run_box.banner.isVisible()


def test_restore_goes_first(opened: Desk, qtbot: QtBot) -> None:
    opened.window.panel.cards.blur.tick.click()
    qtbot.waitUntil(lambda: len(details(opened)) == 1)
    opened.trigger("restore")
    assert details(opened)[0].job_id in opened.host.cancelled and len(details(opened)) == 2
