"""The strip of versions: looking, trying more, averaging, naming, going back."""

from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QInputDialog, QMenu

from daps_desktop.imaging.formats.writer import write_photo
from daps_desktop.imaging.photo import Photo
from daps_desktop.imaging.rect import Rect
from daps_desktop.jobs.damage import GaussianBlur, MissingPixels, Noise
from daps_desktop.jobs.messages import RestoreResult
from daps_desktop.jobs.task import Task
from daps_desktop.ui.canvas.drawing.compare_state import CompareMode
from daps_desktop.ui.canvas.drawing.pyramid import Pyramid
from daps_desktop.ui.results import result_view, version_compositor
from daps_desktop.ui.results.composite_pyramid import CompositePyramid
from daps_desktop.ui.results.filmstrip import Filmstrip
from tests.fakes.hosts import report_of
from tests.ui.conftest import Desk

LEFT, RIGHT = Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton


def strip_of(desk: Desk) -> Filmstrip:
    return desk.window.versions.panel.strip


def run(desk: Desk, value: int) -> None:
    """Restore, and wait until the new version has been drawn over the photo."""
    desk.trigger("original")
    desk.trigger("restore")
    desk.host.finish(value)
    desk.bot.waitUntil(lambda: desk.window.compare.mode is CompareMode.SPLIT, timeout=5000)


def shown(desk: Desk) -> int:
    version = desk.window.model.shown
    assert version is not None
    return version.number


def place(desk: Desk, number: int) -> QPoint:
    strip = strip_of(desk)
    return strip.visualItemRect(strip.item(strip.numbers.index(number))).center()


@pytest.fixture
def two(opened: Desk) -> Desk:
    """Two versions that differ in their seed and quality."""
    opened.drag((100, 50), (100, 250))
    run(opened, 10)
    opened.window.panel.how.quality.button("draft").click()
    run(opened, 20)
    return opened


def test_results_come_into_the_strip_with_a_picture_and_a_story(two: Desk) -> None:
    strip = strip_of(two)
    assert strip.numbers == [1, 2] and shown(two) == 2
    assert [strip.item(i).text() for i in (0, 1)] == ["Scratches", "Scratches (2)"]
    assert "Quality: Draft" in strip.item(1).toolTip() and "Scratches" in strip.item(1).toolTip()

    def pictured() -> bool:
        image = strip.item(0).icon().pixmap(96, 64).toImage()
        return image.pixelColor(image.rect().center()).alpha() == 255

    two.bot.waitUntil(pictured, timeout=5000)


def test_a_click_and_the_arrow_keys_show_a_version(two: Desk) -> None:
    strip, canvas = strip_of(two), two.window.canvas
    QTest.mouseClick(strip.viewport(), LEFT, pos=place(two, 1))
    assert shown(two) == 1
    two.bot.waitUntil(two.window.actions_["result"].isEnabled, timeout=5000)
    two.trigger("result")

    def seen() -> int:
        return canvas.grab().toImage().pixelColor(two.point(100, 150)).red()

    two.bot.waitUntil(lambda: abs(seen() - 10) < 4, timeout=5000)
    QTest.keyClick(strip, Qt.Key.Key_Right)
    assert shown(two) == 2
    two.bot.waitUntil(lambda: abs(seen() - 20) < 4, timeout=5000)
    two.trigger("previous_version")
    assert shown(two) == 1
    two.trigger("previous_version")
    assert shown(two) == 1 and strip.currentRow() == 0
    with two.bot.waitSignal(QGuiApplication.clipboard().dataChanged, timeout=5000):
        two.trigger("copy")  # what is shown is what goes out
    assert QGuiApplication.clipboard().image().pixelColor(150, 100).red() == 10


def test_the_verdict_is_that_of_the_version_shown(two: Desk) -> None:
    verdict = two.window.panel.run_box.verdict
    two.drag((200, 50), (200, 350))
    run(two, 30)
    large = verdict.text()
    two.trigger("previous_version")
    small = verdict.text()
    assert small != large and all("was redrawn" in words for words in (small, large))
    for _ in range(4):  # the third result, its stroke, the second and the first are undone
        two.trigger("undo")
    assert two.window.model.shown is None and not verdict.isVisible()  # the photo itself
    QTest.mouseClick(strip_of(two).viewport(), LEFT, pos=place(two, 3))
    assert verdict.isVisible() and verdict.text() == large
    two.trigger("try_more")
    two.host.step(1)
    assert not verdict.isVisible()
    QTest.mouseClick(strip_of(two).viewport(), LEFT, pos=place(two, 1))
    assert verdict.isVisible() and verdict.text() == small


def test_held_keys_and_shortcuts_work_while_the_strip_has_the_keys(two: Desk) -> None:
    strip = strip_of(two)
    strip.setFocus()
    QTest.keyPress(strip, Qt.Key.Key_Backslash)
    assert two.window.compare.peeking
    QTest.keyRelease(strip, Qt.Key.Key_Backslash)
    assert not two.window.compare.peeking and shown(two) == 2


def test_the_settings_and_marks_of_a_version_come_back_at_a_click(two: Desk) -> None:
    marks = two.hole.copy()
    model = two.window.model
    two.trigger("clear")
    model.set_task(Task((GaussianBlur(),)))
    QTest.mouseClick(strip_of(two).viewport(), LEFT, pos=place(two, 1))
    steps = model.undo_stack.index()
    two.trigger("use_settings")
    np.testing.assert_array_equal(two.hole, marks)
    assert two.document.task == Task((MissingPixels(),)) and two.document.settings.preset == "balanced"
    assert two.window.panel.how.quality.value == "balanced"
    assert model.undo_stack.index() == steps + 1
    two.trigger("undo")
    assert not two.hole.any()


def test_what_was_done_once_is_never_overwritten(two: Desk) -> None:
    before = [version.photo.pixels.copy() for version in two.document.versions]
    run(two, 30)
    two.trigger("undo")
    assert [version.number for version in two.document.versions] == [1, 2, 3]
    for version, pixels in zip(two.document.versions, before, strict=False):
        np.testing.assert_array_equal(version.photo.pixels, pixels)


def test_try_three_more_draws_three_samples_with_new_seeds(two: Desk) -> None:
    two.trigger("previous_version")
    two.trigger("try_more")
    two.trigger("try_more")  # asked again before they came
    for value in (40, 50, 60, 70, 80, 90):
        two.host.finish(value)
    assert not two.window.job.running
    drawn = two.host.requests[2:]
    first = two.document.versions[0]
    assert [request.settings.seed for request in drawn] == [1, 2, 3, 4, 5, 6]
    for request in drawn:
        assert request.settings.output == "sample" and request.settings.preset == "balanced"
        assert request.task == first.recipe.task
        np.testing.assert_array_equal(request.mask, first.mask)
    assert strip_of(two).item(5).text() == "Scratches, sample (4)"


def test_the_mean_of_the_samples_becomes_a_version(two: Desk) -> None:
    assert not two.window.actions_["safest"].isEnabled()
    two.trigger("try_more")
    for value in (40, 51, 60):
        two.host.finish(value)
    two.trigger("safest")
    two.bot.waitUntil(lambda: len(two.document.versions) == 6, timeout=5000)
    mean, mask = two.document.versions[-1], two.hole
    assert (mean.photo.pixels[mask] == 50).all() and mean.report is None and mean.kind == "safest"
    np.testing.assert_array_equal(mean.photo.pixels[~mask], two.document.photo.pixels[~mask])
    assert mean.name == "mean of 3 samples" and shown(two) == 6


def test_a_version_gets_a_name_and_keeps_its_place(two: Desk) -> None:
    two.trigger("previous_version")
    two.trigger("rename_version")
    dialog = two.window.findChild(QInputDialog)
    dialog.setTextValue("  Grandma,  softly ")
    dialog.accept()
    two.bot.waitUntil(lambda: two.window.findChild(QInputDialog) is None)
    assert strip_of(two).item(0).text() == "Grandma, softly"
    assert two.document.versions[0].name == "Grandma, softly" and shown(two) == 1
    assert two.window.model.shown is two.document.versions[0]


def titles_of(desk: Desk) -> list[str]:
    strip = strip_of(desk)
    return [strip.item(row).text() for row in range(strip.count())]


def test_versions_are_called_by_what_was_done_and_numbered_where_two_are_alike(two: Desk) -> None:
    two.window.model.set_task(Task((MissingPixels(), Noise())))
    run(two, 30)
    assert titles_of(two) == ["Scratches", "Scratches (2)", "Scratches, grain"]
    two.window.versions.rename(1, "Grandma")
    assert titles_of(two) == ["Grandma", "Scratches", "Scratches, grain"]


def test_a_version_is_deleted_and_comes_back_by_undo(two: Desk) -> None:
    run(two, 30)
    two.trigger("previous_version")
    two.trigger("delete_version")
    assert strip_of(two).numbers == [1, 3] and shown(two) == 3
    two.trigger("delete_version")
    assert strip_of(two).numbers == [1] and shown(two) == 1
    run(two, 40)
    assert strip_of(two).numbers == [1, 4]  # a number is never given twice
    for numbers in ([1, 4], [1, 3, 4], [1, 2, 3, 4]):  # what is undone first is that 4 is shown
        two.trigger("undo")
        assert strip_of(two).numbers == numbers
    assert shown(two) == 2 and two.document.versions[1].photo.pixels[two.hole][0, 0] == 20
    two.trigger("redo")
    assert strip_of(two).numbers == [1, 3, 4]


def test_no_version_is_left_where_the_only_one_is_deleted(opened: Desk) -> None:
    opened.drag((100, 50), (100, 250))
    run(opened, 10)
    opened.trigger("delete_version")
    assert opened.window.model.shown is None and opened.window.versions.panel.empty.isVisible()
    assert not opened.window.actions_["delete_version"].isEnabled()
    opened.trigger("undo")
    assert shown(opened) == 1


def test_undo_during_a_run_takes_back_paint_and_shows_no_other_version(two: Desk) -> None:
    marks = two.hole.copy()
    two.trigger("try_more")
    two.drag((200, 50), (200, 250))
    two.host.finish(40)  # two more to come
    two.trigger("undo")
    np.testing.assert_array_equal(two.hole, marks)
    assert shown(two) == 3
    two.trigger("undo")
    assert not two.hole.any() and shown(two) == 3
    assert not two.window.actions_["undo"].isEnabled()  # only versions are left
    two.trigger("redo")
    np.testing.assert_array_equal(two.hole, marks)
    assert shown(two) == 3
    two.trigger("stop_all")
    two.host.answer_cancelled()


@pytest.mark.qt_log_ignore("This plugin does not support", extend=True)
def test_the_menu_of_a_version_acts_on_that_version(two: Desk) -> None:
    strip = strip_of(two)
    QTest.mouseClick(strip.viewport(), RIGHT, pos=place(two, 1))
    assert shown(two) == 2  # asking for a menu shows nothing else
    strip.customContextMenuRequested.emit(place(two, 1))
    menu = two.window.versions.panel.findChild(QMenu)
    words = two.window.actions_["use_settings"].text()
    next(action for action in menu.actions() if action.text() == words).trigger()
    menu.close()
    two.bot.waitUntil(lambda: two.window.versions.panel.findChild(QMenu) is None)  # and nothing is left of it
    assert shown(two) == 1 and two.document.settings.preset == "balanced"


def test_pixels_of_large_versions_leave_the_memory(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DAPS_DESKTOP_DATA", str(tmp_path / "data"))
    write_photo(Photo(np.full((800, 900, 3), 90, np.uint8)), tmp_path / "large.png")
    desk.open(tmp_path / "large.png")
    desk.drag((100, 50), (100, 250))
    run(desk, 10)
    version = desk.document.versions[0]
    desk.bot.waitUntil(
        lambda: isinstance(desk.document.versions[0].photo.pixels.base, np.memmap), timeout=5000
    )
    np.testing.assert_array_equal(desk.document.versions[0].photo.pixels, version.photo.pixels)
    assert desk.window.model.shown is desk.document.versions[0]


def test_only_so_much_is_kept_to_show_versions_at_once(two: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    ready = two.window.result_view._recent
    assert list(ready) == [1, 2]
    two.trigger("previous_version")
    assert list(ready) == [2, 1]
    monkeypatch.setattr(result_view, "_KEPT_BYTES", 0)
    two.trigger("next_version")
    assert list(ready) == [2]


def test_another_photo_begins_with_an_empty_strip(two: Desk, photo_path: Path) -> None:
    two.window.model.mark_saved()
    two.open(photo_path)
    assert strip_of(two).numbers == [] and two.window.versions.panel.empty.isVisible()
    assert not two.window.actions_["use_settings"].isEnabled()


def begin_painting(desk: Desk, source: int) -> None:
    """Choose a version in the menu as source, into the one that is shown."""
    versions = desk.window.versions
    versions._act_on(source, "paint_from")
    desk.bot.waitUntil(lambda: desk.window.model.layer is not None, timeout=5000)


def test_one_version_is_painted_into_another_stroke_by_stroke(two: Desk) -> None:
    marks, canvas = two.hole.copy(), two.window.canvas
    begin_painting(two, 1)
    assert shown(two) == 2 and two.window.compare.mode is CompareMode.SPLIT
    two.trigger("result")
    two.window.tools.settings.set_diameter(9)

    def seen(col: int) -> int:
        return canvas.grab().toImage().pixelColor(two.point(100, col)).red()

    two.drag((100, 80), (100, 120))
    two.drag((100, 160), (100, 200))
    QTest.mouseMove(canvas, two.point(250, 380))
    assert [seen(col) for col in (100, 140, 180)] == [10, 20, 10]  # at once, and only where it was painted
    two.trigger("undo")
    assert [seen(col) for col in (100, 140, 180)] == [10, 20, 20]
    two.trigger("redo")
    two.drag((100, 80), (100, 120), RIGHT)
    QTest.mouseMove(canvas, two.point(250, 380))
    assert [seen(col) for col in (100, 140, 180)] == [20, 20, 10]
    np.testing.assert_array_equal(two.hole, marks)  # the marks are another layer
    two.trigger("keep_painting")
    two.bot.waitUntil(lambda: len(two.document.versions) == 3, timeout=5000)
    first, second, made = two.document.versions
    assert (
        made.kind == "painted" and made.report is None and made.name == "painted: Scratches → Scratches (2)"
    )
    assert [made.photo.pixels[100, col, 0] for col in (100, 140, 180)] == [20, 20, 10]
    assert (first.photo.pixels[two.hole] == 10).all() and (second.photo.pixels[two.hole] == 20).all()
    assert shown(two) == 3 and two.window.model.layer is None
    two.drag((200, 80), (200, 120))
    assert two.hole[200, 100]  # the tools are back at the marks


def test_painting_from_the_version_shown_waits_for_another(two: Desk) -> None:
    two.trigger("paint_from")
    two.trigger("restore")
    two.host.finish(30)
    assert shown(two) == 3  # by itself, which chooses nothing
    assert two.window.versions.panel.painting.text() == version_compositor.CHOOSE.format(
        source="Scratches (2)"
    )
    QTest.mouseClick(strip_of(two).viewport(), LEFT, pos=place(two, 1))
    two.bot.waitUntil(lambda: two.window.model.layer is not None, timeout=5000)
    assert not strip_of(two).isEnabled() and not two.window.actions_["use_settings"].isEnabled()
    two.drag((100, 80), (100, 120))
    two.trigger("drop_painting")
    assert len(two.document.versions) == 3 and strip_of(two).isEnabled() and shown(two) == 1
    assert two.window.actions_["use_settings"].isEnabled()
    assert two.window.versions.panel.painting.text() == ""


def test_a_result_that_comes_while_painting_does_not_take_its_place(two: Desk) -> None:
    begin_painting(two, 1)
    two.trigger("result")
    two.trigger("restore")
    two.host.step(2)
    two.host.finish(90)
    QTest.mouseMove(two.window.canvas, two.point(250, 380))
    two.bot.wait(100)
    seen = two.window.canvas.grab().toImage().pixelColor(two.point(100, 230)).red()
    assert seen == 20 and two.window.model.layer is not None
    two.trigger("drop_painting")
    two.bot.waitUntil(
        lambda: two.window.canvas.grab().toImage().pixelColor(two.point(100, 230)).red() == 90, timeout=5000
    )


def test_a_run_that_is_stopped_leaves_the_painting_in_sight(two: Desk) -> None:
    two.trigger("restore")
    two.host.step(1)
    begin_painting(two, 1)
    two.trigger("result")
    two.drag((100, 80), (100, 120))
    two.trigger("stop")
    two.host.answer_cancelled()
    QTest.mouseMove(two.window.canvas, two.point(250, 380))
    assert two.window.canvas.grab().toImage().pixelColor(two.point(100, 100)).red() == 10
    two.trigger("drop_painting")


def test_what_is_painted_is_work_that_would_be_lost(two: Desk) -> None:
    model, actions = two.window.model, two.window.actions_
    two.trigger("clear")
    begin_painting(two, 1)
    model.mark_saved()
    assert not model.unsaved and not actions["clear"].isEnabled()
    two.drag((100, 80), (100, 120))
    assert model.unsaved and two.window.isWindowModified() and actions["clear"].isEnabled()
    two.trigger("clear")  # what is painted, as there is nothing else
    assert not model.unsaved and not actions["grow"].isEnabled()
    two.trigger("drop_painting")
    assert not model.unsaved


def test_what_is_found_is_painted_while_a_version_is(two: Desk) -> None:
    marks = two.hole.copy()
    begin_painting(two, 1)
    probable = np.zeros(marks.shape, np.uint8)
    probable[200:210, 300:320] = 255
    two.trigger("find")
    found = two.host.answer_search(probable)
    two.trigger("accept_found")
    layer = two.window.model.layer
    assert layer is not None and layer[200:210, 300:320].all()
    np.testing.assert_array_equal(layer, found.mask(1))
    np.testing.assert_array_equal(two.hole, marks)
    two.trigger("drop_painting")


def test_a_painting_that_is_dropped_before_it_begins_does_not_begin(two: Desk) -> None:
    two.window.versions._act_on(1, "paint_from")
    two.trigger("drop_painting")
    done: list[None] = []
    two.window.background.run(lambda: None, done.append)
    two.bot.waitUntil(lambda: bool(done), timeout=5000)  # and all that was asked before
    assert two.window.model.layer is None and not two.window.actions_["drop_painting"].isEnabled()


def test_a_painting_ends_with_its_photo(two: Desk) -> None:
    begin_painting(two, 1)
    two.window.model.mark_saved()
    two.trigger("close")
    assert not two.window.actions_["keep_painting"].isEnabled()
    assert two.window.versions.panel.painting.text() == "" and strip_of(two).isEnabled()


def test_larger_versions_are_painted_in_pixels_of_the_photo(opened: Desk) -> None:
    for value in (10, 20):
        opened.drag((100, 50), (100, 250))
        opened.trigger("restore")
        request = opened.host.requests[-1]
        pixels = np.full((600, 800, 3), value, np.uint8)
        opened.host.say(RestoreResult(request.job_id, request.photo.with_pixels(pixels), report_of(request)))
    begin_painting(opened, 1)
    opened.drag((100, 80), (100, 120))
    opened.trigger("keep_painting")
    opened.bot.waitUntil(lambda: len(opened.document.versions) == 3, timeout=5000)
    pixels = opened.document.versions[-1].photo.pixels
    assert (pixels[198:203, 170:230] == 10).all() and (pixels[198:203, 300:] == 20).all()


@pytest.mark.parametrize("scale", [1, 2])
def test_what_is_seen_of_a_painting_is_what_is_kept(scale: int) -> None:
    generator = np.random.default_rng(3)
    target, source = (
        Photo(generator.integers(0, 256, (700 * scale, 900 * scale, 3), dtype=np.uint8)) for _ in range(2)
    )
    seen = CompositePyramid.of(target, source, scale)
    layer = np.zeros((700, 900), dtype=bool)
    for rect in (Rect(100, 101, 233, 250), Rect(690, 880, 700, 900), Rect(0, 0, 3, 3)):
        layer[rect.slices] = generator.random((rect.bottom - rect.top, rect.right - rect.left)) < 0.5
        assert seen.update(layer, rect) == Rect(
            *(n * scale for n in (rect.top, rect.left, rect.bottom, rect.right))
        )
    whole = layer.repeat(scale, axis=0).repeat(scale, axis=1)[..., None]
    kept = Pyramid.of(np.where(whole, source.pixels, target.pixels))
    for a, b in zip(seen.shown.levels, kept.levels, strict=True):
        np.testing.assert_array_equal(a, b)


def test_a_version_picked_during_a_run_stays_in_sight(two: Desk) -> None:
    canvas = two.window.canvas

    def seen() -> int:
        return canvas.grab().toImage().pixelColor(two.point(100, 230)).red()

    two.trigger("restore")
    two.host.step(1)
    two.trigger("result")
    QTest.mouseClick(strip_of(two).viewport(), LEFT, pos=place(two, 1))
    two.bot.waitUntil(lambda: abs(seen() - 10) < 4, timeout=5000)
    two.host.step(2)
    assert abs(seen() - 10) < 4
    two.host.finish(200)
    two.bot.waitUntil(lambda: abs(seen() - 200) < 4, timeout=5000)


def test_a_version_of_old_is_not_awaited_when_it_is_picked(two: Desk) -> None:
    two.window.model.version_added.emit(two.document.versions[1])  # as when a project is opened
    two.window.model.show_version(two.document.versions[0])
    two.trigger("restore")
    two.trigger("next_version")
    two.host.step(1)
    two.trigger("result")
    seen = two.window.canvas.grab().toImage().pixelColor(two.point(100, 230)).red()
    assert abs(seen - 20) < 4
