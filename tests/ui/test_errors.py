"""What an error says, the button that does something about it, and the report."""

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog

from daps_desktop.base.errors import MESSAGES, UserError
from daps_desktop.base.logs import WINDOW_LOG, append, log_folder
from daps_desktop.base.paths import DATA_VARIABLE
from daps_desktop.jobs.messages import Failed
from daps_desktop.ui.common.banner import Banner
from daps_desktop.ui.workflow.bug_report import anonymise
from daps_desktop.ui.workflow.suggested_fixes import ANY_DEVICE, OTHER_PLACE, SMALLER_TILES, SUGGESTED_FIXES
from tests.ui.conftest import Desk

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def banner(opened: Desk) -> Banner:
    return opened.window.panel.run_box.banner


def fail(desk: Desk, code: str, **facts: object) -> None:
    desk.drag((100, 50), (100, 250))
    desk.window.restore()
    desk.host.say(Failed(desk.host.requests[-1].job_id, code, facts, "the traceback"))


def test_out_of_memory_is_retried_with_smaller_tiles(opened: Desk, banner: Banner) -> None:
    fail(opened, "memory_out")
    for tile in (192, 96):
        assert banner.act.text() == "Retry with smaller tiles"
        QTest.mouseClick(banner.act, LEFT)
        assert opened.host.requests[-1].settings.tile == tile and not banner.isVisible()
        opened.host.say(Failed(opened.host.requests[-1].job_id, "memory_out", {}))
    assert banner.act.text() == "Try again"  # they cannot be much smaller


def test_a_dead_engine_is_asked_again(opened: Desk, banner: Banner) -> None:
    fail(opened, "engine_died", detail="SIGKILL")
    QTest.mouseClick(banner.act, LEFT)
    assert len(opened.host.requests) == 2 and opened.window.job.running


def test_a_missing_device_is_replaced(opened: Desk, banner: Banner) -> None:
    fail(opened, "device_missing", device="cuda")
    QTest.mouseClick(banner.act, LEFT)
    assert opened.host.requests[-1].settings.device == "auto"


def test_nothing_marked_puts_the_brush_in_hand(opened: Desk, banner: Banner) -> None:
    opened.trigger("eraser")
    opened.window.restore()
    QTest.mouseClick(banner.act, LEFT)
    assert opened.window.actions_["brush"].isChecked() and not banner.isVisible()


def test_what_could_not_be_saved_is_saved_elsewhere(opened: Desk, banner: Banner, tmp_path: Path) -> None:
    opened.trigger("export_mask")
    first = opened.window.findChildren(QFileDialog)[-1]
    first.fileSelected.emit(str(tmp_path / "no such folder" / "marks.png"))
    opened.bot.waitUntil(banner.isVisible, timeout=5000)
    first.reject()
    assert banner.act.text() == "Save elsewhere…"
    QTest.mouseClick(banner.act, LEFT)
    second = opened.window.findChildren(QFileDialog)[-1]
    assert second is not first and second.isVisible()
    with opened.bot.waitSignal(opened.window.files.saved, timeout=5000):
        second.fileSelected.emit(str(tmp_path / "marks.png"))
    second.reject()
    assert (tmp_path / "marks.png").exists()


def test_a_photo_that_cannot_be_opened_offers_another(desk: Desk, tmp_path: Path) -> None:
    with desk.bot.waitSignal(desk.window.files.failed, timeout=5000):
        desk.window.open(tmp_path / "nowhere.png")
    banner = desk.window.welcome.banner
    assert banner.isVisible() and not banner.fold.isVisible()
    QTest.mouseClick(banner.act, LEFT)
    assert desk.window.findChildren(QFileDialog)[-1].isVisible()


def test_an_error_without_a_remedy_has_no_button(opened: Desk, banner: Banner) -> None:
    fail(opened, "diverged", detail="NaN")
    assert banner.isVisible() and not banner.act.isVisible()


def test_every_remedy_belongs_to_an_error_and_its_actions_are_there(desk: Desk) -> None:
    assert SUGGESTED_FIXES.keys() <= MESSAGES.keys()
    known = {SMALLER_TILES, ANY_DEVICE, OTHER_PLACE}
    for remedy in SUGGESTED_FIXES.values():
        for act in remedy.acts:
            assert act in known or act in desk.window.actions_


def test_the_report_tells_of_the_error_and_not_of_the_user(
    opened: Desk, banner: Banner, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv(DATA_VARIABLE, str(tmp_path / "data"))
    monkeypatch.setenv("HOME", str(tmp_path / "home" / "grandma"))
    monkeypatch.setenv("LOGNAME", "grandma")
    append(log_folder() / WINDOW_LOG, "something odd\n")
    fail(opened, "engine_died", detail=f"in {tmp_path}/home/grandma/photos/aunt.png")
    QTest.mouseClick(banner.report, LEFT)
    report = QGuiApplication.clipboard().text()
    for part in ("engine_died", "~/photos/aunt.png", "the traceback", "something odd", "torch ", "400 x 300"):
        assert part in report
    assert "grandma" not in report
    opened.trigger("copy_report")
    assert "from the menu" in QGuiApplication.clipboard().text()


def test_names_are_replaced_however_they_are_written() -> None:
    home = Path("/home/anna")
    words = "/home/anna/x.png and '/home/anna', but /home/annabel; by Anna, not Annalise"
    assert anonymise(words, home, "anna") == "~/x.png and '~', but /home/annabel; by USER, not Annalise"


def test_an_error_is_said_in_words_with_the_same_facts() -> None:
    error = UserError("engine_died", detail="SIGSEGV")
    assert "SIGSEGV" in str(error) and "safe" in str(error) and "try again" in str(error)
