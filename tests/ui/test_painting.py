"""Painting with the mouse on the real canvas; what counts is the document's hole."""

import numpy as np
from PySide6.QtCore import QPointF, Qt
from PySide6.QtTest import QTest

from daps_desktop.imaging.rect import Rect
from daps_desktop.jobs.damage import MissingPixels, Noise, PhaseRetrieval
from daps_desktop.jobs.task import Task
from daps_desktop.ui.canvas.drawing.compare_state import CompareMode
from daps_desktop.ui.canvas.drawing.pyramid import MaskPyramid
from daps_desktop.ui.models.undo_commands import UNDO_STEPS
from tests.ui.conftest import RIGHT, Desk, wheel

SHIFT, ALT = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.AltModifier


def test_a_drag_marks_the_pixels_under_the_brush(opened: Desk) -> None:
    opened.drag((100, 50), (100, 250))
    assert opened.hole[100, 50:251].all()
    assert opened.hole[97:104, 150].all()  # the brush is nine pixels wide
    assert not opened.hole[:94].any() and not opened.hole[107:].any()
    assert not opened.hole[:, :44].any() and not opened.hole[:, 257:].any()


def test_marking_ticks_scratches_and_erasing_does_not(opened: Desk) -> None:
    cards = opened.window.panel.cards
    opened.click((50, 50))
    cards.card(MissingPixels).tick.click()
    cards.card(Noise).tick.click()
    opened.drag((200, 50), (200, 90), button=RIGHT)
    assert not cards.card(MissingPixels).checked
    opened.drag((100, 50), (100, 250))
    assert cards.card(MissingPixels).checked and cards.card(Noise).checked
    assert opened.document.task.find(MissingPixels) and opened.document.task.find(Noise)


def test_marking_leaves_a_task_alone_that_takes_no_marks(opened: Desk) -> None:
    alone = Task((PhaseRetrieval(),))
    opened.window.model.set_task(alone)
    opened.drag((100, 50), (100, 250))
    assert opened.document.task == alone and opened.document.request("job", 0).mask is None


def test_a_small_photo_is_enlarged_to_be_painted_on(opened: Desk) -> None:
    view = opened.window.canvas.view
    assert 1 < view.scale <= 2
    assert view.photo_rect.width() < view.widget.width() and view.photo_rect.height() < view.widget.height()


def test_one_drag_is_one_step_of_undo(opened: Desk) -> None:
    opened.drag((50, 50), (80, 200))
    first = opened.hole.copy()
    opened.drag((200, 50), (220, 300))
    both = opened.hole.copy()
    opened.trigger("undo")
    np.testing.assert_array_equal(opened.hole, first)
    opened.trigger("undo")
    assert not opened.hole.any()
    assert not opened.window.actions_["undo"].isEnabled()
    opened.trigger("redo")
    opened.trigger("redo")
    np.testing.assert_array_equal(opened.hole, both)


def test_the_right_button_and_alt_erase(opened: Desk) -> None:
    opened.drag((100, 50), (100, 250))
    opened.drag((100, 140), (100, 160), button=RIGHT)
    assert not opened.hole[100, 140:161].any() and opened.hole[100, 60]
    opened.drag((100, 80), (100, 100), keys=ALT)
    assert not opened.hole[100, 80:101].any() and opened.hole[100, 60]


def test_the_eraser_erases_until_the_brush_is_taken_again(opened: Desk) -> None:
    opened.drag((100, 50), (100, 250))
    QTest.keyClick(opened.window, Qt.Key.Key_E)
    opened.drag((100, 50), (100, 250))
    assert not opened.hole[100].any()
    QTest.keyClick(opened.window, Qt.Key.Key_B)
    opened.click((100, 100))
    assert opened.hole[100, 100]
    QTest.keyClick(opened.window, Qt.Key.Key_X)
    assert opened.window.tools.settings.erasing and opened.window.actions_["eraser"].isChecked()


def test_shift_click_draws_a_straight_line_from_the_last_stroke(opened: Desk) -> None:
    opened.click((20, 30))
    opened.click((220, 330), keys=SHIFT)
    assert all(opened.hole[20 + 2 * i, 30 + 3 * i] for i in range(101))
    assert not opened.hole[220, 30] and not opened.hole[20, 330]
    opened.trigger("undo")
    assert opened.hole[20, 30] and not opened.hole[120, 180]


def test_bracket_keys_change_the_brush(opened: Desk) -> None:
    before = opened.window.tools.settings.diameter
    QTest.keyClick(opened.window, Qt.Key.Key_BracketRight)
    assert opened.window.tools.settings.diameter > before
    QTest.keyClick(opened.window, Qt.Key.Key_BracketLeft)
    QTest.keyClick(opened.window, Qt.Key.Key_BracketLeft)
    assert opened.window.tools.settings.diameter < before


def test_clear_and_invert_can_be_undone(opened: Desk) -> None:
    opened.drag((100, 50), (100, 250))
    painted = opened.hole.copy()
    opened.trigger("invert")
    np.testing.assert_array_equal(opened.hole, ~painted)
    opened.trigger("clear")
    assert not opened.hole.any()
    opened.trigger("undo")
    opened.trigger("undo")
    np.testing.assert_array_equal(opened.hole, painted)


def test_a_stroke_that_changes_nothing_is_no_step(opened: Desk) -> None:
    model = opened.window.model
    told: list[Rect] = []
    model.mask_changed.connect(told.append)
    opened.drag((-9, -30), (-9, 40))  # past the upper edge of the photo
    assert not told
    opened.drag((100, 50), (100, 90), button=RIGHT)
    assert not model.undo_stack.canUndo() and not model.unsaved


def test_undo_in_the_middle_of_a_stroke_does_nothing(opened: Desk) -> None:
    opened.drag((50, 50), (50, 100))
    canvas = opened.window.canvas
    QTest.mousePress(canvas, Qt.MouseButton.LeftButton, pos=opened.point(200, 100))
    opened.window.model.undo()
    QTest.mouseRelease(canvas, Qt.MouseButton.LeftButton, pos=opened.point(200, 100))
    assert opened.hole[50, 75] and opened.hole[200, 100]
    opened.trigger("undo")
    assert opened.hole[50, 75] and not opened.hole[200, 100]


def test_undo_remembers_a_limited_number_of_small_commands(opened: Desk) -> None:
    stack = opened.window.model.undo_stack
    for i in range(UNDO_STEPS + 5):
        opened.window.model.set_mask(np.indices(opened.hole.shape).sum(0) % (i + 2) == 0, "pattern")
    assert stack.count() == UNDO_STEPS
    opened.window.model.clear_mask()
    opened.drag((10, 10), (290, 390))
    assert stack.command(stack.count() - 1).packed_bytes < opened.hole.size / 50


def test_zooming_with_the_wheel_keeps_the_point_under_the_cursor(opened: Desk) -> None:
    canvas = opened.window.canvas
    canvas.zoom_actual()
    for _ in range(4):
        canvas.zoom_in()
    at = QPointF(canvas.width() * 0.3, canvas.height() * 0.6)
    before, scale = canvas.view.to_photo(at), canvas.view.scale
    wheel(canvas, 3, at)
    after = canvas.view.to_photo(at)
    assert canvas.view.scale > 1.5 * scale
    assert abs(after.x() - before.x()) < 1e-6 and abs(after.y() - before.y()) < 1e-6
    diameter = opened.window.tools.settings.diameter
    wheel(canvas, -3, at, Qt.KeyboardModifier.ControlModifier)
    assert abs(canvas.view.scale - scale) < 1e-9 and opened.window.tools.settings.diameter == diameter


def test_painting_when_zoomed_hits_the_pixel_under_the_cursor(opened: Desk) -> None:
    opened.window.tools.settings.set_diameter(1)
    for _ in range(6):
        opened.window.canvas.zoom_in()
    view = opened.window.canvas.view
    middle = view.to_photo(QPointF(opened.window.canvas.rect().center()))
    row, col = int(middle.y()), int(middle.x())
    opened.click((row, col))
    assert np.argwhere(opened.hole).tolist() == [[row, col]]


def test_space_and_the_middle_button_move_the_photo_and_paint_nothing(opened: Desk) -> None:
    canvas = opened.window.canvas
    for _ in range(4):
        canvas.zoom_in()
    start = canvas.view.left
    QTest.keyPress(opened.window, Qt.Key.Key_Space)
    opened.drag((150, 200), (150, 180))
    QTest.keyRelease(opened.window, Qt.Key.Key_Space)
    moved = canvas.view.left
    assert moved < start
    opened.drag((150, 200), (150, 220), button=Qt.MouseButton.MiddleButton)
    assert canvas.view.left > moved
    assert not opened.hole.any()


def test_the_backslash_shows_the_original_while_it_is_held(opened: Desk) -> None:
    opened.click((100, 100))
    opened.trigger("restore")
    opened.host.step(1)
    compare = opened.window.compare
    assert compare.mode is CompareMode.RESULT
    QTest.keyPress(opened.window, Qt.Key.Key_Backslash)
    assert compare.mode is CompareMode.ORIGINAL
    QTest.keyRelease(opened.window, Qt.Key.Key_Backslash)
    assert compare.mode is CompareMode.RESULT


def test_a_thin_scratch_is_seen_at_every_zoom() -> None:
    mask = np.zeros((1501, 2203), dtype=bool)
    pyramid = MaskPyramid(mask)
    mask[701, 3:2000] = True
    pyramid.update(Rect(701, 3, 702, 2000))
    for n, level in enumerate(pyramid.levels):
        assert level[701 >> n, 3 >> n : 1999 >> n].all()
        assert level.sum() == level[701 >> n].sum()
    mask[:] = False
    pyramid.update(Rect(701, 3, 702, 2000))
    assert not any(level.any() for level in pyramid.levels)
