"""The places where a repair left a trace: said, gone to, outlined, marked."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton

from daps_desktop.album.model import Album, AlbumItem
from daps_desktop.imaging.rect import Rect
from daps_desktop.jobs.damage import MissingPixels
from daps_desktop.jobs.report import PlaceToMend, Trace
from daps_desktop.jobs.task import Task
from daps_desktop.jobs.verdict import judge
from daps_desktop.ui.album import album_text
from daps_desktop.ui.canvas.drawing.compare_state import CompareMode
from daps_desktop.ui.common.verdict_text import format_verdict
from tests.fakes.hosts import report_of
from tests.ui.conftest import Desk

PLACES = (
    PlaceToMend.of(Rect(48, 60, 52, 90), "damage", np.ones((4, 30), bool)),
    PlaceToMend.of(Rect(200, 300, 210, 305), "damage", np.eye(10, 5, dtype=bool)),
)


@pytest.fixture
def traced(opened: Desk) -> Desk:
    """A repair that left a trace at two places."""
    opened.drag((50, 100), (50, 160))
    opened.trigger("restore")
    opened.host.finish(7, *PLACES)
    box = opened.window.panel.run_box
    opened.bot.waitUntil(box.show_place.isVisible, timeout=5000)
    return opened


def press(desk: Desk, button: QPushButton) -> None:
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    desk.bot.wait(10)


def outlined(desk: Desk) -> bool:
    """Whether the line around a place is seen in the middle of the canvas."""
    canvas = desk.window.canvas
    image = canvas.grab().toImage()
    gold = [
        image.pixelColor(x, y).getRgb()[:3] == (255, 196, 0)
        for x in range(0, image.width(), 2)
        for y in range(image.height() // 4, 3 * image.height() // 4, 2)
    ]
    return any(gold)


def test_the_verdict_counts_the_places(traced: Desk) -> None:
    said = traced.window.panel.run_box.verdict.text()
    assert said.startswith("2 places repaired. A trace is left at 2 places. ") and "Agrees" not in said


def test_show_goes_to_each_in_turn_and_outlines_it(traced: Desk) -> None:
    window, box = traced.window, traced.window.panel.run_box
    assert not outlined(traced)
    for place in (*PLACES, PLACES[0]):
        press(traced, box.show_place)
        view = window.canvas.view
        assert view is not None and window.compare.mode is not CompareMode.ORIGINAL
        middle = QPointF((place.rect.left + place.rect.right) / 2, (place.rect.top + place.rect.bottom) / 2)
        off = view.to_widget(middle) - QPointF(window.canvas.rect().center())
        assert off.manhattanLength() < 4 and outlined(traced)
    window.model.show_version(None)
    assert not outlined(traced) and not box.show_place.isVisible()


def test_mark_these_adds_them_as_one_step_of_undo_and_restore_sends_them(traced: Desk) -> None:
    box, before = traced.window.panel.run_box, traced.hole.copy()
    press(traced, box.mark_places)
    expected = before.copy()
    expected[48:52, 60:90] = True
    expected[200:205, 300:305] |= np.eye(5, dtype=bool)
    np.testing.assert_array_equal(traced.hole, expected)
    assert not box.mark_places.isEnabled() and box.show_place.isEnabled()
    traced.trigger("undo")
    np.testing.assert_array_equal(traced.hole, before)
    assert box.mark_places.isEnabled()
    QTest.keyClick(traced.window.canvas, Qt.Key.Key_J, Qt.KeyboardModifier(0x06000000))
    traced.trigger("restore")
    mask = traced.host.requests[-1].mask
    assert mask is not None
    np.testing.assert_array_equal(mask, expected)


def test_where_it_cannot_be_told_is_said_and_gone_to(opened: Desk) -> None:
    opened.drag((50, 100), (50, 160))
    opened.trigger("restore")
    opened.host.finish(7, replace(PLACES[0], reason="doubt"))
    box = opened.window.panel.run_box
    opened.bot.waitUntil(box.show_place.isVisible, timeout=5000)
    said = box.verdict.text()
    assert said.startswith("1 place repaired. Whether a trace is left cannot be told at 1 place. ")
    press(opened, box.show_place)
    assert outlined(opened)


def test_a_repair_without_a_trace_has_nothing_to_show(opened: Desk) -> None:
    opened.drag((50, 100), (50, 160))
    opened.trigger("restore")
    opened.host.finish()
    box = opened.window.panel.run_box
    opened.bot.waitUntil(box.verdict.isVisible, timeout=5000)
    assert "No trace of the damage was found." in box.verdict.text()
    assert not box.show_place.isVisible() and not opened.window.actions_["mark_places"].isEnabled()


def test_the_places_come_back_with_the_project(traced: Desk, tmp_path: Path) -> None:
    path = tmp_path / "work.daps"
    with traced.bot.waitSignal(traced.window.projects.saved, timeout=5000):
        traced.window.projects.save_to(path, embed=True)
    said = traced.window.panel.run_box.verdict.text()
    traced.trigger("close")
    traced.open(path)
    box = traced.window.panel.run_box
    traced.bot.waitUntil(lambda: box.verdict.text() == said and box.show_place.isVisible(), timeout=5000)
    press(traced, box.show_place)
    assert outlined(traced)


def test_what_nobody_could_look_at_is_said_in_words(opened: Desk) -> None:
    request = opened.document.request("a", 0)
    report = replace(report_of(request), trace=None)
    said = format_verdict(judge(report, Task((MissingPixels(),)), np.eye(20, dtype=bool)))
    assert said.startswith("Whether a trace of the damage is left cannot be told. ")


def test_an_album_says_which_to_look_at() -> None:
    row = AlbumItem("a.png", "done", repair="trace", traces=1, repaired=3, redrawn=0.01)
    told = album_text.format_verdict(row)
    assert told.startswith("3 places repaired. A trace is left at 1 place.") and told.endswith("Look at it.")
    doubtful = album_text.format_verdict(replace(row, repair="unknown"))
    assert "cannot be told at 1 place." in doubtful and doubtful.endswith("Look at it.")
    rows = (row, replace(row, repair="done", traces=0), AlbumItem("b.png", "failed", repair="trace"))
    assert album_text.format_progress(Album(rows=rows)).startswith(
        "2 of 3 photos done, 1 put aside for a look"
    )
    done = album_text.format_verdict(replace(row, repair="done", traces=0))
    assert "No trace" in done and "Look at it" not in done
    assert album_text.format_verdict(replace(row, repair="", agreement="agrees")).startswith("Agrees")


@pytest.mark.parametrize("marks", ["", "nonsense", "aGVsbG8="])
def test_a_place_that_is_none_is_refused(marks: str) -> None:
    with pytest.raises(ValueError):
        PlaceToMend(Rect(0, 0, 5, 5), "damage", marks)
    assert not Trace(1, [*PLACES]).fits(100, 100) and Trace(2, [*PLACES]).fits(210, 305)
