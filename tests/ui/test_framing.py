"""The frame set by hand: keys, mouse, what the document makes of it, and what undo brings back."""

import math
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QMessageBox, QPushButton

from daps_desktop.document.journal import recover, unsaved_work
from daps_desktop.imaging.export import sidecar_path
from daps_desktop.imaging.formats.reader import read_photo
from daps_desktop.imaging.formats.writer import write_photo
from daps_desktop.imaging.frame import Frame, apply, apply_to_mask
from daps_desktop.imaging.photo import Photo
from daps_desktop.imaging.rect import Rect
from daps_desktop.ui.framing.editing import dragged, mirrored, settled, straightened, turned
from daps_desktop.ui.framing.frame_view import FrameView, Mode
from tests.ui.conftest import Desk, wheel
from tests.ui.test_versions import run

SIZE = (300, 400)
NO_KEY = Qt.KeyboardModifier.NoModifier


def begin(desk: Desk) -> FrameView:
    desk.window.canvas.setFocus()
    QTest.keyClick(desk.window.canvas, Qt.Key.Key_C)
    desk.bot.waitUntil(lambda: desk.window.framing.framing, timeout=5000)
    return desk.window.framing.editor.view


def apply_frame(desk: Desk) -> None:
    with desk.bot.waitSignal(desk.window.model.reframed, timeout=5000):
        QTest.keyClick(desk.window.framing.editor.view, Qt.Key.Key_Return)


def drag(view: FrameView, start: QPointF, end: QPointF) -> None:
    QTest.mousePress(view, Qt.MouseButton.LeftButton, NO_KEY, start.toPoint())
    QTest.mouseMove(view, ((start + end) / 2).toPoint())
    QTest.mouseMove(view, end.toPoint())
    QTest.mouseRelease(view, Qt.MouseButton.LeftButton, NO_KEY, end.toPoint())


def frame_now(desk: Desk, frame: Frame) -> None:
    """Set it without the mouse."""
    view = begin(desk)
    view.set_frame(frame)
    apply_frame(desk)


def test_the_key_shows_the_frame_in_place_of_the_photo_and_esc_leaves_all_as_it_was(opened: Desk) -> None:
    before = opened.document
    view = begin(opened)
    assert view.isVisible() and view.hasFocus() and not opened.window.canvas.isVisible()
    QTest.keyClick(view, Qt.Key.Key_B)  # no key reaches what rests
    QTest.keyClick(view, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    assert not opened.hole.any()
    QTest.keyClick(view, Qt.Key.Key_Escape)
    assert opened.window.canvas.isVisible() and not view.isVisible()
    assert opened.document is before and opened.window.tool_strip.isEnabled()
    QTest.keyClick(opened.window.canvas, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    assert opened.hole.all()


def test_a_handle_crops_to_the_bit_and_undo_and_redo_go_both_ways(opened: Desk, photo_path: Path) -> None:
    original = opened.document.photo
    view = begin(opened)
    scale = view.view.scale
    drag(view, view.handle_at((1, 1)), view.handle_at((1, 1)) - QPointF(100, 60) * scale)
    assert view.crop == Rect(0, 0, 240, 300)
    apply_frame(opened)
    np.testing.assert_array_equal(opened.document.photo.pixels, original.pixels[:240, :300])
    assert opened.window.model.unsaved
    shown = opened.window.canvas.view
    assert shown is not None and (shown.photo.width(), shown.photo.height()) == (300, 240)
    opened.trigger("undo")
    assert opened.document.photo is original and not opened.window.model.unsaved
    opened.trigger("redo")
    assert opened.document.photo.width == 300
    np.testing.assert_array_equal(read_photo(photo_path).pixels, original.pixels)


def test_changed_again_a_frame_starts_from_the_original(opened: Desk) -> None:
    original = opened.document.photo
    frame_now(opened, Frame(angle=7.0))
    again = Frame(turns=1, crop=Rect(10, 20, 200, 190))
    frame_now(opened, again)
    np.testing.assert_array_equal(opened.document.photo.pixels, apply(original, again).pixels)
    view = begin(opened)
    assert view.frame == again  # to be changed further
    opened.window.framing.editor.reset.click()
    apply_frame(opened)
    assert opened.document.photo is original and opened.document.framing is None


def test_marks_drawn_before_and_after_follow_and_those_cropped_away_come_back(opened: Desk) -> None:
    opened.drag((40, 40), (40, 120))
    opened.drag((250, 350), (280, 350))
    before = opened.hole.copy()
    frame = Frame(turns=1, crop=Rect(0, 20, 200, 300))  # the second stroke lies outside
    frame_now(opened, frame)
    np.testing.assert_array_equal(opened.hole, apply_to_mask(before, frame))
    opened.drag((150, 100), (150, 200))
    after = opened.hole.copy()
    frame_now(opened, Frame())
    np.testing.assert_array_equal(apply_to_mask(opened.hole, frame), after)
    outside = np.ones(SIZE, bool)
    assert (opened.hole & before)[outside & before].all()
    for _ in range(2):
        opened.trigger("undo")
    np.testing.assert_array_equal(opened.hole, apply_to_mask(before, frame))
    opened.trigger("undo")
    np.testing.assert_array_equal(opened.hole, before)
    opened.trigger("undo")  # a stroke of before the frame
    assert 0 < opened.hole.sum() < before.sum()


def test_marks_do_not_wander_through_many_frames(opened: Desk) -> None:
    opened.drag((100, 100), (150, 220))
    before = opened.hole.copy()
    for angle in (3.0, -5.0, 11.0):
        frame_now(opened, Frame(angle=angle))
    frame_now(opened, Frame())
    np.testing.assert_array_equal(opened.hole, before)


def test_versions_of_another_frame_are_not_shown_and_come_back_by_undo(opened: Desk) -> None:
    opened.drag((100, 50), (100, 250))
    run(opened, 10)
    strip = opened.window.versions.panel.strip
    view = begin(opened)
    view.set_frame(Frame(turns=1))
    QTest.keyClick(view, Qt.Key.Key_Return)
    (box,) = opened.window.findChildren(QMessageBox)
    button = next(b for b in box.findChildren(QPushButton) if b.text() == "Apply the frame")
    with opened.bot.waitSignal(opened.window.model.reframed, timeout=5000):
        button.click()
    assert strip.numbers == [] and opened.window.model.shown is None
    run(opened, 20)
    assert strip.numbers == [2]  # a number is never given twice
    assert opened.document.versions[0].photo.pixels.shape == (400, 300, 3)
    for _ in range(2):
        opened.trigger("undo")
    assert strip.numbers == [1]
    shown = opened.window.model.shown
    assert shown is not None and shown.number == 1 and shown.photo.pixels.shape == (300, 400, 3)
    opened.trigger("redo")
    assert strip.numbers == [2]


def test_a_question_that_is_cancelled_keeps_versions_and_frame(opened: Desk) -> None:
    opened.drag((100, 50), (100, 250))
    run(opened, 10)
    begin(opened).set_frame(Frame(turns=1))
    QTest.keyClick(opened.window.framing.editor.view, Qt.Key.Key_Return)
    (box,) = opened.window.findChildren(QMessageBox)
    box.reject()
    assert opened.document.frame == Frame() and len(opened.document.versions) == 1
    assert opened.window.framing.framing  # to go on with


def test_a_run_gets_the_photo_in_its_frame(opened: Desk) -> None:
    frame_now(opened, Frame(crop=Rect(0, 0, 100, 120)))
    opened.drag((20, 20), (20, 90))
    opened.trigger("restore")
    assert opened.host.requests[-1].photo.pixels.shape == (100, 120, 3)
    assert not opened.window.actions_["frame"].isEnabled()
    opened.host.finish(7)
    assert opened.window.actions_["frame"].isEnabled()


@pytest.mark.parametrize("slope", [-20.0, 4.0, 86.0])
def test_a_line_drawn_makes_the_photo_level(opened: Desk, slope: float) -> None:
    view = begin(opened)
    opened.window.framing.editor.level.click()
    assert view.mode is Mode.LEVEL
    middle, along = QPointF(view.rect().center()), math.radians(slope)
    reach = QPointF(math.cos(along), math.sin(along)) * 150
    start, end = (middle - reach).toPoint(), (middle + reach).toPoint()
    drag(view, QPointF(start), QPointF(end))
    drawn = math.degrees(math.atan2((end - start).y(), (end - start).x()))
    expected = -drawn if abs(drawn) < 45 else 90 - drawn
    assert view.mode is Mode.CROP and abs(view.frame.angle - expected) < 0.05
    assert abs(opened.window.framing.editor.angle.value() - expected) < 0.05


def test_corners_become_those_of_a_rectangle(opened: Desk) -> None:
    view = begin(opened)
    opened.window.framing.editor.corners.click()
    assert view.mode is Mode.CORNERS
    drag(view, view.corner_at(0), view.corner_at(0) + QPointF(20, 10))
    QTest.keyClick(view, Qt.Key.Key_3)
    QTest.keyClick(view, Qt.Key.Key_Left)
    quad = view.corners_now
    view.move_corner(0, quad[2])  # beyond the others
    assert view.corners_now == quad
    QTest.keyClick(view, Qt.Key.Key_Return)
    assert view.mode is Mode.CROP and view.frame.corners == tuple(quad)
    apply_frame(opened)
    assert opened.document.frame.corners == tuple(quad)
    expected = apply(opened.document.original, Frame(corners=tuple(quad)))
    np.testing.assert_array_equal(opened.document.photo.pixels, expected.pixels)


def test_proportions_hold_while_a_handle_is_dragged(opened: Desk) -> None:
    editor, view = opened.window.framing.editor, begin(opened)
    editor.ratio.setCurrentIndex(editor.ratio.findData("1:1"))
    editor.ratio.activated.emit(editor.ratio.currentIndex())
    assert (view.crop.right - view.crop.left, view.crop.bottom - view.crop.top) == (300, 300)
    drag(view, view.handle_at((-1, -1)), view.handle_at((-1, -1)) + QPointF(40, 10))
    assert abs((view.crop.right - view.crop.left) - (view.crop.bottom - view.crop.top)) <= 1
    editor.ratio.setCurrentIndex(editor.ratio.findData("3:2"))
    editor.ratio.activated.emit(editor.ratio.currentIndex())
    editor.upright.click()
    assert (view.crop.right - view.crop.left, view.crop.bottom - view.crop.top) == (200, 300)


def test_what_is_seen_is_what_is_applied(opened: Desk) -> None:
    """The preview and the warp take the same way: a drawn spot lies at the same place in both."""
    pixels = np.zeros((*SIZE, 3), np.uint8)
    pixels[200:216, 80:96] = 255
    view, size = FrameView(), SIZE
    view.resize(500, 500)
    from PySide6.QtGui import QPixmap

    from daps_desktop.ui.canvas.drawing.layer import to_qimage

    frame = Frame(((30, 20), (370, 40), (380, 270), (15, 290)), turns=3, mirrored=True, angle=9.0)
    view.begin(QPixmap.fromImage(to_qimage(pixels)), size, frame)
    seen = view.grab().toImage()
    framed = apply(Photo(pixels), frame).pixels[..., 0].astype(float)
    rows, cols = (np.indices(framed.shape) * framed).sum(axis=(1, 2)) / framed.sum()
    crop = view.crop
    spot = view.view.to_widget(QPointF(cols + 0.5 + crop.left, rows + 0.5 + crop.top)).toPoint()
    assert seen.pixelColor(spot).lightness() > 200
    assert seen.pixelColor(spot + QPoint(40, 0)).lightness() < 100


def test_turning_and_mirroring_keep_what_is_seen() -> None:
    rng = np.random.default_rng(1)
    photo = Photo(rng.integers(0, 255, (60, 90, 3), np.uint8))
    frame, seen = Frame(crop=Rect(5, 10, 45, 70)), photo.pixels[5:45, 10:70]
    for way in (True, True, None, True, False, None, False):
        if way is None:
            frame, seen = mirrored(frame, (60, 90)), seen[:, ::-1]
        else:
            frame, seen = turned(frame, (60, 90), way), np.rot90(seen, -1 if way else 1)
        np.testing.assert_array_equal(apply(photo, frame).pixels, seen)


def test_a_crop_stays_inside_the_photo_whatever_is_done() -> None:
    frame = Frame(angle=10.0)
    crop = dragged(frame, SIZE, frame.largest_crop(SIZE), (-1, -1), (-500, -500), 0.0)
    assert frame.holds(SIZE, crop)
    small = dragged(Frame(), SIZE, Rect(0, 0, 300, 400), (1, 1), (-900, -900), 0.0)
    assert (small.bottom, small.right) == (16, 16)
    again = straightened(Frame(crop=Rect(0, 0, 300, 400)), SIZE, 20.0)
    assert again.holds(SIZE, again.crop_of(SIZE))
    assert settled(Frame(crop=Rect(0, 0, 300, 400)), SIZE) == Frame()


def test_arrow_keys_move_and_size_the_frame(opened: Desk) -> None:
    view = begin(opened)
    view.set_crop(Rect(20, 30, 120, 160))
    QTest.keyClick(view, Qt.Key.Key_Right)
    QTest.keyClick(view, Qt.Key.Key_Up, Qt.KeyboardModifier.ShiftModifier)
    step = max(round(1 / view.view.scale), 1)
    assert view.crop == Rect(20, 30 + step, 120 - step, 160 + step)


def test_a_frame_is_kept_in_a_project_with_what_lies_outside(opened: Desk, tmp_path: Path) -> None:
    opened.drag((250, 350), (280, 350))
    marks = opened.hole.copy()
    frame = Frame(turns=3, angle=2.5, crop=Rect(30, 30, 300, 220))
    frame_now(opened, frame)
    pixels = opened.document.photo.pixels.copy()
    path = tmp_path / "family.daps"
    with opened.bot.waitSignal(opened.window.projects.saved, timeout=5000):
        opened.window.projects.save_to(path, True)
    assert not opened.window.model.unsaved
    opened.open(path)
    assert opened.document.frame == frame
    np.testing.assert_array_equal(opened.document.photo.pixels, pixels)
    frame_now(opened, Frame())
    np.testing.assert_array_equal(opened.hole, marks)


def test_a_frame_is_recovered_after_a_crash(opened: Desk, tmp_path: Path) -> None:
    opened.drag((100, 50), (100, 250))
    frame_now(opened, Frame(angle=-3.0))
    opened.drag((50, 60), (50, 160))
    hole = opened.hole.copy()
    autosave = opened.window.autosave
    autosave.flush()
    held = autosave._held
    assert held is not None and held.journal is not None
    autosave._pictures.submit(lambda: None).result(timeout=5)
    held.journal.close()  # as a crash leaves it
    (found,) = unsaved_work(held.journal.folder.parent)
    assert found.strokes == 3
    work = recover(found.folder)
    assert work.project.framing is not None and work.project.framing.frame == Frame(angle=-3.0)
    np.testing.assert_array_equal(work.project.mask, hole)
    np.testing.assert_array_equal(work.project.photo.pixels, opened.document.photo.pixels)


def test_an_exported_result_says_its_frame_and_is_repeated(opened: Desk, tmp_path: Path) -> None:
    frame = Frame(turns=1, crop=Rect(0, 0, 200, 180))
    frame_now(opened, frame)
    opened.drag((20, 20), (20, 90))
    marks = opened.hole.copy()
    run(opened, 10)
    opened.export(tmp_path / "out.png")
    sidecar = sidecar_path(tmp_path / "out.png")
    opened.window.model.mark_saved()
    opened.open(tmp_path / "family.png")
    with opened.bot.waitSignal(opened.window.recipes.message, timeout=5000):
        opened.window.recipes.repeat(sidecar)
    assert opened.document.frame == frame
    np.testing.assert_array_equal(opened.hole, marks)


def test_a_large_grey_16_bit_photo_keeps_its_depth(opened: Desk, tmp_path: Path) -> None:
    path = tmp_path / "grey.tif"
    write_photo(Photo(np.random.default_rng(2).integers(0, 65535, (200, 160, 1), np.uint16)), path)
    opened.open(path)
    frame_now(opened, Frame(angle=1.0))
    assert opened.document.photo.pixels.dtype == np.uint16 and opened.document.photo.pixels.shape[2] == 1


def test_a_frame_being_applied_is_stopped_and_can_be_applied_again(opened: Desk) -> None:
    before, editor = opened.document, opened.window.framing.editor
    view = begin(opened)
    view.set_frame(Frame(angle=3.0))
    QTest.keyClick(view, Qt.Key.Key_Return)
    assert editor.busy and not editor.apply.isEnabled() and editor.cancel.hasFocus()
    QTest.keyClick(editor.cancel, Qt.Key.Key_Escape)
    opened.bot.waitUntil(lambda: not editor.busy, timeout=5000)
    assert opened.document is before and view.isVisible() and view.hasFocus() and view.frame.angle == 3.0
    apply_frame(opened)
    assert opened.document is not before and opened.document.frame.angle == 3.0


def test_the_wheel_zooms_and_a_handle_is_still_where_it_is_seen(opened: Desk) -> None:
    view = begin(opened)
    fitted, corner = view.view.scale, view.handle_at((1, 1))
    wheel(view, 4, corner)
    assert view.view.scale == pytest.approx(fitted * 1.2**4)
    assert (view.handle_at((1, 1)) - corner).manhattanLength() < 0.01
    drag(view, corner, corner - QPointF(50, 25) * view.view.scale)
    assert view.crop == Rect(0, 0, 275, 350)
    QTest.keyClick(view, Qt.Key.Key_0)
    assert view.view.scale == fitted
