"""Every way of comparing, by mouse and keys, with what is then to be seen on the canvas."""

import gc
import weakref

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, QRectF, Qt, QVariantAnimation
from PySide6.QtTest import QTest

from daps_desktop.jobs.messages import RestoreResult
from daps_desktop.ui.canvas.drawing.compare_state import FACTORS, CompareMode
from daps_desktop.ui.canvas.drawing.difference import EQUAL, amplify, matching_part
from daps_desktop.ui.canvas.drawing.pyramid import Pyramid, TileKey
from daps_desktop.ui.results.compare_bar import CompareBar
from tests.fakes.hosts import report_of
from tests.ui.conftest import Desk, wheel

LEFT = Qt.MouseButton.LeftButton


def seen(desk: Desk, row: int, col: int, half: bool = False) -> tuple[int, ...]:
    """The colour on the canvas over a pixel of the photo, in the right half if asked."""
    canvas = desk.window.canvas
    place = desk.point(row, col)
    if half:
        place.setX(place.x() + canvas.width() // 2)
    return canvas.grab().toImage().pixelColor(place * canvas.devicePixelRatioF()).getRgb()[:3]


def near(a: tuple[int, ...], b: tuple[int, ...], within: int = 14) -> bool:
    return max(abs(x - y) for x, y in zip(a, b, strict=True)) <= within


@pytest.fixture
def done(opened: Desk) -> Desk:
    """A flat grey photo whose marked stripe came out black."""
    opened.window.resize(1300, 800)
    opened.drag((100, 50), (100, 350))
    opened.trigger("restore")
    opened.host.finish(value=0)
    opened.bot.waitUntil(lambda: opened.window.compare.mode is CompareMode.SPLIT, timeout=5000)
    sweep = opened.window.result_view._sweep
    opened.bot.waitUntil(lambda: sweep.state() is QVariantAnimation.State.Stopped, timeout=5000)
    QTest.mouseMove(opened.window.canvas, opened.point(250, 380))  # the brush out of the way
    return opened


def colour(desk: Desk, row: int, col: int) -> tuple[int, ...]:
    return tuple(int(v) for v in desk.document.photo.pixels[row, col])


def test_the_bar_and_the_keys_choose_what_is_compared(done: Desk) -> None:
    bar, compare = done.window.findChild(CompareBar), done.window.compare
    assert bar.modes.button(CompareMode.PREVIEW).isHidden()
    for mode in set(CompareMode) - {CompareMode.PREVIEW}:
        QTest.mouseClick(bar.modes.button(mode), LEFT)
        assert compare.mode is mode and done.window.actions_[mode.value].isChecked()
        assert bar.factor.isVisible() == (mode is CompareMode.DIFFERENCE)
    for mode in set(CompareMode) - {CompareMode.PREVIEW}:
        done.trigger(mode.value)
        assert bar.modes.value is mode
    done.trigger("result")
    done.trigger("next_compare")
    assert compare.mode is CompareMode.ORIGINAL


def test_the_original_is_seen_while_its_button_is_held(done: Desk) -> None:
    done.trigger("result")
    button = done.window.findChild(CompareBar).peek
    assert done.window.minimumSizeHint().width() <= 1020  # it fits into a small window
    assert near(seen(done, 100, 200), (0, 0, 0))
    QTest.mousePress(button, LEFT)
    assert near(seen(done, 100, 200), colour(done, 100, 200))
    QTest.mouseRelease(button, LEFT)
    assert near(seen(done, 100, 200), (0, 0, 0)) and done.window.compare.mode is CompareMode.RESULT
    QTest.keyPress(button, Qt.Key.Key_Space)
    assert near(seen(done, 100, 200), colour(done, 100, 200))
    QTest.keyRelease(button, Qt.Key.Key_Space)
    assert near(seen(done, 100, 200), (0, 0, 0))


def test_a_press_beside_the_split_line_takes_it(done: Desk) -> None:
    canvas, compare, marked = done.window.canvas, done.window.compare, done.hole.copy()
    for beside in (-12, 12):
        line = QPointF(compare.split_x(QRectF(canvas.rect())) + beside, canvas.height() / 2).toPoint()
        QTest.mouseMove(canvas, line)
        assert canvas.cursor().shape() is Qt.CursorShape.SplitHCursor
        QTest.mousePress(canvas, LEFT, pos=line)
        QTest.mouseMove(canvas, line + QPoint(60, 0))
        QTest.mouseRelease(canvas, LEFT, pos=line + QPoint(60, 0))
    assert compare.mode is CompareMode.SPLIT and compare.position > 0.6
    np.testing.assert_array_equal(done.hole, marked)


def test_side_by_side_shows_both_at_the_same_place(done: Desk) -> None:
    done.trigger("side")
    assert near(seen(done, 100, 200, half=True), (0, 0, 0))
    assert near(seen(done, 200, 200, half=True), colour(done, 200, 200))
    assert near(seen(done, 200, 200), colour(done, 200, 200))
    assert near(seen(done, 100, 200), colour(done, 100, 200))


def test_a_picture_is_named_where_it_is_seen(done: Desk) -> None:
    canvas, compare = done.window.canvas, done.window.compare

    def named() -> list[bool]:
        """Whether there is a label in the upper left corner, and in the upper right."""
        shot, ground = canvas.grab().toImage(), done.window.theme.colours.surround
        return [shot.pixelColor(x, 12).name() != ground for x in (16, canvas.width() - 16)]

    done.trigger("split")
    for position, expected in ((0.5, [True, True]), (0.0, [False, True]), (1.0, [True, False])):
        compare.set_position(position)
        assert named() == expected
    for mode, expected in (("original", [True, False]), ("result", [False, True]), ("side", [True, True])):
        done.trigger(mode)
        assert named() == expected


def test_both_halves_zoom_and_move_together(done: Desk) -> None:
    done.trigger("side")
    canvas = done.window.canvas
    for _ in range(4):
        done.trigger("zoom_in")  # larger than the half, so that it can move both ways
    before = done.point(130, 200)
    right = QPointF(before) + QPointF(canvas.width() / 2, 0)
    wheel(canvas, 3, right)
    assert (done.point(130, 200) - before).manhattanLength() <= 2  # zoomed about what was under the mouse
    for move in ((0, 0), (30, 50)):
        canvas.move_view(*move)
        assert near(seen(done, 130, 200, half=True), colour(done, 130, 200))
        assert near(seen(done, 130, 200), colour(done, 130, 200))


def test_marks_lie_on_both_halves_or_on_none(done: Desk) -> None:
    done.trigger("side")
    both = [seen(done, 100, 200, half=half) for half in (True, False)]
    assert near(both[0], (0, 0, 0)) and near(both[1], colour(done, 100, 200))  # compared without them
    done.click((200, 120))
    QTest.mouseMove(done.window.canvas, done.point(250, 380))
    assert done.window.compare.mode is CompareMode.SIDE
    for half in (True, False):
        red, green, _ = seen(done, 100, 200, half=half)[:3]
        assert red > green + 50
    done.trigger("side")
    assert near(seen(done, 100, 200), colour(done, 100, 200))


def test_tools_work_on_the_left_half_and_nothing_jumps_at_a_peek(done: Desk) -> None:
    done.trigger("side")
    done.click((200, 120))
    assert done.window.compare.mode is CompareMode.SIDE and done.hole[200, 120]
    place = done.point(100, 200)
    QTest.keyPress(done.window, Qt.Key.Key_Backslash)
    assert done.point(100, 200) == place
    assert near(seen(done, 100, 200, half=True), colour(done, 100, 200))  # the original there too
    QTest.keyRelease(done.window, Qt.Key.Key_Backslash)
    assert near(seen(done, 100, 200, half=True), (115, 0, 0))  # the result, with its mark


def test_the_difference_is_neutral_where_nothing_changed(done: Desk) -> None:
    done.trigger("difference")
    assert seen(done, 200, 200) == (EQUAL, EQUAL, EQUAL)
    assert seen(done, 100, 200)[1] == 255  # 200 levels of green are gone
    for _ in FACTORS:
        done.trigger("weaker")
    red, green, _ = colour(done, 100, 200)
    assert near(seen(done, 100, 200)[:2], (EQUAL + red, EQUAL + green), 30)
    done.trigger("stronger")
    assert done.window.compare.factor == 2
    done.trigger("result")
    assert not done.window.actions_["stronger"].isEnabled()  # its key is for others now


def test_a_preview_is_compared_like_a_result(opened: Desk) -> None:
    opened.drag((100, 50), (100, 350))
    opened.trigger("restore")
    opened.host.step(1)
    assert opened.window.compare.mode is CompareMode.RESULT
    opened.trigger("side")
    assert near(seen(opened, 150, 200, half=True), (60, 60, 60))
    opened.host.step(2)
    assert opened.window.compare.mode is CompareMode.SIDE  # a choice is kept
    assert near(seen(opened, 150, 200, half=True), (120, 120, 120))
    opened.trigger("difference")
    opened.trigger("weaker")
    opened.trigger("weaker")
    opened.trigger("weaker")
    red = colour(opened, 150, 200)[0]
    assert near(seen(opened, 150, 200)[:1], (EQUAL + abs(120 - red),), 20)


@pytest.mark.parametrize("scale", [2, 3])
def test_a_larger_result_lies_over_the_photo(opened: Desk, scale: int) -> None:
    opened.drag((100, 50), (100, 350))
    opened.trigger("restore")
    request = opened.host.requests[-1]
    pixels = request.photo.pixels.repeat(scale, axis=0).repeat(scale, axis=1)
    larger = request.photo.with_pixels(pixels)
    opened.host.say(RestoreResult(request.job_id, larger, report_of(request)))
    opened.bot.waitUntil(lambda: opened.window.compare.available, timeout=5000)
    opened.trigger("side")
    for row, col in ((30, 40), (250, 350)):
        assert near(seen(opened, row, col, half=True)[:2], colour(opened, row, col)[:2])
    opened.trigger("difference")
    opened.window.compare.set_factor(1)
    assert near(seen(opened, 250, 350)[:2], (EQUAL, EQUAL), 6)


def test_amplified_differences_of_grey_and_colour() -> None:
    grey = np.full((4, 5), 100, np.uint8)
    coloured = np.repeat(grey[..., None], 3, axis=2)
    coloured[0, 0] = (100, 103, 90)
    apart = amplify(grey, coloured, 4)
    assert apart[0, 0].tolist() == [EQUAL, EQUAL + 12, EQUAL + 40]
    assert (apart[1:] == EQUAL).all()


def test_tiles_of_a_picture_of_another_size_lie_where_they_belong() -> None:
    rows, cols = np.mgrid[:900, :1300]
    smooth = np.stack([rows * 255 // 900, cols * 255 // 1300], axis=-1)
    original = np.dstack([smooth, smooth[..., :1]]).astype(np.uint8)
    small = Pyramid.of(original[1::3, 1::3])
    for key in (TileKey(0, 0, 0), TileKey(0, 1, 2), TileKey(1, 0, 1)):
        pyramid = Pyramid.of(original)
        tile = pyramid.tile(key)
        size = pyramid.levels[key.level].shape[:2]
        part = matching_part(small, (size[0], size[1]), key, (tile.shape[0], tile.shape[1]))
        assert part.shape == tile.shape
        assert np.abs(part.astype(int) - tile).max() <= 3


def test_a_closed_photo_takes_no_memory(done: Desk) -> None:
    window = done.window
    compared, overlay = window.canvas._comparison, window.canvas.overlay
    kept = [weakref.ref(part) for part in (done.hole, compared._original, compared._result, overlay._layer)]
    assert all(part() is not None for part in kept)
    window.model.mark_saved()
    done.trigger("close")

    def gone() -> bool:
        gc.collect()
        return not any(array() is not None for array in kept)

    done.bot.waitUntil(gone, timeout=5000)
    assert not window.result_view._recent and window.tools._image is None
