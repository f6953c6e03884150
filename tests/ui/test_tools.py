"""Every tool over the photo, by real events on the canvas; what counts is the document's hole."""

from collections.abc import Callable

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QObject, QPoint, QPointF, Qt
from PySide6.QtGui import QPaintEvent, QPointingDevice, QRegion, QTabletEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDoubleSpinBox, QLineEdit, QWidget

from daps_desktop.imaging.mask import Mask, dilate, erode
from daps_desktop.imaging.selection import polygon
from daps_desktop.imaging.soft_edge import outer_extent
from daps_desktop.ui.canvas.canvas import Canvas
from daps_desktop.ui.canvas.drawing.compare_state import CompareMode
from daps_desktop.ui.canvas.drawing.mask_overlay import Overlay
from daps_desktop.ui.canvas.overlay_menu import OverlayMenu
from daps_desktop.ui.models.undo_commands import UndoStack
from tests.ui.conftest import LEFT, NO_KEY, RIGHT, Desk, wheel

SHIFT, ALT, CTRL = (
    Qt.KeyboardModifier.ShiftModifier,
    Qt.KeyboardModifier.AltModifier,
    Qt.KeyboardModifier.ControlModifier,
)
LIMIT = 100_000  # bytes: three of the steps below
Place = tuple[int, int]


class Drawn(QObject):
    """Remembers which parts of a widget are drawn from now on."""

    def __init__(self, widget: QWidget) -> None:
        super().__init__(widget)
        self.region = QRegion()
        widget.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QPaintEvent):
            self.region += event.region()
        return False


def press_key(desk: Desk, key: Qt.Key, keys: Qt.KeyboardModifier = NO_KEY) -> None:
    QTest.keyClick(desk.window.canvas, key, keys)


def trace(desk: Desk, places: list[Place], up: bool = True, **held: Qt.MouseButton) -> None:
    """Press at the first place, pass through the others, and let go at the last."""
    button, canvas = held.get("button", LEFT), desk.window.canvas
    QTest.mousePress(canvas, button, NO_KEY, desk.point(*places[0]))
    for place in places[1:]:
        QTest.mouseMove(canvas, desk.point(*place))
    if up:
        QTest.mouseRelease(canvas, button, NO_KEY, desk.point(*places[-1]))


def inside(desk: Desk, places: list[Place]) -> Mask:
    """The pixels of a polygon through places, as exactly as the canvas rounds them."""
    view = desk.window.canvas.view
    assert view is not None
    points = [view.to_photo(QPointF(desk.point(*place))) for place in places]
    region = polygon([(point.y(), point.x()) for point in points], *desk.hole.shape)
    marks = np.zeros_like(desk.hole)
    marks[region.rect.slices] = region.inside
    return marks


def steps(desk: Desk) -> int:
    return desk.window.model.undo_stack.count()


# shapes

SQUARE: list[Place] = [(50, 60), (50, 160), (120, 160), (120, 60)]


def test_the_rectangle_marks_and_the_right_button_takes_away(opened: Desk) -> None:
    press_key(opened, Qt.Key.Key_M)
    opened.drag((50, 60), (120, 160))
    assert opened.hole[51:120, 61:160].all() and opened.hole.sum() <= 73 * 103
    opened.drag((80, 80), (100, 100), button=RIGHT)
    assert not opened.hole[81:100, 81:100].any() and opened.hole[60, 70]
    opened.drag((60, 150), (110, 155), keys=ALT)
    assert not opened.hole[61:110, 151:155].any()
    assert steps(opened) == 3
    for _ in range(3):
        opened.trigger("undo")
    assert not opened.hole.any()
    opened.trigger("redo")
    assert opened.hole[60, 70]


def test_a_click_with_the_rectangle_or_the_lasso_marks_nothing(opened: Desk) -> None:
    for key in (Qt.Key.Key_M, Qt.Key.Key_L):
        press_key(opened, key)
        opened.click((50, 60))
    assert not opened.hole.any() and steps(opened) == 0


def test_the_lasso_marks_what_is_inside_its_line(opened: Desk) -> None:
    press_key(opened, Qt.Key.Key_L)
    trace(opened, SQUARE)
    np.testing.assert_array_equal(opened.hole, inside(opened, SQUARE))
    press_key(opened, Qt.Key.Key_E)  # the eraser stays in force for shapes
    press_key(opened, Qt.Key.Key_L)
    trace(opened, SQUARE[:3])
    np.testing.assert_array_equal(opened.hole, inside(opened, SQUARE) & ~inside(opened, SQUARE[:3]))
    assert steps(opened) == 2


@pytest.mark.parametrize("close", ["enter", "double click"])
def test_the_polygon_takes_corners_and_gives_the_last_one_back(opened: Desk, close: str) -> None:
    press_key(opened, Qt.Key.Key_L, SHIFT)
    assert opened.window.tools.name == "polygon"
    for place in SQUARE[:3]:
        opened.click(place)
    opened.click((200, 300))
    press_key(opened, Qt.Key.Key_Backspace)
    assert not opened.hole.any()
    if close == "enter":
        opened.click(SQUARE[3])
        press_key(opened, Qt.Key.Key_Return)
    else:
        opened.click(SQUARE[3])
        QTest.mouseDClick(opened.window.canvas, LEFT, NO_KEY, opened.point(*SQUARE[3]))
    np.testing.assert_array_equal(opened.hole, inside(opened, SQUARE))
    assert steps(opened) == 1


def test_escape_gives_up_what_is_under_way(opened: Desk) -> None:
    opened.drag((20, 20), (20, 200))
    before = opened.hole.copy()
    for name in ("rectangle", "lasso", "polygon", "brush"):
        opened.trigger(name)
        trace(opened, SQUARE[:3], up=False)
        assert opened.window.tools.tool.is_drawing
        press_key(opened, Qt.Key.Key_Escape)
        assert not opened.window.tools.tool.is_drawing
        QTest.mouseRelease(opened.window.canvas, LEFT, NO_KEY, opened.point(*SQUARE[2]))
        np.testing.assert_array_equal(opened.hole, before)
    assert steps(opened) == 1


def test_the_first_corner_goes_with_its_polygon(opened: Desk) -> None:
    opened.trigger("polygon")
    canvas, at = opened.window.canvas, opened.point(*SQUARE[0])
    QTest.mouseClick(canvas, LEFT, NO_KEY, at)
    QApplication.processEvents()
    drawn = Drawn(canvas)
    press_key(opened, Qt.Key.Key_Escape)
    opened.bot.waitUntil(lambda: drawn.region.contains(at), timeout=2000)


def test_moving_the_photo_twice_in_a_hurry_closes_no_polygon(opened: Desk) -> None:
    opened.trigger("polygon")
    for place in SQUARE[:3]:
        opened.click(place)
    QTest.mouseDClick(opened.window.canvas, Qt.MouseButton.MiddleButton, NO_KEY, opened.point(*SQUARE[3]))
    assert opened.window.tools.tool.is_drawing and not opened.hole.any()


def test_another_tool_gives_up_the_shape_under_way(opened: Desk) -> None:
    press_key(opened, Qt.Key.Key_L, SHIFT)
    for place in SQUARE:
        opened.click(place)
    press_key(opened, Qt.Key.Key_B)
    press_key(opened, Qt.Key.Key_L, SHIFT)
    press_key(opened, Qt.Key.Key_Return)
    assert not opened.hole.any()


def test_space_moves_the_photo_in_the_middle_of_a_shape(opened: Desk) -> None:
    canvas = opened.window.canvas
    for _ in range(3):
        canvas.zoom_in()
    press_key(opened, Qt.Key.Key_M)
    QTest.mousePress(canvas, LEFT, NO_KEY, opened.point(140, 180))
    QTest.mouseMove(canvas, opened.point(150, 200))
    end, left = opened.point(150, 200), canvas.view.left
    QTest.keyPress(opened.window, Qt.Key.Key_Space)
    QTest.mouseMove(canvas, end - QPoint(60, 0))
    QTest.keyRelease(opened.window, Qt.Key.Key_Space)
    assert canvas.view.left == left - 60
    QTest.mouseMove(canvas, opened.point(160, 210))
    QTest.mouseRelease(canvas, LEFT, NO_KEY, opened.point(160, 210))
    assert opened.hole[141:160, 181:210].all() and opened.hole.sum() <= 22 * 32


# the wand


def test_the_wand_marks_what_joins_the_pixel_and_has_its_colour(opened: Desk) -> None:
    pixels = opened.document.photo.pixels.astype(int)
    press_key(opened, Qt.Key.Key_W)
    opened.window.panel.where.options.tolerance.slider.setValue(40)
    with opened.bot.waitSignal(opened.window.model.mask_edited, timeout=5000):
        opened.click((150, 100))
    alike = (np.abs(pixels - pixels[150, 100]) <= 40).all(axis=2)
    assert opened.hole[150, 100] and not (opened.hole & ~alike).any() and 20 < opened.hole.sum() < alike.sum()
    marked = opened.hole.copy()
    with opened.bot.waitSignal(opened.window.model.mask_edited, timeout=5000):
        QTest.mouseClick(opened.window.canvas, RIGHT, NO_KEY, opened.point(150, 100))
    assert not opened.hole.any() and steps(opened) == 2
    opened.trigger("undo")
    np.testing.assert_array_equal(opened.hole, marked)


# the brush


def test_sizes_by_dragging_with_shift_and_by_the_wheel(opened: Desk) -> None:
    settings, view = opened.window.tools.settings, opened.window.canvas.view
    opened.drag((100, 100), (100, 150), keys=SHIFT)
    assert settings.diameter == pytest.approx(9 + 2 * 50, abs=2 / view.scale + 1)
    assert not opened.hole.any()
    opened.drag((100, 150), (100, 100), keys=SHIFT)
    assert settings.diameter == pytest.approx(9, abs=4)
    trace_size = settings.diameter
    wheel(opened.window.canvas, 1)
    assert settings.diameter == trace_size  # without Ctrl the wheel zooms


def pen(
    canvas: Canvas, kind: QEvent.Type, at: QPoint, pressure: float, keys: Qt.KeyboardModifier = NO_KEY
) -> bool:
    """A pen over the canvas; True where the canvas took the event."""
    up = kind is QEvent.Type.TabletRelease
    buttons = Qt.MouseButton.NoButton if up else LEFT
    place = QPointF(at)
    event = QTabletEvent(
        kind, QPointingDevice.primaryPointingDevice(), place, canvas.mapToGlobal(place), pressure, 0.0, 0.0,
        0.0, 0.0, 0.0, keys, LEFT, buttons,
    )  # fmt: skip
    QApplication.sendEvent(canvas, event)
    return event.isAccepted()


def stroke_with_pen(desk: Desk, row: int, pressure: float) -> int:
    """The width of a stroke along a row."""
    canvas = desk.window.canvas
    assert pen(canvas, QEvent.Type.TabletPress, desk.point(row, 60), pressure)
    QTest.mousePress(canvas, LEFT, NO_KEY, desk.point(row, 300))  # made up by the system, and ignored
    for col in range(70, 200, 10):
        assert pen(canvas, QEvent.Type.TabletMove, desk.point(row, col), pressure)
    assert pen(canvas, QEvent.Type.TabletRelease, desk.point(row, 190), pressure)
    assert not desk.hole[row, 290:].any()
    return int(desk.hole[row - 20 : row + 21, 120].sum())


def test_a_pen_draws_as_thick_as_it_is_pressed(opened: Desk) -> None:
    opened.window.tools.settings.set_diameter(21)
    assert stroke_with_pen(opened, 60, 1.0) == 21
    assert 9 <= stroke_with_pen(opened, 140, 0.5) <= 11
    assert steps(opened) == 2
    opened.trigger("pen_pressure")
    assert stroke_with_pen(opened, 220, 0.5) == 21


def test_a_straight_line_with_a_pen_is_as_thick_as_the_brush(opened: Desk) -> None:
    opened.window.tools.settings.set_diameter(21)
    opened.click((60, 60))
    canvas, end = opened.window.canvas, opened.point(60, 200)
    pen(canvas, QEvent.Type.TabletPress, end, 0.3, SHIFT)
    pen(canvas, QEvent.Type.TabletRelease, end, 0.0, SHIFT)
    assert opened.hole[40:81, 130].sum() == 21


# all marks


def seen(desk: Desk, place: Place) -> tuple[int, int, int]:
    """The colour on the screen, with the mouse out of the way."""
    canvas = desk.window.canvas
    QTest.mouseMove(canvas, QPoint(5, 5))
    colour = canvas.grab().toImage().pixelColor(desk.point(*place))
    return colour.red(), colour.green(), colour.blue()


def tint(desk: Desk, place: Place) -> int:
    """How much the marks change the colour on the screen."""
    marked = seen(desk, place)
    desk.trigger("overlay")
    bare = seen(desk, place)
    desk.trigger("overlay")
    return sum(abs(a - b) for a, b in zip(marked, bare, strict=True))


def test_all_marks_at_once_are_one_step_each(opened: Desk) -> None:
    opened.drag((100, 100), (140, 200))
    drawn = opened.hole.copy()
    opened.window.panel.where.amounts.amount.setValue(3)
    edited = opened.window.model.mask_edited
    expected: dict[str, Callable[[Mask], Mask]] = {
        "grow": lambda mask: dilate(mask, 3),
        "shrink": lambda mask: erode(mask, 3),
        "invert": lambda mask: ~mask,
        "select_all": np.ones_like,
        "clear": np.zeros_like,
    }
    for name, change in expected.items():
        with opened.bot.waitSignal(edited, timeout=5000):
            opened.trigger(name)
        np.testing.assert_array_equal(opened.hole, change(drawn), err_msg=name)
        assert steps(opened) == 2, name
        opened.trigger("undo")
        np.testing.assert_array_equal(opened.hole, drawn, err_msg=name)


def test_a_soft_edge_is_seen_counted_and_undone_as_one_step(opened: Desk) -> None:
    opened.drag((100, 100), (140, 200))
    options = opened.window.panel.where.options
    alone = opened.window.status.untouched.text()
    for width in (2, 5, 8):
        options.soft_edge.slider.setValue(width)
    assert opened.document.request("job", 0).settings.soft_edge == 8
    ring = outer_extent(opened.hole, 8)
    assert opened.document.redrawn_share == pytest.approx(ring.mean())
    assert opened.window.status.untouched.text() != alone
    core, edge, beyond = (tint(opened, (row, 150)) for row in (120, 129, 150))
    assert core > edge > 10 and beyond == 0
    press_key(opened, Qt.Key.Key_BraceRight)
    assert opened.document.settings.soft_edge == 6
    opened.trigger("undo")
    assert opened.document.settings.soft_edge == 0 and options.soft_edge.slider.value() == 0
    assert opened.hole.any()


def test_undo_gives_the_oldest_steps_up_when_memory_is_full(opened: Desk) -> None:
    model = opened.window.model
    stack = UndoStack(limit_bytes=LIMIT)
    model.undo_stack = stack
    rng = np.random.default_rng(0)
    states = []
    for i in range(8):  # noise cannot be packed: each step takes some 30,000 bytes
        model.set_mask(rng.random(opened.hole.shape) < 0.5, f"noise {i}")
        states.append(opened.hole.copy())
    assert stack.packed_bytes <= LIMIT
    while stack.canUndo():
        model.undo()
    assert 0 < stack.index() < 7
    np.testing.assert_array_equal(opened.hole, states[stack.index() - 1])
    model.undo()
    np.testing.assert_array_equal(opened.hole, states[stack.index() - 1])
    while stack.canRedo():
        model.redo()
    np.testing.assert_array_equal(opened.hole, states[-1])


# what is seen


def test_the_look_of_the_marks_is_remembered(opened: Desk) -> None:
    window = opened.window
    opened.drag((100, 100), (140, 200))
    red = seen(opened, (120, 150))
    window.overlay_menu.colours.actions()[1].trigger()
    window.overlay_menu.opacities.actions()[-1].trigger()
    green = seen(opened, (120, 150))
    assert red[0] > red[1] and green[1] > 150 and green[0] < 60
    opened.trigger("overlay")
    assert seen(opened, (120, 150)) not in (red, green)
    opened.trigger("overlay")
    menu = OverlayMenu(window.menuBar().addMenu("again"), Overlay(), window.model)
    assert [a.text() for a in menu.colours.actions() if a.isChecked()] == [menu.colours.actions()[1].text()]
    assert [a.data() for a in menu.opacities.actions() if a.isChecked()] == [85]


def test_letters_typed_into_a_field_take_up_no_tool(opened: Desk) -> None:
    window = opened.window
    fields = [w for w in window.findChildren(QLineEdit) if not w.isReadOnly()]
    assert fields and window.findChildren(QDoubleSpinBox)
    field = QLineEdit(window)
    field.show()
    field.setFocus()
    QTest.keyClicks(field, "melwq")
    assert field.text() == "melwq"
    assert window.tools.name == "brush" and not window.tools.settings.erasing
    assert window.canvas.overlay.shown


def test_tools_work_side_by_side_in_either_half(opened: Desk) -> None:
    window, canvas = opened.window, opened.window.canvas
    opened.click((100, 100))
    opened.trigger("restore")
    opened.host.step(1)
    window.compare.set_mode(CompareMode.SIDE)
    press_key(opened, Qt.Key.Key_M)
    half = QPoint(canvas.width() // 2, 0)
    a, b = opened.point(180, 200) + half, opened.point(220, 260) + half
    QTest.mousePress(canvas, LEFT, NO_KEY, a)
    QTest.mouseMove(canvas, b)
    QTest.mouseRelease(canvas, LEFT, NO_KEY, b)
    assert opened.hole[182:219, 202:259].all() and not opened.hole[:, 263:].any()
