"""The window's language: which one it is, and that Qt speaks it too."""

import pytest
from PySide6.QtCore import QLocale
from PySide6.QtWidgets import QApplication, QDialogButtonBox, QDoubleSpinBox, QMainWindow
from pytestqt.qtbot import QtBot

from daps_desktop.ui.common.actions import Actions
from daps_desktop.ui.common.preferences import LANGUAGE, language, preferences
from daps_desktop.ui.shell.application import let_qt_speak


def test_it_is_the_one_chosen_else_that_of_the_system() -> None:
    assert language() == QLocale(QLocale.system().uiLanguages()[0]).name()
    preferences().setValue(LANGUAGE, "zh_CN")
    assert language() == "zh_CN"


@pytest.mark.parametrize(
    ("name", "cancel", "clear", "decimal"),
    [
        ("en", "Cancel", "Clear (Del)", "2.5"),
        ("de", "Abbrechen", "Clear (Entf)", "2,5"),
        ("zh_CN", "取消", "Clear (Del)", "2.5"),
    ],
)
def test_buttons_keys_and_numbers_of_qt_follow(
    qapp: QApplication, qtbot: QtBot, name: str, cancel: str, clear: str, decimal: str
) -> None:
    before = QLocale()
    words = let_qt_speak(qapp, name)
    try:
        box, number = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel), QDoubleSpinBox()
        window = QMainWindow()
        for widget in (box, number, window):
            qtbot.addWidget(widget)
        number.setDecimals(1)
        number.setValue(2.5)
        assert box.buttons()[0].text().startswith(cancel)
        assert Actions(window).tip("Clear", "clear") == clear
        assert number.text() == decimal
    finally:
        qapp.removeTranslator(words)
        QLocale.setDefault(before)
