"""From Restore to the saved file, on a scripted host."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest

from daps_desktop.imaging.formats.reader import read_photo
from daps_desktop.imaging.formats.writer import write_photo
from daps_desktop.jobs.damage import Downsampling, GaussianBlur, MissingPixels, MotionBlur, Noise
from daps_desktop.jobs.messages import Failed, Notice, RestoreResult
from daps_desktop.ui.canvas.drawing.compare_state import CompareMode
from daps_desktop.ui.common import labels
from daps_desktop.ui.models.job_model import JobState
from tests.fakes.hosts import progress_of, report_of
from tests.ui.conftest import Desk

LEFT = Qt.MouseButton.LeftButton


def press_restore(desk: Desk) -> None:
    QTest.mouseClick(desk.window.panel.run_box.button, LEFT)


def wait_for_result(desk: Desk) -> None:
    desk.bot.waitUntil(lambda: desk.window.compare.mode is CompareMode.SPLIT, timeout=5000)


@pytest.fixture
def marked(opened: Desk) -> Desk:
    opened.drag((100, 50), (100, 250))
    return opened


def test_restore_shows_progress_then_the_result_then_saves_it(marked: Desk, photo_path: Path) -> None:
    box = marked.window.panel.run_box
    press_restore(marked)
    assert box.button.text() == labels.STOP
    marked.host.step(1)
    assert box.button.text() == labels.STOP  # one step gives no pace
    marked.host.step(2)
    assert box.button.text() == "Stop (10 to 30 s left)"
    assert marked.window.compare.mode is CompareMode.RESULT
    marked.host.step(3)
    assert marked.window.job.percent == 75
    marked.host.finish(value=7)
    wait_for_result(marked)
    assert box.verdict.text() == (
        "1 place repaired. No trace of the damage was found. 1.6\N{NO-BREAK SPACE}% of it was redrawn."
    )
    assert box.button.text() == labels.RESTORE and box.save.isVisible()
    with marked.bot.waitSignal(QGuiApplication.clipboard().dataChanged, timeout=5000):
        marked.trigger("copy")
    copied = QGuiApplication.clipboard().image().pixelColor(100, 100)
    assert copied.getRgb()[:3] == (7, 7, 7)
    target = photo_path.with_name("family_restored.png")
    marked.export(target)
    original, saved = read_photo(photo_path).pixels, read_photo(target).pixels
    np.testing.assert_array_equal(saved[~marked.hole], original[~marked.hole])
    assert (saved[marked.hole] == 7).all()
    assert not marked.window.model.unsaved and box.save.property("quiet")


def test_what_is_shown_can_be_saved_during_and_after_any_run(marked: Desk, tmp_path: Path) -> None:
    box = marked.window.panel.run_box
    press_restore(marked)
    assert not box.save.isVisible()  # nothing to save yet
    marked.host.finish()
    wait_for_result(marked)
    assert box.save.isVisible() and not box.save.property("quiet")
    marked.trigger("try_more")
    marked.host.step(1)
    save_pressed(marked)
    marked.trigger("stop_all")
    save_pressed(marked)
    marked.host.answer_cancelled()
    save_pressed(marked)
    work = tmp_path / "work.daps"
    with marked.bot.waitSignal(marked.window.projects.saved, timeout=5000):
        marked.window.projects.save_to(work, embed=True)
    marked.trigger("close")
    marked.open(work)
    save_pressed(marked)
    assert box.save.property("quiet") and not box.button.property("quiet")


def save_pressed(desk: Desk) -> None:
    """Both Save and Export… can be pressed now, and the latter leads to the dialog."""
    box = desk.window.panel.run_box
    assert box.save.isVisible() and box.save.isEnabled()
    QTest.mouseClick(box.export, LEFT)
    dialog = desk.window.exporting.dialog
    assert dialog is not None and dialog.isVisible()
    dialog.reject()


def test_the_request_holds_a_copy_the_user_can_paint_beside(marked: Desk) -> None:
    press_restore(marked)
    request = marked.host.requests[-1]
    sent = request.mask.copy()
    marked.drag((200, 50), (200, 250))
    assert marked.hole[200, 100]
    np.testing.assert_array_equal(request.mask, sent)
    assert not request.mask.flags.writeable


def test_the_split_line_can_be_dragged_and_does_not_paint(marked: Desk) -> None:
    press_restore(marked)
    marked.host.finish()
    wait_for_result(marked)
    canvas, compare = marked.window.canvas, marked.window.compare
    marked.bot.waitUntil(lambda: compare.position == 0.5, timeout=2000)
    before = marked.hole.copy()
    middle = QPointF(canvas.rect().center()).toPoint()
    QTest.mousePress(canvas, LEFT, pos=middle)
    QTest.mouseMove(canvas, middle * 0.5)
    QTest.mouseRelease(canvas, LEFT, pos=middle * 0.5)
    assert compare.position == pytest.approx(0.25, abs=0.01)
    np.testing.assert_array_equal(marked.hole, before)


def test_stop_ends_in_cancelled_and_keeps_the_marks(marked: Desk) -> None:
    painted = marked.hole.copy()
    press_restore(marked)
    marked.host.step(1)
    press_restore(marked)
    box = marked.window.panel.run_box
    assert marked.host.cancelled == [marked.host.requests[-1].job_id]
    assert box.button.text() == labels.STOPPING and not box.button.isEnabled()
    marked.host.answer_cancelled()
    assert marked.window.job.state is JobState.CANCELLED
    assert box.button.text() == labels.RESTORE and box.button.isEnabled()
    assert not marked.window.compare.available  # no half-made picture stays behind
    np.testing.assert_array_equal(marked.hole, painted)
    assert marked.window.model.shown is None


def test_another_photo_was_not_stopped(marked: Desk, tmp_path: Path) -> None:
    press_restore(marked)
    press_restore(marked)
    marked.host.answer_cancelled()
    hint = marked.window.panel.run_box.hint
    assert hint.text() == labels.STOPPED
    write_photo(marked.document.photo, tmp_path / "other.png")
    marked.window.model.mark_saved()
    marked.open(tmp_path / "other.png")
    assert hint.text() == ""


def test_what_is_chosen_during_a_run_leaves_its_progress_alone(marked: Desk) -> None:
    box = marked.window.panel.run_box
    press_restore(marked)
    marked.host.step(1)
    marked.host.step(2)
    said = box.button.text(), box.hint.text(), box.bar.value()
    marked.window.panel.cards.card(Noise).tick.click()
    assert (box.button.text(), box.hint.text(), box.bar.value()) == said and said[2] == 50


def test_failed_says_why_and_keeps_the_marks(marked: Desk) -> None:
    painted = marked.hole.copy()
    press_restore(marked)
    job_id = marked.host.requests[-1].job_id
    facts = {"needed_mb": 900, "available_mb": 300}
    marked.host.say(Failed(job_id, "memory_short", facts, "the traceback"))
    box = marked.window.panel.run_box
    assert marked.window.job.state is JobState.FAILED
    assert box.banner.isVisible() and "about 900 MB" in box.banner.sentence.text()
    assert not box.banner.shown_details.isVisible()
    QTest.mouseClick(box.banner.fold, LEFT)
    assert box.banner.shown_details.isVisible() and "the traceback" in box.banner.shown_details.toPlainText()
    np.testing.assert_array_equal(marked.hole, painted)
    press_restore(marked)
    assert not box.banner.isVisible() and len(marked.host.requests) == 2


def test_messages_of_an_abandoned_job_are_not_heard(marked: Desk) -> None:
    press_restore(marked)
    old = marked.host.requests[-1].job_id
    marked.window.job.discard()
    marked.host.say(progress_of(old, 2))
    assert marked.window.job.state is JobState.IDLE
    press_restore(marked)
    marked.host.say(progress_of(old, 3))
    assert marked.window.job.percent == 0


def test_restore_without_marks_says_what_to_do(opened: Desk) -> None:
    press_restore(opened)
    assert opened.host.requests == []
    assert "paint over the damage" in opened.window.panel.run_box.banner.sentence.text()


def test_cards_become_the_task_of_the_request(marked: Desk) -> None:
    cards, how = marked.window.panel.cards, marked.window.panel.how
    cards.card(MissingPixels).tick.click()
    cards.card(MotionBlur).tick.click()
    cards.card(GaussianBlur).tick.click()  # greyed out: one kind of blur at a time
    cards.card(MotionBlur).tick.click()
    cards.card(GaussianBlur).tick.click()
    cards.card(Downsampling).tick.click()
    cards.card(Downsampling).findChild(type(how.quality)).button(4).click()
    cards.card(Noise).tick.click()
    cards.noise.level.automatic.click()
    cards.noise.level.level.box.setValue(12.0)
    how.quality.button("best").click()
    press_restore(marked)
    request = marked.host.requests[-1]
    assert set(request.task.damages) == {GaussianBlur(2.0), Downsampling(4), Noise()}
    assert marked.window.panel.where.share.text() == labels.MARKS_UNUSED
    assert request.settings.noise == 12.0 and request.settings.preset == "best"
    assert request.mask is None


def test_nothing_ticked_cannot_be_restored(opened: Desk) -> None:
    opened.window.panel.cards.card(MissingPixels).tick.click()
    assert not opened.window.panel.run_box.button.isEnabled()
    assert opened.window.panel.run_box.hint.text() == labels.TICK_FIRST


def test_the_check_panel_draws_one_point_a_step(marked: Desk) -> None:
    marked.trigger("check")
    press_restore(marked)
    marked.host.say(replace(progress_of(marked.host.requests[-1].job_id, 1), step=0, fraction=0.0))
    assert marked.window.panel.run_box.hint.text() == labels.PREPARING
    for step in (1, 2, 2, 3):  # a step that takes long is reported more than once
        marked.host.step(step, with_preview=False)
    assert marked.window.check.plot.values == pytest.approx([11, 6, 1 + 10 / 3])
    marked.host.finish()
    assert len(marked.window.check.plot.values) == 4
    assert marked.window.check.note.text() == labels.PLOT_NOTE_REPAIR


def test_a_stopped_run_gives_curve_and_verdict_back_to_the_last_result(marked: Desk) -> None:
    marked.trigger("check")
    press_restore(marked)
    marked.host.finish()
    wait_for_result(marked)
    box, plot = marked.window.panel.run_box, marked.window.check.plot
    curve, verdict = plot.values, box.verdict.text()
    press_restore(marked)
    marked.host.step(1, steps=40)
    assert plot.values != curve and not box.verdict.isVisible()
    press_restore(marked)
    marked.host.answer_cancelled()
    assert plot.values == curve
    assert box.verdict.isVisible() and box.verdict.text() == verdict


def test_another_photo_takes_away_what_was_said_of_the_last(marked: Desk, photo_path: Path) -> None:
    marked.trigger("check")
    press_restore(marked)
    marked.host.finish()
    wait_for_result(marked)
    marked.window.model.mark_saved()
    marked.open(photo_path)
    assert marked.window.check.plot.values == []
    assert not marked.window.panel.run_box.verdict.isVisible()


def test_a_notice_stays_while_the_job_goes_on(marked: Desk) -> None:
    press_restore(marked)
    marked.host.say(Notice(marked.host.requests[-1].job_id, "noise_estimated", {"noise": 4.2}))
    marked.host.step(1)
    notes = marked.window.panel.run_box.notes
    assert notes.isVisible() and "4.2 of 255" in notes.text()
    marked.host.finish()
    assert notes.isVisible()
    press_restore(marked)
    assert not notes.isVisible()


def test_a_larger_result_says_its_size(marked: Desk) -> None:
    press_restore(marked)
    request = marked.host.requests[-1]
    pixels = request.photo.pixels.repeat(2, axis=0).repeat(2, axis=1)
    marked.host.say(RestoreResult(request.job_id, request.photo.with_pixels(pixels), report_of(request)))
    assert "800 × 600" in marked.window.panel.run_box.notes.text()


def test_the_noise_level_is_seen_only_where_it_counts(opened: Desk) -> None:
    cards = opened.window.panel.cards
    cards.card(Noise).tick.click()
    assert not cards.noise.level.level.isVisible()
    cards.noise.level.automatic.click()
    assert cards.noise.level.level.isVisible() and opened.document.settings.noise is not None


def test_marks_made_during_a_run_are_said_to_be_missing_from_its_result(marked: Desk) -> None:
    press_restore(marked)
    marked.drag((200, 50), (200, 250))
    marked.host.finish()
    assert marked.window.panel.run_box.notes.text() == labels.MARKS_NEWER
    press_restore(marked)
    marked.host.finish()
    assert not marked.window.panel.run_box.notes.isVisible()


def test_space_after_a_click_on_restore_does_not_stop_the_job(marked: Desk) -> None:
    marked.window.activateWindow()
    marked.window.canvas.setFocus()
    press_restore(marked)
    QTest.keyClick(marked.window.focusWidget(), Qt.Key.Key_Space)
    assert marked.window.job.running and not marked.window.job.stopping


def test_the_comparison_shows_the_original_without_marks(marked: Desk) -> None:
    canvas, place = marked.window.canvas, marked.point(100, 60)
    ring = marked.point(250, 350)
    QTest.mouseMove(canvas, ring)  # the brush out of the way

    def shown() -> tuple[int, ...]:
        return canvas.grab().toImage().pixelColor(place * canvas.devicePixelRatioF()).getRgb()[:3]

    tinted = shown()
    QTest.keyPress(marked.window, Qt.Key.Key_Backslash)
    plain = shown()
    QTest.keyRelease(marked.window, Qt.Key.Key_Backslash)
    assert tinted[0] > plain[0] + 40 and shown() == tinted
    press_restore(marked)
    marked.host.finish()
    wait_for_result(marked)
    marked.bot.waitUntil(lambda: marked.window.compare.position == 0.5, timeout=2000)
    assert shown() == plain
    marked.click((150, 100))  # who paints sees the marks again
    assert marked.window.compare.mode is CompareMode.ORIGINAL and marked.hole[150, 100]
    assert shown() == tinted
