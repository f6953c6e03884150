"""The window's language: which one it is, that Qt speaks it too, and that another is spoken at once."""

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pyqtgraph as pg
import pytest
from babel.messages.pofile import read_po
from PySide6.QtCore import QAbstractItemModel, QAbstractListModel, QLocale, QModelIndex, QObject, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import (
    QAbstractItemView,
    QApplication,
    QComboBox,
    QDialogButtonBox,
    QDoubleSpinBox,
    QLineEdit,
    QMainWindow,
    QMenu,
)
from pytestqt.qtbot import QtBot

from daps_desktop.base import i18n
from daps_desktop.base.errors import UserError
from daps_desktop.base.i18n import N_, phrase
from daps_desktop.base.paths import resource
from daps_desktop.jobs.damage import Noise
from daps_desktop.jobs.messages import Hardware, Notice
from daps_desktop.ui.common.actions import Actions
from daps_desktop.ui.common.preferences import LANGUAGE, language, preferences
from daps_desktop.ui.models.estimate_model import format_hardware_speed
from daps_desktop.ui.priors.prior_text import InstalledPrior
from daps_desktop.ui.shell.application import install_qt_translations, speak
from tests.ui.conftest import Desk


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
    words = install_qt_translations(qapp, name)
    try:
        box, number = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel), QDoubleSpinBox()
        window = QMainWindow()
        for widget in (box, number, window):
            qtbot.addWidget(widget)
        number.setDecimals(1)
        number.setValue(2.5)
        assert box.buttons()[0].text().startswith(cancel)
        assert Actions(window).tooltip("Clear", "clear") == clear
        assert number.text() == decimal
    finally:
        qapp.removeTranslator(words)
        QLocale.setDefault(before)


@pytest.fixture
def english_again(qapp: QApplication) -> Iterator[None]:
    before = QLocale()
    yield
    speak(i18n.set_language(i18n.ENGLISH))
    QLocale.setDefault(before)


def test_another_language_is_spoken_at_once_and_the_work_goes_on(
    english_again: None, opened: Desk, photo_path: Path
) -> None:
    window = opened.window
    _fill(opened, photo_path)
    marks, versions = opened.hole.copy(), list(opened.document.versions)
    view, undo, stack = window.canvas.view, window.model.active_stack.count(), window.model.undo_stack
    assert view is not None
    english = _texts()
    german, chinese, again = (_texts_in(opened, name) for name in ("Deutsch", "简体中文", "English"))
    assert not _of_language("en", german, "de")
    assert not _of_language("en", chinese, "zh_CN") + _of_language("de", chinese, "zh_CN")
    assert len(english) > 400 and Counter(again) == Counter(english)
    assert (opened.hole == marks).all() and opened.document.versions == versions
    assert window.canvas.view == view and window.tools.name == "rectangle"
    assert window.model.undo_stack is stack and window.model.active_stack.count() == undo
    assert window.job.running and not window.check_dock.isHidden()
    assert window.album.window is not None and window.album.window.isVisible()


def test_an_error_is_said_in_the_language_of_the_moment(english_again: None) -> None:
    error = UserError("file_unreadable", path="a.json", detail=phrase(N_("it is too large")))
    assert "it is too large" in str(error)
    i18n.set_language("de")
    assert "sie ist zu groß" in str(error) and "wählen Sie" in str(error)


def _fill(desk: Desk, photo: Path) -> None:
    """Open, and give something to say to, whatever stays open while a language is chosen."""
    window = desk.window
    desk.drag((100, 50), (100, 250))
    window.panel.cards.card(Noise).tick.setChecked(True)
    desk.trigger("restore")
    desk.host.finish()
    desk.bot.waitUntil(window.actions_["split"].isEnabled, timeout=5000)
    desk.trigger("try_more")
    desk.host.step(2)
    desk.host.say(Notice(desk.host.requests[-1].job_id, "noise_estimated", {"noise": 4.5}))
    window.panel.cards.card(Noise).suggest(Noise(), phrase(N_("About {level:.0f} of 255"), level=9.0))
    detail = phrase(N_("{name} is too large"), name="it.json")
    window.panel.run_box.banner.show_error(UserError("project_damaged", path=photo, detail=detail))
    window.forecast.hardware_known.emit(lambda: format_hardware_speed(Hardware(2, "cpu", ""), 90.0))
    window.forecast.changed.emit({"draft": 12.0, "balanced": 5400.0})
    window.panel.how.fold.head.setChecked(True)
    for name in ("rectangle", "check", "side", "album", "help"):
        desk.trigger(name)
    assert window.album.window is not None and window.album.album is not None
    window.album.add([photo])
    page = window.priors.page = window.priors._new_page()
    page.show_installed([InstalledPrior("own", "", "MIT", "", "", 61.5, 30.0, 256, "ab" * 32, True)])
    page.show_busy(phrase(N_("Fetching {name}…"), name="faces"), 5)
    page.show()
    with desk.bot.waitCallback(timeout=20_000) as done:
        window.background.run(lambda: None, done)  # after all that was asked for before


def _texts_in(desk: Desk, name: str) -> list[str]:
    """All that is said once that language was chosen in the menu."""
    next(action for action in desk.window.findChildren(QAction) if action.text() == name).trigger()
    return _texts()


def _texts() -> list[str]:
    """Of every window that is open, but not of pyqtgraph's menus, which are never shown."""
    windows = [window for window in QApplication.topLevelWidgets() if window.parent() is None]
    ours = [window for window in windows if window.isVisible() and not isinstance(window, QMenu)]
    every = [part for window in ours for part in (window, *window.findChildren(QObject))]
    parts = [part for part in every if not _of_pyqtgraph(part.parent())]
    names = ("text", "toolTip", "accessibleName", "accessibleDescription", "windowTitle", "title", "suffix",
             "specialValueText", "placeholderText", "iconText")  # fmt: skip
    written = [(part, "text") for part in parts if isinstance(part, QLineEdit)]  # by the user, or as typed
    told = [str(part.property(n) or "") for part in parts for n in names if (part, n) not in written]
    for part in parts:
        if isinstance(part, QAbstractItemView | QComboBox):
            told += _items(part.model())
    return [words for words in told if words]


def _of_pyqtgraph(part: QObject | None) -> bool:
    return part is not None and (isinstance(part, pg.PlotWidget) or _of_pyqtgraph(part.parent()))


def _items(model: QAbstractItemModel, above: QModelIndex | None = None) -> list[str]:
    """Headings, cells and their tips; a list has no columns that could be counted."""
    above = above or QModelIndex()
    columns = 1 if isinstance(model, QAbstractListModel) else model.columnCount(above)
    told = [str(model.headerData(at, Qt.Orientation.Horizontal) or "") for at in range(columns)]
    for line in range(model.rowCount(above)):
        for at in range(columns):
            index = model.index(line, at, above)
            for role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
                told.append(str(model.data(index, role) or ""))
            if at == 0 and columns > 1:
                told += _items(model, index)
    return told


def _of_language(other: str, told: list[str], spoken: str) -> list[str]:
    """What still holds words of the other language that are none of the one spoken."""
    guide = [file.read_text(encoding="utf-8") for file in resource(f"help/{spoken}").glob("*.md")]
    own = "\n".join([*_words(spoken), *guide])
    parts = {part for words in _words(other) for part in re.split(r"\{[^}]*\}|\n|&", words)}
    foreign = {part.strip(" .,:;…()") for part in parts}
    foreign = {part for part in foreign if len(part) > 3 and not _holds(own, part)}
    return [words for words in dict.fromkeys(told) if any(_holds(words, part) for part in foreign)]


def _holds(words: str, part: str) -> bool:
    return part in words and re.search(rf"(?<!\w){re.escape(part)}(?!\w)", words) is not None


def _words(name: str) -> list[str]:
    """All messages in a language, one form after the other."""
    key = name if name != i18n.ENGLISH else "de"
    with resource(f"languages/{key}/LC_MESSAGES/{i18n.DOMAIN}.po").open("rb") as file:
        messages = [message for message in read_po(file) if message.id]
    forms = [message.string if name != i18n.ENGLISH else message.id for message in messages]
    return [each for form in forms for each in ((form,) if isinstance(form, str) else form)]
