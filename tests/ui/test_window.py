"""The window itself: its first page, its recent photos, its layout from one start to the next."""

from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QRect
from pytestqt.qtbot import QtBot

from daps_desktop.base.errors import UserError
from daps_desktop.base.paths import resource
from daps_desktop.document.journal import UnsavedWork
from daps_desktop.imaging.formats.reader import read_photo
from daps_desktop.ui.common.theme import MIN_TARGET, Theme
from daps_desktop.ui.models.document_model import DocumentModel
from daps_desktop.ui.models.job_model import JobModel
from daps_desktop.ui.shell.main_window import MainWindow
from tests.fakes.hosts import FakeHost
from tests.ui.conftest import Desk


@pytest.fixture
def again(qtbot: QtBot, theme: Theme) -> Desk:
    """A window of the next start, not yet shown."""
    host = FakeHost()
    job = JobModel(host.router)
    window = MainWindow(DocumentModel(), job, theme)
    qtbot.addWidget(window)
    return Desk(window, host, qtbot)


def test_the_sample_opens_like_any_photo_and_is_never_in_the_way(desk: Desk) -> None:
    with desk.bot.waitSignal(desk.window.files.opened, timeout=10000):
        desk.window.welcome.sample.click()
    shipped = resource("sample/sample.jpg")
    np.testing.assert_array_equal(desk.document.photo.pixels, read_photo(shipped).pixels)
    assert desk.window.projects._suggested().parent != shipped.parent
    assert desk.window.recent.paths == []


def test_the_mask_of_the_sample_is_where_its_damage_is() -> None:
    photo, mask = (read_photo(resource(f"sample/{name}")) for name in ("sample.jpg", "mask.png"))
    hole = mask.pixels[..., 0] > 0
    assert hole.shape == photo.pixels.shape[:2] and 0.01 < hole.mean() < 0.08
    light = photo.pixels.mean(axis=2)
    inside = light[30:-30, 30:-30][hole[30:-30, 30:-30]]
    assert inside.std() > 1.3 * light[30:-30, 30:-30][~hole[30:-30, 30:-30]].std()


def test_recent_photos_come_back_as_pictures(opened: Desk, photo_path: Path, again: Desk) -> None:
    opened.bot.waitUntil(lambda: len(opened.window.welcome.recent.buttons) == 1, timeout=5000)
    opened.window.close()
    again.window.show()
    again.bot.waitUntil(lambda: len(again.window.welcome.recent.buttons) == 1, timeout=5000)
    button = again.window.welcome.recent.buttons[0]
    assert button.text() == "family.png" and not button.icon().isNull()
    assert min(button.width(), button.height()) >= MIN_TARGET
    with again.bot.waitSignal(again.window.files.opened, timeout=5000):
        button.click()
    assert again.document.photo.path == photo_path
    again.window.close()


def test_photos_that_are_gone_are_dropped_and_the_list_can_be_cleared(
    opened: Desk, photo_path: Path, tmp_path: Path
) -> None:
    other = tmp_path / "other.png"
    other.write_bytes(photo_path.read_bytes())
    opened.open(other)
    recent = opened.window.recent
    opened.bot.waitUntil(lambda: len(recent.menu.actions()) == 4, timeout=5000)
    assert [path.name for path in recent.paths] == ["other.png", "family.png"]
    photo_path.unlink()
    with opened.bot.waitSignal(recent.changed, timeout=5000) as found:
        recent.refresh()
    assert [file.path for file in found.args[0]] == [other]
    opened.window.welcome.recent.clear.click()
    assert recent.paths == [] and not recent.menu.isEnabled()


def test_all_panels_at_once_fit_a_small_laptop(opened: Desk, tmp_path: Path) -> None:
    """Of 1280 × 720 pixels, title bar and task bar take some 70; nothing that is told takes more."""
    window = opened.window
    told = [UnsavedWork(tmp_path, "grandmother at the sea.png", "", "", 12, 3)] * 3
    window.welcome.show_offers(told)
    failure = UserError("save_failed", path=tmp_path / "grandmother.png", detail="no space left on device")
    for banner in (window.welcome.banner, window.panel.run_box.banner):
        banner.show_error(failure, "Traceback\n" * 30)
        banner.fold.setChecked(True)
    opened.drag((100, 50), (100, 250))
    opened.trigger("restore")
    opened.host.finish()
    opened.trigger("check")
    window.resize(1280, 650)
    opened.bot.waitUntil(lambda: window.check.map.isVisible())
    assert window.width() == 1280 and window.height() == 650
    for part in (window.canvas, window.check, window.versions.panel.strip, window.panel.run_box.button):
        assert part.isVisible()
        assert window.rect().contains(QRect(part.mapTo(window, QPoint()), part.size()))


def test_the_layout_is_remembered_and_put_back(opened: Desk, photo_path: Path, again: Desk) -> None:
    window = opened.window
    assert window.check_dock.isHidden()
    opened.trigger("check")
    window.close()
    again.window.show()
    again.window.layout_.restore()
    again.window.layout_.hide_tools()
    assert again.window.check_dock.isHidden() and again.window.tool_strip.isHidden()
    again.open(photo_path)
    assert not again.window.check_dock.isHidden() and not again.window.task_dock.isHidden()
    again.trigger("reset_layout")
    assert again.window.check_dock.isHidden() and not again.window.tool_strip.isHidden()
    again.window.close()


def test_closing_a_photo_leaves_a_quiet_page(opened: Desk) -> None:
    opened.trigger("close")
    window = opened.window
    assert window.pages.currentIndex() == 0
    assert window.tool_strip.isHidden() and window.task_dock.isHidden() and window.versions_dock.isHidden()
    assert window.status.photo.text() == "" and window.windowTitle() == "DAPS Desktop"
    assert not window.actions_["save_project"].isEnabled() and not window.actions_["close"].isEnabled()
