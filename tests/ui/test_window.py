"""The window itself: its first page, its recent photos, its layout from one start to the next."""

from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QRect
from PySide6.QtWidgets import QScrollArea, QWidget
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
    def pictured(desk: Desk) -> bool:
        buttons = desk.window.welcome.recent.buttons
        return len(buttons) == 1 and not buttons[0].icon().isNull()

    opened.bot.waitUntil(lambda: pictured(opened), timeout=5000)  # it may be listed before it is drawn
    opened.window.close()
    again.window.recent.refresh()  # it was made, and had looked, before there was a picture
    again.window.show()
    again.bot.waitUntil(lambda: pictured(again), timeout=5000)
    button = again.window.welcome.recent.buttons[0]
    assert button.text() == "family.png"
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


# Of 1280 × 720 pixels, title bar and task bar take some 70; at 200 % half as many count.
SMALL = [(1280, 650), (1024, 520), (853, 433), (640, 325)]


def in_sight(desk: Desk, *parts: QWidget) -> bool:
    window = desk.window
    places = [QRect(part.mapTo(window, QPoint()), part.size()) for part in parts]
    return all(part.isVisible() for part in parts) and all(map(window.rect().contains, places))


@pytest.mark.parametrize("size", SMALL)
def test_what_goes_on_is_in_sight_in_the_smallest_window_with_all_panels_open(
    opened: Desk, tmp_path: Path, size: tuple[int, int]
) -> None:
    """Before, during and after a run, and whatever there is to say."""
    window, box = opened.window, opened.window.panel.run_box
    told = [UnsavedWork(tmp_path, "grandmother at the sea.png", "", "", 12, 3)] * 3
    window.welcome.show_offers(told)
    opened.trigger("check")
    window.panel.how.pin.click()
    window.resize(*size)
    opened.bot.waitUntil(lambda: (window.width(), window.height()) == size)
    opened.bot.waitUntil(lambda: in_sight(opened, box.button, window.canvas))
    opened.drag((100, 50), (100, 250))
    opened.trigger("restore")
    opened.host.step(1)
    for _ in range(2):
        opened.trigger("try_more")
    opened.bot.waitUntil(lambda: in_sight(opened, box.button, box.bar))
    opened.trigger("stop_all")
    opened.host.finish()
    box.show_saved(tmp_path / "grandmother at the sea_restored.png")
    failure = UserError("save_failed", path=tmp_path / "grandmother.png", detail="no space left on device")
    for banner in (window.welcome.banner, box.banner):
        banner.show_error(failure, "Traceback\n" * 30)
        banner.fold.setChecked(True)
    opened.bot.waitUntil(
        lambda: in_sight(opened, box.save, box.export, box.button, box.folder, box.pin, window.canvas)
    )
    assert (window.width(), window.height()) == size


def test_all_panels_are_whole_on_a_small_laptop(opened: Desk) -> None:
    window = opened.window
    window.resize(1280, 650)
    opened.drag((100, 50), (100, 250))
    opened.trigger("restore")
    opened.host.finish()
    opened.trigger("check")
    opened.bot.waitUntil(lambda: in_sight(opened, window.check.map, window.versions.panel.strip))
    assert in_sight(opened, window.check.head, window.canvas, window.compare_bar)


def test_what_the_first_minute_needs_is_in_sight(opened: Desk) -> None:
    """On a usual screen, without scrolling: what is wrong, where, how thorough, and on."""
    window, panel = opened.window, opened.window.panel
    window.resize(1600, 1000)
    opened.bot.waitUntil(lambda: window.height() == 1000)
    needed = (
        *panel.cards.cards,
        panel.where.finding.button,
        panel.where.options.brush_size,
        panel.how.quality,
    )
    area = panel.findChild(QScrollArea)
    opened.bot.waitUntil(lambda: in_sight(opened, *needed, panel.run_box.button))
    end = area.mapTo(window, area.rect().bottomLeft()).y()
    assert panel.how.quality.mapTo(window, panel.how.quality.rect().bottomLeft()).y() <= end


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
