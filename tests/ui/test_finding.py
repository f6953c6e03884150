"""Find scratches and dust: asked of the engine, and only proposals until they are accepted."""

from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDoubleSpinBox

from daps_desktop.analysis.diagnosis import CLEAN
from daps_desktop.analysis.fading import fading_curve
from daps_desktop.analysis.finding.pieces import pieces
from daps_desktop.imaging.formats.writer import write_photo
from daps_desktop.imaging.mask import dilate
from daps_desktop.imaging.photo import Photo
from daps_desktop.jobs.damage import Fading, GaussianBlur, MissingPixels
from daps_desktop.jobs.messages import Cancelled, Failed, FindResult, ProfileResult
from daps_desktop.jobs.task import Task
from daps_desktop.ui.canvas.drawing.compare_state import CompareMode
from daps_desktop.ui.canvas.drawing.proposal_overlay import PROPOSED
from daps_desktop.ui.panels.find_section import FIND
from tests.analysis.scenes import scene
from tests.analysis.test_fading import faded
from tests.analysis.test_profile import SPOTLESS
from tests.fakes.hosts import progress_of
from tests.ui.conftest import Desk
from tests.ui.test_tools import pen


def written(pixels: np.ndarray, folder: Path, name: str = "old") -> Path:
    path = folder / f"{name}.png"
    write_photo(Photo(pixels), path)
    return path


@pytest.fixture
def searched(desk: Desk, tmp_path: Path) -> Desk:
    """A photo that has been looked through, with its proposals on it."""
    desk.open(written(scene(12, *SIZE), tmp_path))
    desk.trigger("find")
    desk.host.answer_search(probable())
    assert desk.window.finder.reviewing
    return desk


SIZE = 360, 480


def probable() -> np.ndarray:
    """Two scratches, six specks, and as many that are hardly probable."""
    ground = np.zeros(SIZE, np.uint8)
    ground[40:43, 60:420] = 250
    ground[100:320, 240:243] = 230
    for k in range(6):
        ground[200:206, 20 + 30 * k : 26 + 30 * k] = 150 + k
        ground[300:306, 20 + 30 * k : 26 + 30 * k] = 60 + k
    return ground


def found(desk: Desk) -> np.ndarray:
    marked = desk.window.finder.proposed
    return np.zeros_like(desk.hole) if marked is None else marked


def middle_of_first(desk: Desk) -> tuple[int, int]:
    proposals = desk.window.finder.proposals
    assert proposals is not None
    places = np.argwhere(proposals.labels == desk.window.finder.chosen[0] + 1)
    row, col = places[len(places) // 2].tolist()
    return row, col


def free_place(desk: Desk) -> tuple[int, int]:
    """A pixel with no proposal near."""
    near = dilate(found(desk), 25)
    near[:10], near[:, :10] = True, True
    row, col = np.argwhere(~near)[0]
    return int(row), int(col)


def test_nothing_is_marked_before_it_is_accepted(searched: Desk) -> None:
    assert len(searched.window.finder.chosen) > 0
    assert not searched.hole.any() and not searched.window.model.undo_stack.canUndo()


def test_proposals_glow_on_the_canvas(searched: Desk) -> None:
    row, col = middle_of_first(searched)
    searched.window.canvas.repaint()
    shot = searched.window.canvas.grab().toImage()
    at = searched.point(row, col)
    assert shot.pixelColor(at).blue() < 90 < shot.pixelColor(at).red(), PROPOSED


def test_accepting_is_one_step_of_undo_and_ticks_scratches(searched: Desk) -> None:
    searched.window.model.set_task(Task((GaussianBlur(),)))
    proposed = found(searched)
    searched.window.panel.where.finding.accept.click()
    np.testing.assert_array_equal(searched.hole, proposed)
    assert searched.document.task.find(MissingPixels) and searched.document.task.find(GaussianBlur)
    assert not searched.window.finder.reviewing
    searched.trigger("undo")
    assert not searched.hole.any() and not searched.window.model.undo_stack.canUndo()


def test_accepting_keeps_what_was_marked_by_hand(searched: Desk) -> None:
    searched.window.model.set_mask(np.eye(*searched.hole.shape, dtype=bool), "by hand")
    proposed = found(searched)
    searched.trigger("accept_found")
    np.testing.assert_array_equal(searched.hole, proposed | np.eye(*searched.hole.shape, dtype=bool))


def test_a_click_leaves_one_out_and_another_takes_it_back(searched: Desk) -> None:
    at, all_of_them = middle_of_first(searched), found(searched)
    searched.click(at)
    fewer = found(searched)
    assert not fewer[at] and fewer.sum() < all_of_them.sum()
    assert "excluded" in searched.window.panel.where.finding.count.text()
    assert not searched.hole.any()  # the brush in hand drew nothing
    searched.click(at)
    np.testing.assert_array_equal(found(searched), all_of_them)


def test_a_pen_leaves_one_out_as_well(searched: Desk) -> None:
    canvas, at = searched.window.canvas, middle_of_first(searched)
    place, before = searched.point(*at), found(searched)
    assert pen(canvas, QEvent.Type.TabletPress, place, 0.5)
    QTest.mousePress(canvas, Qt.MouseButton.LeftButton, pos=place)  # made up by the system
    assert pen(canvas, QEvent.Type.TabletRelease, place, 0.0)
    QTest.mouseRelease(canvas, Qt.MouseButton.LeftButton, pos=place)
    assert not found(searched)[at] and not searched.hole.any()
    searched.click(at)
    np.testing.assert_array_equal(found(searched), before)


def test_beside_the_proposals_the_brush_still_paints(searched: Desk) -> None:
    row, col = free_place(searched)
    searched.click((row, col))
    assert searched.hole[row, col] and searched.window.finder.reviewing


def test_a_loose_stroke_takes_what_was_found_inside_it_however_unsure(searched: Desk) -> None:
    proposals = searched.window.finder.proposals
    assert proposals is not None
    labels = proposals.labels > 0
    searched.drag((303, 5), (303, 60))  # over unsure specks, which are not shown
    inside = searched.hole.copy()
    assert inside[302, 22] and not inside[~labels].any() and not found(searched)[302, 22]
    searched.trigger("undo")
    assert not searched.hole.any()
    searched.drag((303, 5), (303, 60), keys=Qt.KeyboardModifier.AltModifier)
    whole = searched.hole
    assert (whole >= inside).all() and whole[~labels].any()
    searched.drag((303, 5), (303, 60), button=Qt.MouseButton.RightButton)
    assert not searched.hole[302, 22]  # what erases erases all of it
    searched.trigger("dismiss_found")
    searched.drag((303, 5), (303, 60))
    assert searched.hole[303, 12] and not labels[303, 12]


def test_the_slider_only_adds_and_what_was_left_out_stays_out(searched: Desk) -> None:
    slider = searched.window.panel.where.finding.slider
    at = middle_of_first(searched)
    searched.click(at)
    before = found(searched)
    slider.setValue(100)
    more = found(searched)
    assert (more >= before).all() and more.sum() > before.sum() and not more[at]
    slider.setValue(0)
    assert not found(searched).any()
    assert not searched.window.panel.where.finding.accept.isEnabled()
    slider.setValue(50)
    np.testing.assert_array_equal(found(searched), before)


def test_what_was_left_out_stays_out_of_a_later_search_and_of_the_project(
    searched: Desk, tmp_path: Path
) -> None:
    at = middle_of_first(searched)
    searched.click(at)
    left = found(searched)
    proposals = searched.window.finder.proposals
    assert proposals is not None
    with searched.bot.waitSignal(searched.window.projects.saved, timeout=5000):
        searched.window.projects.save_to(tmp_path / "work.daps", embed=True)
    searched.open(tmp_path / "work.daps")
    searched.window.search.found.emit(proposals)
    np.testing.assert_array_equal(found(searched), left)


def test_enter_accepts_and_escape_dismisses(searched: Desk) -> None:
    proposed = found(searched)
    QTest.keyClick(searched.window.canvas, Qt.Key.Key_Escape)
    assert not searched.window.finder.reviewing and not searched.hole.any()
    QTest.keyClick(searched.window.canvas, Qt.Key.Key_F)
    searched.host.answer_search(probable())
    QTest.keyClick(searched.window.canvas, Qt.Key.Key_Return)
    np.testing.assert_array_equal(searched.hole, proposed)


def test_enter_in_a_number_ends_the_writing_there(searched: Desk) -> None:
    number = searched.window.panel.cards.card(GaussianBlur).findChildren(QDoubleSpinBox)[0]
    searched.window.panel.cards.card(GaussianBlur).tick.click()
    searched.window.activateWindow()
    number.setFocus()
    searched.bot.waitUntil(lambda: QApplication.focusWidget() is number)
    QTest.keyClick(number, Qt.Key.Key_Return)
    assert searched.window.finder.reviewing and not searched.hole.any()


def test_keys_of_a_shape_being_drawn_are_its_own(searched: Desk) -> None:
    searched.trigger("polygon")
    row, col = free_place(searched)
    searched.click((row, col))
    assert searched.window.tools.tool.is_drawing
    QTest.keyClick(searched.window.canvas, Qt.Key.Key_Escape)
    assert not searched.window.tools.tool.is_drawing and searched.window.finder.reviewing


def test_another_photo_drops_the_proposals(searched: Desk, tmp_path: Path) -> None:
    searched.open(written(scene(50, 120, 160), tmp_path, "other"))
    assert not searched.window.finder.reviewing
    assert not searched.window.actions_["accept_found"].isEnabled()


def test_where_nothing_is_found_that_is_said(desk: Desk, tmp_path: Path) -> None:
    desk.open(written(np.full((64, 64, 3), 120, np.uint8), tmp_path))
    section = desk.window.panel.where.finding
    section.button.click()
    desk.host.answer_search(np.zeros((64, 64), np.uint8))
    assert "None found" in section.line.text() and not desk.window.finder.reviewing


# The search itself


@pytest.fixture
def looking(desk: Desk, tmp_path: Path) -> Desk:
    """A photo that is being looked through."""
    desk.open(written(scene(12, *SIZE), tmp_path))
    desk.window.panel.where.finding.button.click()
    return desk


def line(desk: Desk) -> str:
    return desk.window.panel.where.finding.line.text()


def idle(desk: Desk) -> bool:
    return desk.window.panel.where.finding.button.text() == FIND and not desk.window.search.looking


def test_the_engine_is_asked_once_and_the_slider_asks_nothing(looking: Desk) -> None:
    (asked,) = looking.host.searches
    assert asked.photo is looking.document.photo
    looking.host.say(progress_of(asked.job_id, 1))
    assert "25%" in line(looking) and not idle(looking)
    looking.host.answer_search(probable())
    assert idle(looking)
    for stop in (10, 90, 60):
        looking.window.panel.where.finding.slider.setValue(stop)
    assert len(looking.host.searches) == 1


@pytest.mark.parametrize("how", ["button", "key"])
def test_it_can_be_stopped(looking: Desk, how: str) -> None:
    (asked,) = looking.host.searches
    if how == "button":
        looking.window.panel.where.finding.button.click()
    else:
        QTest.keyClick(looking.window.canvas, Qt.Key.Key_Escape)
    assert looking.host.dropped[-1] == asked.job_id and idle(looking) and not line(looking)
    looking.host.say(Cancelled(asked.job_id))
    looking.host.say(FindResult(asked.job_id, pieces(probable())))  # it was quicker
    assert not looking.window.finder.reviewing


def test_a_newer_search_replaces_an_older_one(looking: Desk) -> None:
    looking.trigger("find")
    first, second = looking.host.searches
    assert looking.host.dropped[-1] == first.job_id
    looking.host.say(FindResult(first.job_id, pieces(probable())))
    assert not looking.window.finder.reviewing and not idle(looking)
    looking.host.say(FindResult(second.job_id, pieces(probable())))
    assert looking.window.finder.reviewing and idle(looking)


@pytest.mark.parametrize("what", ["another photo", "close", "the window"])
def test_what_takes_the_photo_away_ends_the_search(looking: Desk, what: str, tmp_path: Path) -> None:
    (asked,) = looking.host.searches
    if what == "another photo":
        looking.open(written(scene(50, 120, 160), tmp_path, "other"))
    elif what == "close":
        looking.trigger("close")
    else:
        looking.window.close()
    assert asked.job_id in looking.host.dropped and not looking.window.search.looking
    looking.host.say(FindResult(asked.job_id, pieces(probable())))
    assert not looking.window.finder.reviewing


def test_a_run_does_not_wait_for_it_and_it_goes_on_after_that(looking: Desk) -> None:
    looking.window.model.set_task(Task((GaussianBlur(),)))
    looking.trigger("restore")
    assert looking.host.searches[0].job_id in looking.host.dropped
    assert "when the restoration has ended" in line(looking) and len(looking.host.searches) == 1
    looking.host.finish()
    looking.bot.waitUntil(lambda: len(looking.host.searches) == 2, timeout=3000)
    looking.host.answer_search(probable())
    assert looking.window.finder.reviewing


def test_asked_for_during_a_run_it_waits_for_its_end_or_is_stopped(desk: Desk, tmp_path: Path) -> None:
    desk.open(written(scene(12, *SIZE), tmp_path))
    desk.window.model.set_task(Task((GaussianBlur(),)))
    desk.trigger("restore")
    desk.trigger("find")
    assert not desk.host.searches and not idle(desk)
    desk.window.panel.where.finding.button.click()
    assert idle(desk)
    desk.host.finish()
    desk.bot.wait(50)
    assert not desk.host.searches


def test_without_its_finder_that_is_said_and_marks_by_hand_still_work(looking: Desk) -> None:
    looking.host.say(Failed(looking.host.searches[0].job_id, "finder_damaged", {}))
    assert idle(looking) and not line(looking)
    banner = looking.window.panel.run_box.banner
    assert banner.isVisible() and "mark the damage by hand" in banner.sentence.text()
    looking.click((100, 100))
    assert looking.hole[100, 100]


def test_a_clean_photo_is_said_to_need_nothing_and_can_be_restored_all_the_same(
    desk: Desk, tmp_path: Path
) -> None:
    desk.open(written(scene(41, 360, 480), tmp_path))
    desk.bot.waitUntil(lambda: len(desk.host.profiles) == 1, timeout=3000)
    assert not desk.window.panel.where.finding.clean.isVisible()
    desk.host.say(ProfileResult(desk.host.profiles[0].job_id, SPOTLESS))
    assert desk.window.panel.where.finding.clean.text() == CLEAN
    desk.window.model.set_task(Task((GaussianBlur(),)))
    assert desk.window.actions_["restore"].isEnabled()


def test_fading_is_previewed_in_place_and_the_key_shows_the_original(desk: Desk, tmp_path: Path) -> None:
    old = faded(scene(46, 240, 320))
    desk.open(written(old, tmp_path))
    window = desk.window
    at = (120, 160)

    def seen() -> tuple[int, ...]:
        window.canvas.repaint()
        return window.canvas.grab().toImage().pixelColor(desk.point(*at)).getRgb()[:3]

    assert seen() == pytest.approx(tuple(old[at].tolist()), abs=6)
    window.model.set_task(Task((Fading(1.0),)))
    corrected = fading_curve(old).apply(old)
    assert np.abs(corrected[at].astype(int) - old[at]).max() > 15
    desk.bot.waitUntil(lambda: seen() == pytest.approx(tuple(corrected[at].tolist()), abs=6), timeout=5000)
    assert window.compare.mode is CompareMode.PREVIEW
    window.compare.set_peeking(True)
    assert seen() == pytest.approx(tuple(old[at].tolist()), abs=6)
    window.compare.set_peeking(False)
    desk.trigger("original")  # Before is the photo
    assert seen() == pytest.approx(tuple(old[at].tolist()), abs=6)
    desk.trigger("preview")
    assert seen() == pytest.approx(tuple(corrected[at].tolist()), abs=6)
    window.model.set_task(Task((Fading(0.0),)))
    assert seen() == pytest.approx(tuple(old[at].tolist()), abs=6)
