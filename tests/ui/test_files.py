"""Photos and marks coming in, and questions before work is lost."""

import threading
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import tifffile
from PIL import Image
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QGuiApplication, QImage
from PySide6.QtWidgets import QApplication, QDialog, QFileDialog, QMessageBox

from daps_desktop.imaging.formats.writer import write_photo
from daps_desktop.imaging.photo import Photo, at_depth
from daps_desktop.ui.canvas.drawing.layer import to_qimage
from daps_desktop.ui.canvas.drawing.pyramid import Pyramid, display_image
from daps_desktop.ui.common import labels
from daps_desktop.ui.files.page_dialog import PageDialog
from daps_desktop.ui.files.project_controller import SaveProjectDialog
from tests.ui.conftest import Desk


def question(desk: Desk) -> QMessageBox:
    return desk.window.findChildren(QMessageBox)[-1]


def answer(desk: Desk, words: str) -> None:
    next(button for button in question(desk).buttons() if button.text() == words).click()


def test_opening_shows_the_photo_and_what_it_is(desk: Desk, photo_path: Path) -> None:
    assert desk.window.pages.currentIndex() == 0
    desk.open(photo_path)
    assert desk.window.pages.currentIndex() == 1
    assert desk.document.photo.path == photo_path
    assert desk.hole.shape == (300, 400) and not desk.hole.any()
    assert desk.window.status.photo.text() == "400 × 300, 8 bit"


def test_a_dropped_file_is_opened(desk: Desk, photo_path: Path) -> None:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(photo_path))])
    where = (Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier)
    enter = QDragEnterEvent(QPoint(50, 50), *where)
    QApplication.sendEvent(desk.window, enter)
    assert enter.isAccepted()
    with desk.bot.waitSignal(desk.window.files.opened, timeout=5000):
        QApplication.sendEvent(desk.window, QDropEvent(QPointF(50, 50), *where))
    assert desk.document.photo.path == photo_path


def test_a_pasted_picture_is_opened_pixel_for_pixel(desk: Desk) -> None:
    pixels = np.random.default_rng(0).integers(0, 256, (21, 37, 3), dtype=np.uint8)
    QGuiApplication.clipboard().setImage(to_qimage(pixels))
    with desk.bot.waitSignal(desk.window.files.opened, timeout=5000):
        desk.trigger("paste")
    np.testing.assert_array_equal(desk.document.photo.pixels, pixels)
    assert desk.document.photo.path is None


def test_pasting_nothing_is_said_in_words(desk: Desk) -> None:
    QGuiApplication.clipboard().clear()
    desk.trigger("paste")
    assert "no picture on the clipboard" in desk.window.welcome.banner.sentence.text()


def test_a_file_that_is_no_photo_leaves_the_open_one_alone(opened: Desk, tmp_path: Path) -> None:
    letter = tmp_path / "letter.jpg"
    letter.write_text("Dear grandmother")
    before = opened.document
    with opened.bot.waitSignal(opened.window.files.failed, timeout=5000):
        opened.window.open(letter)
    assert opened.document is before
    assert "letter.jpg" in opened.window.panel.run_box.banner.sentence.text()


def test_a_file_that_is_no_photo_is_told_on_the_first_page(desk: Desk, tmp_path: Path) -> None:
    with desk.bot.waitSignal(desk.window.files.failed, timeout=5000):
        desk.window.open(tmp_path / "missing.jpg")
    assert desk.window.welcome.banner.isVisible() and desk.window.welcome.button.isEnabled()


def test_a_bug_is_told_with_its_traceback_and_keeps_the_marks(opened: Desk) -> None:
    opened.click((10, 10))
    try:
        raise ZeroDivisionError("deep inside")
    except ZeroDivisionError as error:
        opened.window.show_bug(error)
    banner = opened.window.panel.run_box.banner
    assert banner.isVisible() and "ZeroDivisionError" in banner.sentence.text()
    banner.fold.click()
    assert "deep inside" in banner.shown_details.toPlainText() and banner.shown_details.isVisible()
    assert opened.hole[10, 10]


def test_unsaved_marks_are_asked_about_before_another_photo(opened: Desk, photo_path: Path) -> None:
    opened.click((10, 10))
    opened.window.open(photo_path)
    assert question(opened).informativeText() == labels.UNSAVED_TEXT
    answer(opened, labels.CANCEL)
    assert opened.hole[10, 10]
    opened.window.open(photo_path)
    with opened.bot.waitSignal(opened.window.files.opened, timeout=5000):
        answer(opened, labels.DISCARD)
    assert not opened.hole.any() and not opened.window.model.unsaved


def test_what_is_done_while_another_photo_is_read_is_not_lost(opened: Desk, tmp_path: Path) -> None:
    write_photo(opened.document.photo, tmp_path / "other.png")

    def open_slowly() -> None:
        read = threading.Event()
        opened.window.background.run(read.wait, lambda _: None)
        opened.window.open(tmp_path / "other.png")
        opened.click((10, 10))
        read.set()
        opened.bot.waitUntil(lambda: bool(opened.window.findChildren(QMessageBox)), timeout=5000)

    open_slowly()
    answer(opened, labels.CANCEL)
    assert opened.hole[10, 10] and not opened.window.status.currentMessage()
    opened.trigger("clear")
    opened.window.model.mark_saved()
    opened.bot.waitUntil(lambda: not opened.window.findChildren(QMessageBox))
    open_slowly()
    answer(opened, labels.DISCARD)
    assert opened.document.photo.path == tmp_path / "other.png" and not opened.hole.any()


def test_nothing_is_left_of_a_question_that_was_answered(opened: Desk) -> None:
    opened.click((10, 10))
    opened.trigger("close")
    answer(opened, labels.CANCEL)
    for name in ("open", "import_mask", "export_mask", "save_recipe", "load_recipe"):
        opened.trigger(name)
        opened.window.findChildren(QFileDialog)[-1].reject()
    opened.trigger("save_project")
    opened.window.findChildren(SaveProjectDialog)[-1].reject()
    opened.bot.waitUntil(lambda: not opened.window.findChildren(QDialog))


def test_a_name_that_would_be_too_long_is_suggested_shorter(desk: Desk, photo_path: Path) -> None:
    long = photo_path.rename(photo_path.with_name("祖母" * 41 + ".png"))
    desk.open(long)
    suggested = desk.window.files.suggested("_marks", ".png")
    assert suggested.name == "祖母" * 25 + "_marks.png"
    suggested.touch()
    assert desk.window.files.suggested("_marks", ".png").name == "祖母" * 25 + "_marks_2.png"


def test_a_name_without_an_ending_gets_none_of_all_files(opened: Desk) -> None:
    opened.trigger("export_mask")
    dialog = opened.window.findChildren(QFileDialog)[-1]
    assert dialog.defaultSuffix() == "png"
    dialog.filterSelected.emit("All files (*)")
    assert dialog.defaultSuffix() == ""
    dialog.reject()


def test_pages_and_transparency_of_a_file_are_told(desk: Desk, tmp_path: Path) -> None:
    pages = np.full((2, 20, 30, 4), 90, dtype=np.uint8)
    tifffile.imwrite(tmp_path / "pages.tif", pages, photometric="rgb", extrasamples=["unassalpha"])
    desk.window.open(tmp_path / "pages.tif")
    desk.bot.waitUntil(lambda: bool(desk.window.findChildren(PageDialog)), timeout=5000)
    with desk.bot.waitSignal(desk.window.files.opened, timeout=5000):
        desk.window.findChildren(PageDialog)[0].button.click()
    notes = desk.window.panel.run_box.notes
    assert notes.isVisible() and "2 pages" in notes.text() and "Transparency" in notes.text()


def test_closing_asks_about_a_running_job_and_stops_it(opened: Desk) -> None:
    opened.click((10, 10))
    opened.trigger("restore")
    opened.window.close()
    assert opened.window.isVisible() and labels.RUNNING_TEXT in question(opened).informativeText()
    answer(opened, labels.DISCARD)
    assert not opened.window.isVisible()
    assert opened.host.cancelled == [opened.host.requests[-1].job_id]


def test_marks_go_out_and_come_back(opened: Desk, tmp_path: Path) -> None:
    opened.drag((100, 50), (180, 250))
    painted = opened.hole.copy()
    with opened.bot.waitSignal(opened.window.files.saved, timeout=5000):
        opened.window.marks.export(tmp_path / "marks.png")
    opened.trigger("clear")
    with opened.bot.waitSignal(opened.window.model.mask_edited, timeout=5000):
        opened.window.marks.read(tmp_path / "marks.png")
    np.testing.assert_array_equal(opened.hole, painted)
    opened.trigger("undo")
    assert not opened.hole.any()


def test_sixteen_bits_and_grey_are_shown_at_eight(desk: Desk, tmp_path: Path) -> None:
    grey = np.arange(0, 65536, 64, dtype=np.uint16).reshape(32, 32, 1)
    write_photo(Photo(grey), tmp_path / "deep.tif")
    desk.open(tmp_path / "deep.tif")
    assert desk.document.photo.bits == 16
    assert desk.window.status.photo.text() == "32 × 32, 16 bit, grey"
    np.testing.assert_array_equal(display_image(desk.document.photo), at_depth(grey, 8)[..., 0])


def test_smaller_copies_keep_the_mean_and_round_sizes_up() -> None:
    image = np.random.default_rng(1).integers(0, 256, (1501, 999, 3), dtype=np.uint8)
    levels = Pyramid.of(image).levels
    assert [level.shape[:2] for level in levels] == [(1501, 999), (751, 500), (376, 250)]
    assert abs(float(levels[2].mean()) - float(image.mean())) < 1.0
    expected = image[:1500, :998].reshape(750, 2, 499, 2, 3).mean(axis=(1, 3))
    assert np.abs(levels[1][:750, :499] - expected).max() <= 0.51


def test_an_image_shows_the_pixels_it_was_made_of() -> None:
    picture = np.random.default_rng(2).integers(0, 256, (5, 7, 3), dtype=np.uint8)
    image: QImage = to_qimage(picture)
    shown = [[image.pixelColor(col, row).getRgb()[:3] for col in range(7)] for row in range(5)]
    np.testing.assert_array_equal(shown, picture)


def drop(desk: Desk, *paths: Path) -> None:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    where = (Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier)
    QApplication.sendEvent(desk.window, QDragEnterEvent(QPoint(50, 50), *where))
    with desk.bot.waitSignal(desk.window.files.opened, timeout=15000):
        QApplication.sendEvent(desk.window, QDropEvent(QPointF(50, 50), *where))


def album_rows(desk: Desk) -> list[str]:
    assert desk.window.album.album is not None
    return [row.path.name for row in desk.window.album.album.album.rows]


def test_several_files_and_folders_become_an_album_with_one_photo_open(desk: Desk, tmp_path: Path) -> None:
    folder = tmp_path / "box"
    folder.mkdir()
    paths = [folder / "b.png", folder / "c.png", tmp_path / "a.png", tmp_path / "d.png"]
    for i, path in enumerate(paths):
        write_photo(Photo(np.full((20, 30, 3), 40 * i, np.uint8)), path)
    (folder / "notes.txt").write_text("none")
    drop(desk, paths[2], folder)
    assert desk.document.photo.path == paths[2]
    desk.bot.waitUntil(lambda: album_rows(desk) == ["a.png", "b.png", "c.png"], timeout=5000)
    window = desk.window.album.window
    assert window is not None and window.isVisible()
    drop(desk, paths[3], paths[2])  # what is not done yet stays, and none is there twice
    desk.bot.waitUntil(lambda: album_rows(desk) == ["a.png", "b.png", "c.png", "d.png"], timeout=5000)
    first = desk.window.album.album.file
    done = [replace(row, state="done") for row in desk.window.album.album.album.rows]
    desk.window.album.album.album = replace(desk.window.album.album.album, rows=tuple(done))
    with desk.bot.waitSignal(desk.window.files.opened, timeout=5000):
        desk.window.open(folder)  # as a folder that is chosen, or given at the start
    desk.bot.waitUntil(lambda: album_rows(desk) == ["b.png", "c.png"], timeout=5000)
    assert desk.window.album.album.file != first  # the one that is done stays as it is
    assert desk.document.photo.path == paths[0]


def test_a_folder_with_one_photo_is_that_photo_and_one_with_none_says_so(desk: Desk, tmp_path: Path) -> None:
    with desk.bot.waitSignal(desk.window.files.failed, timeout=5000) as failed:
        desk.window.open(tmp_path)
    assert failed.args is not None and failed.args[0].code == "album_empty"
    write_photo(Photo(np.zeros((20, 30, 3), np.uint8)), tmp_path / "a.png")
    (tmp_path / "b.gif").write_bytes(b"GIF89a")
    desk.open(tmp_path)
    assert desk.document.photo.path == tmp_path / "a.png" and desk.window.album.window is None
    banner = desk.window.panel.run_box.banner
    assert "b.gif (a kind of picture that is not read)" in banner.sentence.text() and not banner.isHidden()


def test_of_several_photos_in_a_file_one_is_chosen_and_comes_back(desk: Desk, tmp_path: Path) -> None:
    pages = [np.full((20, 30 + 2 * i, 3), 60 * i, dtype=np.uint8) for i in range(3)]
    path, work = tmp_path / "pages.tif", tmp_path / "work.daps"
    with tifffile.TiffWriter(path) as file:
        for page in pages:
            file.write(page, photometric="rgb")
    desk.window.open(path)
    desk.bot.waitUntil(lambda: bool(desk.window.findChildren(PageDialog)), timeout=5000)
    dialog = desk.window.findChildren(PageDialog)[0]
    assert dialog.list.count() == 3 and dialog.list.currentRow() == 0
    colours = [dialog.list.item(i).icon().pixmap(40).toImage().pixelColor(20, 20).red() for i in range(3)]
    assert colours == [0, 60, 120]
    dialog.list.setCurrentRow(2)
    with desk.bot.waitSignal(desk.window.files.opened, timeout=5000):
        dialog.button.click()
    np.testing.assert_array_equal(desk.document.photo.pixels, pages[2])
    for embed in (False, True):
        with desk.bot.waitSignal(desk.window.projects.saved, timeout=5000):
            desk.window.projects.save_to(work, embed=embed)
        desk.trigger("close")
        desk.open(work)
        np.testing.assert_array_equal(desk.document.photo.pixels, pages[2])


def test_the_frames_of_an_animation_are_not_asked_about(desk: Desk, tmp_path: Path) -> None:
    frames = [Image.new("RGB", (30, 20), (50 * i, 0, 0)) for i in range(3)]
    frames[0].save(tmp_path / "moving.webp", save_all=True, append_images=frames[1:], lossless=True)
    desk.open(tmp_path / "moving.webp")
    assert desk.document.photo.pages == 3 and not desk.window.findChildren(PageDialog)


@pytest.mark.parametrize(("colour", "share"), [("Black", 0.25), ("White", 0.75)])
def test_a_mask_that_is_mostly_white_is_asked_about(
    opened: Desk, tmp_path: Path, colour: str, share: float
) -> None:
    mask = np.full((300, 400), 255, np.uint8)
    mask[:, :100] = 0
    write_photo(Photo(mask[..., None]), tmp_path / "mask.png")
    opened.window.marks.read(tmp_path / "mask.png")
    opened.bot.waitUntil(lambda: bool(opened.window.findChildren(QMessageBox)), timeout=5000)
    assert "75%" in question(opened).informativeText() and not opened.hole.any()
    with opened.bot.waitSignal(opened.window.model.mask_edited, timeout=5000):
        answer(opened, colour)
    assert opened.hole.mean() == share and opened.hole[5, 5] == (colour == "Black")
