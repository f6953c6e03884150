"""The guide: opened by its key at the chapter of the part in use, searched, read; all it names exists."""

import ast
import gettext
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QImage, QKeySequence, QTextDocument
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMainWindow, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from daps_desktop.base import i18n
from daps_desktop.base.errors import MESSAGES
from daps_desktop.base.paths import resource
from daps_desktop.ui.common.actions import MENUS
from daps_desktop.ui.files.project_controller import SaveProjectDialog
from daps_desktop.ui.help.guide import NAMES, Chapter, chapters
from daps_desktop.ui.help.help_window import HelpWindow
from tests.ui.conftest import Desk

ROOT = Path(__file__).resolve().parents[2]
KEY = Qt.Key.Key_F1


@pytest.fixture
def guide(desk: Desk) -> HelpWindow:
    desk.window.activateWindow()
    desk.bot.waitUntil(lambda: QApplication.activeWindow() is desk.window)
    QTest.keyClick(desk.window, KEY)
    window = desk.window.help.window
    assert window is not None
    return window


def every_chapter() -> list[Path]:
    return sorted(resource("help").glob("*/*.md"))


def highlighted(guide: HelpWindow) -> list[str]:
    """The chapters that the contents show as chosen."""
    return [item.data(Qt.ItemDataRole.UserRole) for item in guide.contents.selectedItems()]


# The window


def test_the_key_opens_the_guide_at_its_beginning(desk: Desk, guide: HelpWindow) -> None:
    assert guide.isVisible() and not guide.isModal()
    assert guide.shown == "first"
    assert guide.contents.currentItem().text() == guide.chapters[0].title
    assert "three minutes" in guide.page.toPlainText()


def test_all_of_the_window_with_its_frame_is_on_the_screen(guide: HelpWindow) -> None:
    assert guide.screen().availableGeometry().contains(guide.frameGeometry())


def test_a_part_that_has_the_focus_opens_its_chapter(opened: Desk) -> None:
    window = opened.window
    parts: list[tuple[QWidget, str]] = [
        (window.panel.cards.cards[2].tick, "damage"),
        (window.panel.where.finding.button, "finding"),
        (window.panel.where.options.brush_size.slider, "marking"),
        (window.panel.how.quality.button("best"), "strength"),
        (window.panel.run_box.button, "running"),
    ]
    for part, chapter in parts:
        window.activateWindow()
        part.setFocus()
        QTest.keyClick(part, KEY)
        assert window.help.window is not None and highlighted(window.help.window) == [chapter]
        assert window.help.window.shown == chapter


def test_the_key_works_before_a_dialog_is_answered(opened: Desk) -> None:
    opened.window.activateWindow()
    opened.trigger("save_project_as")
    dialog = opened.window.findChild(SaveProjectDialog)
    assert dialog is not None
    dialog.name.setFocus()
    opened.bot.waitUntil(lambda: QApplication.focusWidget() is dialog.name)
    QTest.keyClick(dialog.name, KEY)
    assert opened.window.help.window is not None and opened.window.help.window.shown == "saving"
    dialog.reject()


def test_a_key_that_is_changed_is_changed_in_windows_that_were_open_too(opened: Desk) -> None:
    opened.trigger("album")
    album = opened.window.album.window
    assert album is not None
    opened.bot.waitUntil(lambda: QApplication.focusWidget() is album.photos)
    opened.window.shortcuts.change("help", QKeySequence("F4"))
    album.folder.setFocus()
    QTest.keyClick(album.folder, KEY)
    assert opened.window.help.window is None
    QTest.keyClick(album.folder, Qt.Key.Key_F4)
    assert opened.window.help.window is not None and opened.window.help.window.shown == "album"


def test_the_key_of_another_window_is_left_alone(opened: Desk, qtbot: QtBot) -> None:
    other = QMainWindow()
    other.setCentralWidget(QPushButton("Apply"))
    qtbot.addWidget(other)
    other.show()
    other.activateWindow()
    other.centralWidget().setFocus()
    qtbot.waitUntil(lambda: QApplication.focusWidget() is other.centralWidget())
    QTest.keyClick(other.centralWidget(), KEY)
    assert opened.window.help.window is None


def test_the_table_that_saving_goes_by_is_shown_and_found(guide: HelpWindow) -> None:
    QTest.keyClicks(guide.search, "as description or in XMP")
    assert guide.shown == "saving"
    assert "kept up to 64 KB" in guide.page.toPlainText() and "{kept}" not in guide.page.toPlainText()


def test_words_are_searched_in_all_chapters_and_marked(guide: HelpWindow) -> None:
    QTest.keyClicks(guide.search, "blur rings")
    listed = [item for item in guide._items() if not item.isHidden()]
    assert {item.data(Qt.ItemDataRole.UserRole) for item in listed} == {"damage", "trouble"}
    assert guide.shown == "damage"
    marked = {selection.cursor.selectedText().casefold() for selection in guide.page.extraSelections()}
    assert marked == {"blur", "rings"}
    first = guide.page.textCursor().position()
    QTest.keyClick(guide.search, Qt.Key.Key_Return)
    assert guide.page.textCursor().position() > first
    QTest.keyClick(guide.search, Qt.Key.Key_Escape)
    assert guide.isVisible() and not guide.page.extraSelections()


def test_the_chapter_that_is_shown_is_the_highlighted_one_all_through_a_search(guide: HelpWindow) -> None:
    for letter in "blurb":
        QTest.keyClicks(guide.search, letter)
        assert highlighted(guide) == [guide.shown]
    QTest.keyClick(guide.search, Qt.Key.Key_Escape)
    assert guide.shown != "first" and highlighted(guide) == [guide.shown]
    QTest.keyClick(guide.contents, Qt.Key.Key_Down)
    assert highlighted(guide) == [guide.shown]
    QTest.mouseClick(guide.back, Qt.MouseButton.LeftButton)
    assert highlighted(guide) == [guide.shown]


def test_words_that_are_nowhere_are_said_to_be(guide: HelpWindow) -> None:
    QTest.keyClicks(guide.search, "zebrafish")
    assert guide.nothing.isVisible() and all(item.isHidden() for item in guide._items())
    guide.search.clear()
    assert not guide.nothing.isVisible() and not any(item.isHidden() for item in guide._items())


def test_chapters_are_gone_through_by_keys_and_back(guide: HelpWindow) -> None:
    guide.contents.setFocus()
    QTest.keyClick(guide.contents, Qt.Key.Key_Down)
    assert guide.shown == NAMES[1]
    QTest.mouseClick(guide.back, Qt.MouseButton.LeftButton)
    assert guide.shown == NAMES[0] and guide.contents.currentRow() == 0
    QTest.mouseClick(guide.forward, Qt.MouseButton.LeftButton)
    assert guide.shown == NAMES[1]
    QTest.keyClick(guide, Qt.Key.Key_Escape)
    assert not guide.isVisible()


def test_the_text_becomes_larger(guide: HelpWindow) -> None:
    before = guide.page.document().size().height()
    QTest.mouseClick(guide.larger, Qt.MouseButton.LeftButton)
    assert guide.page.document().size().height() > before


def test_a_link_to_a_chapter_is_followed_and_one_outward_is_not(guide: HelpWindow) -> None:
    guide.page.anchorClicked.emit(QUrl("check.md"))
    assert guide.shown == "check"
    for outward in ("https://example.org/first.md", "file:///etc/hostname", "mailto:a@example.org"):
        guide.page.anchorClicked.emit(QUrl(outward))
        assert guide.shown == "check"
    kind = QTextDocument.ResourceType.ImageResource.value
    assert guide.page.loadResource(kind, QUrl("https://example.org/x.png")) is None


def test_pictures_are_as_wide_as_the_page_at_most(guide: HelpWindow) -> None:
    kind = QTextDocument.ResourceType.ImageResource.value
    for width in (600, 1200):
        guide.resize(width, 700)
        image = guide.page.loadResource(kind, QUrl("../pictures/result.png"))
        assert 0 < image.width() <= guide.page.viewport().width()  # type: ignore[attr-defined]


def test_there_is_no_gap_below_a_picture(guide: HelpWindow) -> None:
    guide.show_chapter("running")
    document = guide.page.document()
    image = document.findBlockByNumber(2)
    where = document.documentLayout().blockBoundingRect
    assert where(image).height() > 200
    assert 0 < where(image.next()).top() - where(image).bottom() < 20


# The chapters


def test_every_chapter_is_there_and_has_a_title() -> None:
    found = chapters()
    assert [chapter.name for chapter in found] == list(NAMES)
    assert len({chapter.title for chapter in found}) == len(NAMES)
    assert sorted(path.stem for path in resource("help/en").iterdir()) == sorted(NAMES)
    told = {kind.help_chapter for kind in _kinds_of(QWidget) if hasattr(kind, "help_chapter")}
    assert len(told) > 10 and told <= set(NAMES)


def _kinds_of(kind: type) -> Iterator[type]:
    for derived in kind.__subclasses__():
        yield derived
        yield from _kinds_of(derived)


def test_what_is_not_translated_is_read_in_english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(i18n, "_current", "zh_CN")
    folders = {chapter.path.parent.name for chapter in chapters()}
    assert folders <= {"en", "zh_CN"} and len(chapters()) == len(NAMES)


@pytest.mark.parametrize("path", every_chapter(), ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_every_link_and_picture_of_a_chapter_exists(path: Path) -> None:
    source = path.read_text(encoding="utf-8")
    targets = re.findall(r"\]\(([^)]+)\)", source)
    assert not [target for target in targets if "://" in target]
    for target in targets:
        there = path.parent / target
        fallback = resource("help/en") / target
        assert there.is_file() or fallback.is_file(), target
        assert not target.endswith(".png") or not QImage(str(there)).isNull(), target
    assert all(re.findall(r"!\[([^\]]+)\]", source)), "a picture without words"


def test_every_picture_is_shown_somewhere_and_all_are_small() -> None:
    words = "".join(path.read_text(encoding="utf-8") for path in [*every_chapter(), ROOT / "README.md"])
    pictures = sorted(resource("help/pictures").iterdir())
    assert [image.name for image in pictures if f"pictures/{image.name}" not in words] == []
    assert sum(image.stat().st_size for image in pictures) < 1_500_000


def unbroken(path: Path) -> str:
    """The text of a chapter with its lines joined, as it is shown."""
    return re.sub(r"\n\s*", " ", path.read_text(encoding="utf-8"))


def english() -> Iterator[tuple[Chapter, str]]:
    for chapter in chapters():
        yield chapter, unbroken(chapter.path)


def test_every_action_the_guide_names_exists_with_that_key() -> None:
    known = {
        f"{title.replace('&', '')} › {spec.label.replace('&', '')}": spec.keys
        for title, specs in MENUS for spec in specs if spec
    }  # fmt: skip
    named = 0
    for chapter, source in english():
        for action, key in re.findall(r"\*(\w+ › [^*]+)\*(?: (?:\| )?\(?`([^`]+)`)?", source):
            assert action in known, f"{chapter.name}: {action}"
            assert not key or key in known[action], f"{chapter.name}: {action} {key}"
            named += 1
    assert named > 40


@pytest.mark.parametrize("spoken", [key for key in i18n.LANGUAGES if resource(f"help/{key}").is_dir()])
def test_a_translated_chapter_has_the_words_of_the_translated_window(spoken: str) -> None:
    catalogue = gettext.translation(i18n.DOMAIN, str(resource("languages")), [spoken], fallback=True)
    words = {catalogue.gettext(literal) for literal in literals() if literal}
    menus = {re.sub(r"\(&\w\)|&", "", word) for word in words}
    for path in resource(f"help/{spoken}").glob("*.md"):
        source = unbroken(path)
        assert [bold for bold in re.findall(r"\*\*([^*]+)\*\*", source) if bold not in words] == [], path
        named = re.findall(r"\*([^*›]+) › ([^*]+)\*", source)
        assert [pair for pair in named if pair[0] not in menus or pair[1] not in menus] == [], path


def test_every_message_the_guide_explains_is_one_the_program_says() -> None:
    said = " ".join([*MESSAGES.values(), *literals()])
    for chapter, source in english():
        if chapter.name == "trouble":
            for message in re.findall(r"“([^”]+)”", source):
                assert message in said, message


@cache
def literals() -> set[str]:
    """Every text that stands in the code of the window."""
    found: set[str] = set()
    for path in (ROOT / "daps_desktop" / "ui").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                found.add(node.value)
    return found
