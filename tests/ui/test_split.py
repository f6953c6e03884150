"""Several prints in one scan, through the window: said, corrected by mouse and keys, cut into an album."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog

from daps_desktop.album.album_file import read_album
from daps_desktop.imaging.formats.reader import read_photo
from daps_desktop.imaging.formats.writer import write_photo
from daps_desktop.imaging.photo import Photo
from daps_desktop.ui.album.split_dialog import SplitDialog
from tests.analysis.scenes import scene
from tests.ui.conftest import LEFT, NO_KEY, Desk

PLACES = ((40, 60, 300, 240), (340, 60, 580, 380))  # left, top, right, bottom


@pytest.fixture
def scan(desk: Desk, tmp_path: Path) -> Iterator[Path]:
    """A scan of two prints on a white lid is open, and the engine has said so."""
    rng = np.random.default_rng(0)
    page = np.clip(rng.normal(248, 1, (440, 640, 3)), 0, 255).astype(np.uint8)
    for left, top, right, bottom in PLACES:
        page[top:bottom, left:right] = scene(left, bottom - top, right - left, fine=True) * 0.8
    path = tmp_path / "page.png"
    write_photo(Photo(page), path)
    desk.open(path)
    desk.bot.waitUntil(lambda: bool(desk.host.profiles), timeout=3000)
    desk.host.answer_profile()
    yield path


def opened(desk: Desk) -> SplitDialog:
    desk.window.panel.prints.button.click()
    dialog = desk.window.splitting.dialog
    assert dialog is not None and dialog.isVisible()
    return dialog


def at(dialog: SplitDialog, x: float, y: float) -> QPoint:
    return dialog.view.to_widget(x, y).toPoint()


def drag(dialog: SplitDialog, start: tuple[float, float], end: tuple[float, float]) -> None:
    view, a, b = dialog.view, at(dialog, *start), at(dialog, *end)
    QTest.mousePress(view, LEFT, NO_KEY, a)
    for share in (0.3, 0.7, 1.0):
        QTest.mouseMove(view, a + (b - a) * share)
    QTest.mouseRelease(view, LEFT, NO_KEY, b)


def cut(desk: Desk, dialog: SplitDialog, folder: Path) -> None:
    dialog.cut.click()
    (question,) = dialog.findChildren(QFileDialog)
    question.fileSelected.emit(str(folder))
    question.close()


def test_the_panel_says_how_many_there_are_and_only_then(desk: Desk, scan: Path, photo_path: Path) -> None:
    line = desk.window.panel.prints
    assert line.isVisible() and line.words.text() == "This scan holds 2 photos."
    desk.open(photo_path)
    assert not line.isVisible()


def test_a_corner_is_dragged_and_moved_by_keys(desk: Desk, scan: Path) -> None:
    dialog = opened(desk)
    view = dialog.view
    assert len(view.outlines) == 2
    pixel = 640 / view._area().width()
    start = view.outlines[1].corners[2]
    drag(dialog, start, (560, 350))
    assert view.chosen == 1 and view.corner == 2
    assert view.outlines[1].corners[2] == pytest.approx((560, 350), abs=pixel)
    view.setFocus()
    x, y = view.outlines[1].corners[2]
    QTest.keyClick(view, Qt.Key.Key_Left)
    QTest.keyClick(view, Qt.Key.Key_Down, Qt.KeyboardModifier.ShiftModifier)
    assert view.outlines[1].corners[2] == pytest.approx((x - 1, y + 10))
    QTest.keyClick(view, Qt.Key.Key_Tab)
    assert (view.chosen, view.corner) == (1, 3)
    drag(dialog, view.outlines[0].corners[0], (-50, -50))
    assert view.outlines[0].corners[0] == (0, 0)


def test_outlines_are_added_and_removed(desk: Desk, scan: Path) -> None:
    dialog = opened(desk)
    dialog.add.click()
    assert len(dialog.outlines) == 3 and dialog.view.chosen == 2
    QTest.mouseClick(dialog.view, LEFT, NO_KEY, at(dialog, 100, 100))
    assert dialog.view.chosen == 0
    for left in (2, 1, 0):
        dialog.remove.click()
        assert len(dialog.outlines) == left
    assert not dialog.cut.isEnabled() and "no outline" in dialog.line.text()


def test_the_photos_are_written_and_opened_as_an_album(desk: Desk, scan: Path, tmp_path: Path) -> None:
    before = scan.read_bytes()
    cut(desk, opened(desk), tmp_path)
    desk.bot.waitUntil(lambda: desk.window.album.album is not None, timeout=5000)
    album = desk.window.album.album
    assert album is not None
    desk.bot.waitUntil(lambda: len(album.album.rows) == 2, timeout=5000)
    folder = tmp_path / "page"
    assert [row.path.name for row in album.album.rows] == ["page-1.tif", "page-2.tif"]
    assert [row.path.parent for row in album.album.rows] == [folder] * 2
    assert len(read_album(album.file).rows) == 2
    page = read_photo(scan).pixels
    for row, (left, top, right, bottom) in zip(album.album.rows, PLACES, strict=True):
        assert np.array_equal(read_photo(row.path).pixels, page[top:bottom, left:right])
    assert desk.window.splitting.dialog is None and scan.read_bytes() == before


def test_photos_join_those_that_are_still_to_be_done(desk: Desk, scan: Path, tmp_path: Path) -> None:
    desk.trigger("album")
    album = desk.window.album.album
    assert album is not None
    desk.window.album.add([scan])
    cut(desk, opened(desk), tmp_path)
    desk.bot.waitUntil(lambda: len(album.album.rows) == 3, timeout=5000)
    assert album.album.rows[0].path == scan


def test_a_file_that_is_there_is_kept_and_said(desk: Desk, scan: Path, tmp_path: Path) -> None:
    (tmp_path / "page").mkdir()
    (tmp_path / "page" / "page-2.tif").write_bytes(b"mine")
    dialog = opened(desk)
    cut(desk, dialog, tmp_path)
    desk.bot.waitUntil(dialog.banner.isVisible, timeout=5000)
    assert "already exists" in dialog.banner.sentence.text() and dialog.isEnabled()
    assert (tmp_path / "page" / "page-2.tif").read_bytes() == b"mine"
    assert not (tmp_path / "page" / "page-1.tif").exists()


def test_without_a_document_nothing_is_shown(desk: Desk) -> None:
    assert not desk.window.actions_["split_scan"].isEnabled()
    assert not desk.window.panel.prints.isVisible()
