"""Keys can be looked up and changed, belong to one action, and come back at the next start."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QMainWindow
from pytestqt.qtbot import QtBot

from daps_desktop.ui.canvas.drawing.compare_state import CompareMode
from daps_desktop.ui.common.actions import MENUS, Actions
from daps_desktop.ui.shell.shortcuts import Shortcuts, ShortcutsDialog
from tests.ui.conftest import Desk


def _dialog(desk: Desk) -> ShortcutsDialog:
    desk.trigger("shortcuts")
    dialog = desk.window.findChild(ShortcutsDialog)
    assert dialog is not None
    return dialog


def test_no_two_actions_are_shipped_with_the_same_key() -> None:
    keys = [key for _, specs in MENUS for spec in specs if spec for key in spec.keys]
    assert len(keys) == len(set(keys))


def test_every_action_is_shipped_with_a_key_that_its_tooltip_names(desk: Desk) -> None:
    for name in desk.window.actions_.specs:
        action = desk.window.actions_[name]
        assert action.shortcuts(), name
        assert action.shortcuts()[0].toString(QKeySequence.SequenceFormat.NativeText) in action.toolTip()


def test_changed_keys_are_told_wherever_keys_are_told(opened: Desk) -> None:
    """On buttons, sliders and the first page; a key that is removed is shown no more."""
    window = opened.window
    panel, shortcuts = window.panel, window.shortcuts
    places = {
        "restore": panel.run_box.button, "save_result": panel.run_box.save, "export": panel.run_box.export,
        "stop_all": panel.run_box.stop_all,
        "clear": panel.where.clear, "grow": panel.where.amounts.grow, "find": panel.where.finding.button,
        "accept_found": panel.where.finding.accept, "wand": panel.where.options.tolerance.slider,
        "softer": panel.where.options.soft_edge.slider, "swap": panel.where.options.mode.button(True),
        "split": window.compare_bar.modes.button(CompareMode.SPLIT), "weaker": window.compare_bar.factor,
        "open": window.welcome.button,
    }  # fmt: skip
    before = {name: widget.toolTip() for name, widget in places.items()}
    for i, (name, widget) in enumerate(places.items()):
        assert window.actions_.keys(name) in before[name]
        shortcuts.change(name, QKeySequence(f"Ctrl+Alt+F{i + 1}"))
        assert f"F{i + 1}" in widget.toolTip(), name
    shortcuts.change("export", QKeySequence())
    assert "(" not in places["export"].toolTip()
    opened.drag((100, 50), (100, 250))
    opened.trigger("restore")
    shortcuts.change("stop", QKeySequence("F12"))
    assert "F12" in places["restore"].toolTip()  # which is Stop meanwhile
    shortcuts.change("paste", QKeySequence("F11"))
    assert any("F11" in label.text() for label in window.welcome.findChildren(QLabel))
    shortcuts.reset()
    opened.host.finish()
    assert {name: widget.toolTip() for name, widget in places.items()} == before


def test_a_key_is_changed_by_pressing_it_and_works(desk: Desk) -> None:
    dialog = _dialog(desk)
    dialog.choose("invert")
    QTest.keyClick(dialog.key, Qt.Key.Key_F9)
    QTest.mouseClick(dialog.apply, Qt.MouseButton.LeftButton)
    assert desk.window.actions_["invert"].shortcuts() == [QKeySequence("F9")]
    assert "F9" in desk.window.actions_["invert"].toolTip()
    dialog.close()


def test_a_key_that_belongs_to_another_is_announced_and_then_taken(desk: Desk) -> None:
    dialog = _dialog(desk)
    dialog.choose("invert")
    QTest.keyClick(dialog.key, Qt.Key.Key_B)
    assert "Brush" in dialog.hint.text()
    QTest.mouseClick(dialog.apply, Qt.MouseButton.LeftButton)
    assert desk.window.actions_["invert"].shortcuts() == [QKeySequence("B")]
    assert QKeySequence("B") not in desk.window.actions_["brush"].shortcuts()


def test_searching_hides_what_does_not_match(desk: Desk) -> None:
    dialog = _dialog(desk)
    QTest.keyClicks(dialog.search, "zoom in")
    shown = [item.text(0) for item in dialog._items() if not item.isHidden()]
    assert shown == ["Zoom in"]


def test_changed_keys_are_there_at_the_next_start_until_reset(desk: Desk, qtbot: QtBot) -> None:
    desk.window.shortcuts.change("invert", QKeySequence("F9"))
    later = QMainWindow()
    qtbot.addWidget(later)
    shortcuts = Shortcuts(Actions(later))
    assert shortcuts.keys("invert") == [QKeySequence("F9")]
    shortcuts.reset()
    again = QMainWindow()
    qtbot.addWidget(again)
    assert Shortcuts(Actions(again)).keys("invert") == [QKeySequence("Ctrl+Shift+I")]
