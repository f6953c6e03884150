"""Whoever cannot see or hold a mouse: everything has a name, and the keys get everywhere but painting."""

from itertools import pairwise
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QAccessible
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSlider,
    QAbstractSpinBox,
    QComboBox,
    QHeaderView,
    QKeySequenceEdit,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QScrollBar,
    QWidget,
)

from daps_desktop.base.errors import UserError
from daps_desktop.document.journal import UnsavedWork
from daps_desktop.jobs.damage import GaussianBlur, MissingPixels, Noise
from daps_desktop.jobs.task import Task
from daps_desktop.ui.album.album_window import AlbumWindow
from daps_desktop.ui.canvas.drawing.compare_state import CompareMode
from daps_desktop.ui.common.focus_frame import FocusFrame
from daps_desktop.ui.files.export_dialog import ExportDialog
from daps_desktop.ui.files.project_controller import SaveProjectDialog
from daps_desktop.ui.files.recent_files import RecentFile
from daps_desktop.ui.priors.priors_dialog import PriorsDialog
from daps_desktop.ui.shell.shortcuts import ShortcutsDialog
from tests.ui.conftest import Desk

_OPERATED = (QAbstractButton, QAbstractSlider, QAbstractSpinBox, QComboBox, QLineEdit, QAbstractItemView,
             QPlainTextEdit, QKeySequenceEdit)  # fmt: skip
_WHOLES = (QAbstractSpinBox, QComboBox, QKeySequenceEdit, QLineEdit, QAbstractItemView)
BROKEN = UserError("save_failed", path=Path("grandmother.png"), detail="no space left on device")


def operated(top: QWidget) -> list[QWidget]:
    """What a person operates; the parts that Qt builds inside its own widgets are theirs."""
    widgets = [widget for widget in top.findChildren(QWidget) if isinstance(widget, _OPERATED)]
    kept = [widget for widget in widgets if not isinstance(widget, QScrollBar | QHeaderView)]
    return [widget for widget in kept if not _inside(widget, top) and widget.window() is top.window()]


def _inside(widget: QWidget, top: QWidget) -> bool:
    around = widget.parentWidget()
    while around is not None and around is not top:
        if isinstance(around, _WHOLES):
            return True
        around = around.parentWidget()
    return widget.objectName().startswith("qt_")


def name_of(widget: QWidget) -> str:
    return QAccessible.queryAccessibleInterface(widget).text(QAccessible.Text.Name).strip()


def stops(top: QWidget) -> list[QWidget]:
    """Where Tab stops inside `top`, in its order."""
    chain, widget = [top], top.nextInFocusChain()
    while widget is not top:
        chain.append(widget)
        widget = widget.nextInFocusChain()
    inside = [w for w in chain if w is top or top.isAncestorOf(w)]
    return [w for w in inside if w.isVisible() and w.isEnabled() and _tab_stops_at(w)]


def _tab_stops_at(widget: QWidget) -> bool:
    return bool(widget.focusPolicy() & Qt.FocusPolicy.TabFocus)


def reached(widget: QWidget) -> bool:
    """By Tab, or by the arrow keys from the one of its group that is down."""
    group = widget.group() if isinstance(widget, QAbstractButton) else None
    return _tab_stops_at(widget) or (group is not None and any(map(_tab_stops_at, group.buttons())))


def follows(one: QWidget, other: QWidget, top: QWidget) -> bool:
    """A reader comes to `other` after `one`: it lies below, or next to it on the right."""
    a, b = (QRect(w.mapTo(top, QPoint()), w.size()) for w in (one, other))
    return b.top() >= a.bottom() or (b.bottom() > a.top() and b.left() >= a.left())


def assert_open_to_all(top: QWidget) -> None:
    shown = [widget for widget in operated(top) if widget.isVisible()]
    assert shown and not [type(w).__name__ for w in operated(top) if w.isVisible() and not name_of(w)]
    assert not [name_of(w) for w in shown if w.isEnabled() and not reached(w)]


def assert_reads_downwards(top: QWidget) -> None:
    order = stops(top)
    assert not [(name_of(a), name_of(b)) for a, b in pairwise(order) if not follows(a, b, top)]


@pytest.fixture
def restored(opened: Desk) -> Desk:
    """All that a photo comes with is seen: marks, damage, a version, the Check panel, an error."""
    window = opened.window
    window.resize(1300, 900)
    opened.drag((100, 50), (100, 250))
    for damage in (GaussianBlur, Noise):
        window.panel.cards.card(damage).tick.click()
    window.panel.how.fold.head.click()
    opened.trigger("check")
    opened.trigger("restore")
    opened.host.finish()
    window.panel.run_box.banner.show_error(BROKEN, "Traceback")
    window.panel.run_box.banner.fold.click()
    opened.bot.waitUntil(lambda: window.check.plot is not None)
    banner = window.panel.run_box.banner
    opened.bot.waitUntil(lambda: banner.visibleRegion().boundingRect() == banner.rect())  # there is room
    return opened


def test_all_in_the_window_has_a_name_and_is_reached_by_keys_from_top_to_bottom(restored: Desk) -> None:
    window, panel = restored.window, restored.window.panel
    assert_open_to_all(window)
    for part in (panel._steps, panel.run_box, window.versions.panel, window.check_dock, window.tool_strip):
        assert len(stops(part)) > 2
        assert_reads_downwards(part)
    assert_reads_downwards(window.pages.widget(1))


def test_words_are_read_as_they_stand_and_fields_by_their_names(restored: Desk) -> None:
    """A name that is given to a label is read in place of its words."""
    window, fold = restored.window, restored.window.panel.how.fold
    labels = [label for label in window.findChildren(QLabel) if label.isVisible() and label.text()]
    assert len(labels) > 30 and not [label.text() for label in labels if name_of(label) != label.text()]
    assert [name_of(field) for field in (fold.levels, fold.seed, fold.tile)] == ["Steps", "Seed", "Tile"]
    welcome = window.welcome
    welcome.show_offers([UnsavedWork(Path(), "family.png", "", "", 3, 1)])
    assert "family.png" in name_of(welcome.cards[0].sentence)


def test_tab_comes_round_and_is_caught_nowhere(restored: Desk) -> None:
    window = restored.window
    window.canvas.setFocus()
    visited: list[QWidget] = []
    while (now := window.focusWidget()) not in visited:
        visited.append(now)
        QTest.keyClick(now, Qt.Key.Key_Tab)
    assert now is window.canvas
    wanted = {w for w in operated(window) if w.isVisible() and w.isEnabled() and _tab_stops_at(w)}
    assert wanted <= set(visited)


def test_the_first_page_is_open_to_all(desk: Desk, photo_path: Path) -> None:
    welcome = desk.window.welcome
    welcome.show_offers([UnsavedWork(photo_path.parent, "family.png", "", "", 3, 1)] * 2)
    welcome.recent.show_files([RecentFile(photo_path, desk.window.grab().toImage())])
    welcome.banner.show_error(BROKEN)
    welcome.banner.add_fix("Save elsewhere…", lambda: None)
    desk.bot.waitUntil(lambda: welcome.recent.buttons[0].isVisible())
    assert_open_to_all(welcome)
    assert_reads_downwards(welcome)


DIALOGS: dict[str, type[QWidget]] = {
    "export": ExportDialog,
    "album": AlbumWindow,
    "priors": PriorsDialog,
    "shortcuts": ShortcutsDialog,
    "save_project_as": SaveProjectDialog,
}


def test_dialogs_are_open_to_all(opened: Desk) -> None:
    opened.drag((100, 50), (100, 250))
    opened.trigger("restore")
    opened.host.finish()
    for action, kind in DIALOGS.items():
        opened.trigger(action)
        dialog = opened.window.findChild(kind)
        opened.bot.waitUntil(dialog.isVisible)
        assert_open_to_all(dialog)
        assert_reads_downwards(dialog)
        dialog.close()


# By keys alone


def press(desk: Desk, key: Qt.Key, keys: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    QTest.keyClick(desk.window.focusWidget() or desk.window, key, keys)


def test_one_key_goes_from_part_to_part_and_back(restored: Desk) -> None:
    window = restored.window
    window.canvas.setFocus()
    order = (window.panel, window.versions_dock, window.check_dock, window.tool_strip, window.pages.widget(1))
    for part in order:
        restored.trigger("next_part")
        assert part.isAncestorOf(window.focusWidget())
    restored.trigger("next_part")
    assert window.focusWidget() is window.canvas
    restored.trigger("check")  # what is hidden is passed over
    for _ in range(3):
        restored.trigger("previous_part")
    assert window.versions_dock.isAncestorOf(window.focusWidget())


def test_tab_enters_a_row_of_choices_at_the_one_that_is_made(restored: Desk) -> None:
    quality = restored.window.panel.how.quality
    quality.button("best").click()
    assert [b for b in quality.findChildren(QAbstractButton) if _tab_stops_at(b)] == [quality.button("best")]
    quality.button("best").setFocus()
    press(restored, Qt.Key.Key_Left)
    assert restored.document.settings.preset == "balanced"


def test_the_keys_alone_choose_damage_and_quality_restore_and_compare(opened: Desk) -> None:
    window, cards = opened.window, opened.window.panel.cards
    window.canvas.setFocus()
    opened.trigger("next_part")
    for damage in (MissingPixels, GaussianBlur):
        while window.focusWidget() is not cards.card(damage).tick:
            press(opened, Qt.Key.Key_Tab)
        press(opened, Qt.Key.Key_Space)
    while window.focusWidget() is not window.panel.run_box.button:
        press(opened, Qt.Key.Key_Tab)
    press(opened, Qt.Key.Key_Space)
    assert opened.host.requests[-1].task == Task((GaussianBlur(),))
    opened.host.finish()
    opened.bot.waitUntil(lambda: window.compare.mode is CompareMode.SPLIT, timeout=5000)
    opened.trigger("next_part")
    assert window.focusWidget() is window.versions.panel.strip


def test_canvas_and_plot_show_that_tab_has_come_and_the_plot_is_read_by_arrow_keys(restored: Desk) -> None:
    canvas = restored.window.canvas
    frame = canvas.findChild(FocusFrame)
    canvas.setFocus(Qt.FocusReason.MouseFocusReason)
    assert not frame.isVisible()
    restored.trigger("next_part")
    canvas.setFocus(Qt.FocusReason.TabFocusReason)
    assert frame.isVisible() and frame.size() == canvas.size()
    press(restored, Qt.Key.Key_Tab)
    assert not frame.isVisible()
    plot = restored.window.check.plot
    plot.setFocus(Qt.FocusReason.TabFocusReason)
    press(restored, Qt.Key.Key_Left)
    assert plot.readout.startswith("Step 4")
    press(restored, Qt.Key.Key_Left)
    assert plot.readout.startswith("Step 3") and plot.accessibleDescription() == plot.readout
    press(restored, Qt.Key.Key_Right)
    assert plot.readout.startswith("Step 4")
