"""Several photos through the window: the table describes each, and work goes on after failures and breaks."""

import json
import threading
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import shiboken6
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog
from pytestqt.qtbot import QtBot

from daps_desktop import cli
from daps_desktop.album import change_log
from daps_desktop.album.album_file import read_album, write_album
from daps_desktop.album.discovery import find_photos
from daps_desktop.album.item_job import prepare
from daps_desktop.album.model import DONE, FAILED, WAITING, Album
from daps_desktop.album.results import claimed
from daps_desktop.base.paths import user_folder
from daps_desktop.document.sidecar import dump_sidecar, make_provenance, read_sidecar
from daps_desktop.imaging.export import sidecar_path
from daps_desktop.imaging.formats.mask_file import write_mask
from daps_desktop.imaging.formats.reader import read_photo
from daps_desktop.imaging.formats.writer import write_photo
from daps_desktop.imaging.photo import Photo
from daps_desktop.jobs.damage import MissingPixels, Noise
from daps_desktop.jobs.messages import Cancelled, Failed, Message, RestoreResult
from daps_desktop.jobs.recipe import Recipe, dump_recipe, parse_recipe
from daps_desktop.jobs.requests import RestoreRequest
from daps_desktop.jobs.settings import SolverSettings
from daps_desktop.jobs.task import Task
from daps_desktop.ui.album.album_controller import AlbumController
from daps_desktop.ui.album.album_model import AlbumModel
from daps_desktop.ui.album.album_window import AlbumWindow
from daps_desktop.ui.common.theme import MIN_TARGET, Theme
from daps_desktop.ui.models.document_model import DocumentModel
from daps_desktop.ui.models.job_model import JobModel
from daps_desktop.ui.shell.main_window import MainWindow
from tests.fakes.hosts import FakeHost, progress_of, report_of
from tests.imaging.photo_files import picture
from tests.ui.conftest import LEFT, Desk

NOISE = Recipe(Task((Noise(),)), SolverSettings(preset="draft"))


@pytest.fixture
def box(tmp_path: Path) -> Path:
    folder = tmp_path / "box"
    folder.mkdir()
    for name in ("a.png", "b.jpg", "c.tif"):
        write_photo(Photo(picture(64, 96)), folder / name)
    return folder


def control(desk: Desk) -> AlbumController:
    return desk.window.album


def model(desk: Desk) -> AlbumModel:
    album = control(desk).album
    assert album is not None
    return album


def shown(desk: Desk) -> AlbumWindow:
    """The album's window, with no work of its own left to do."""
    desk.trigger("album")
    window = control(desk).window
    assert window is not None and window.isVisible()
    return window


def filled(desk: Desk, box: Path, recipe: Recipe = NOISE) -> AlbumWindow:
    window = shown(desk)
    control(desk)._use(recipe)
    control(desk).add_folder(box)
    desk.bot.waitUntil(lambda: window.table.rowCount() == 3, timeout=5000)
    return window


def press(button: object) -> None:
    QTest.mouseClick(button, LEFT)  # type: ignore[arg-type]


def wait_request(desk: Desk, count: int) -> None:
    desk.bot.waitUntil(lambda: len(desk.host.requests) == count, timeout=5000)


def wait_over(desk: Desk) -> None:
    desk.bot.waitUntil(lambda: not model(desk).running, timeout=5000)


def cells(window: AlbumWindow, line: int) -> list[str]:
    items = [window.table.item(line, at) for at in range(window.table.columnCount())]
    return [item.text() if item else "" for item in items]


def play_all(desk: Desk, last: int, first: int = 1) -> None:
    """Answer the requests of those numbers as they come, to the end of the album."""
    for number in range(first, last + 1):
        wait_request(desk, number)
        desk.host.finish()
    wait_over(desk)


def test_every_photo_is_restored_and_the_table_says_how_it_came_out(desk: Desk, box: Path) -> None:
    window = filled(desk, box)
    assert cells(window, 0)[:3] == ["a.png", "Waiting", ""]
    assert "Noise removed" in window.what.recipe.text() and "0 of 3 photos done" in window.line.text()
    desk.window.job.priors["auto", "auto"] = {"draft": "ab" * 32}
    press(window.run)
    wait_request(desk, 1)
    assert cells(window, 0)[1] == "Running" and window.run.text() == "Stop"
    assert not window.photos.isEnabled() and desk.host.requests[0].task == NOISE.task
    assert desk.host.requests[0].prior_sha256 == "ab" * 32  # so that what another prior made is made again
    desk.host.say(progress_of(desk.host.requests[0].job_id, 2))
    assert window.bar.value() == 50  # of 300
    play_all(desk, 3)
    for line, name in enumerate(("a", "b", "c")):
        assert cells(window, line)[1] == "Done" and "Agrees with your photo" in cells(window, line)[2]
        result = box / f"{name}_restored.png"
        assert read_sidecar(sidecar_path(result)).recipe == NOISE
    assert "3 of 3 photos done" in window.line.text() and not window.run.isEnabled()
    assert desk.window.model.document is None and not desk.window.job.running


def test_a_failure_is_told_in_its_row_and_the_rest_goes_on(desk: Desk, box: Path) -> None:
    (box / "a.png").write_bytes((box / "a.png").read_bytes()[:500])
    window = filled(desk, box)
    press(window.run)
    wait_request(desk, 1)  # a.png was never sent
    desk.host.say(Failed(desk.host.requests[0].job_id, "memory_out", {}))
    wait_request(desk, 2)
    desk.host.finish()
    wait_over(desk)
    assert [cells(window, line)[1] for line in range(3)] == ["Failed", "Failed", "Done"]
    assert "incomplete or damaged" in cells(window, 0)[4] and "memory ran out" in cells(window, 1)[4]
    assert "2 failed" in window.line.text() and window.run.text() == "Go on"


def test_stop_ends_the_running_photo_and_it_can_go_on(desk: Desk, box: Path) -> None:
    window = filled(desk, box)
    press(window.run)
    wait_request(desk, 1)
    desk.host.finish()
    wait_request(desk, 2)
    press(window.run)
    assert desk.host.cancelled == [desk.host.requests[1].job_id] and not window.run.isEnabled()
    desk.host.answer_cancelled()
    wait_over(desk)
    assert [cells(window, line)[1] for line in range(3)] == ["Done", "Waiting", "Waiting"]
    press(window.run)
    play_all(desk, 4, first=3)
    assert [row.state for row in model(desk).album.rows] == [DONE] * 3
    assert [request.photo.path.name for request in desk.host.requests if request.photo.path] == [
        "a.png", "b.jpg", "b.jpg", "c.tif",
    ]  # fmt: skip


def test_it_goes_on_after_a_restart_and_nothing_is_done_twice(desk: Desk, box: Path) -> None:
    window = filled(desk, box)
    press(window.run)
    wait_request(desk, 1)
    desk.host.finish()
    wait_request(desk, 2)
    control(desk).close()  # as the window does when the program ends in the middle of the second photo
    file = user_folder() / "album.json"
    assert [row.state for row in read_album(file).rows] == [DONE, WAITING, WAITING]

    control(desk).album = control(desk).window = None
    again = shown(desk)
    desk.bot.waitUntil(lambda: again.table.rowCount() == 3, timeout=5000)
    assert [cells(again, line)[1] for line in range(3)] == ["Done", "Waiting", "Waiting"]
    press(again.run)
    play_all(desk, 4, first=3)
    names = [request.photo.path.name for request in desk.host.requests if request.photo.path]
    assert names == ["a.png", "b.jpg", "b.jpg", "c.tif"]
    assert len(list(box.glob("*_restored.png"))) == 3


def test_what_the_command_line_left_half_done_is_finished_and_nothing_made_twice(
    desk: Desk, box: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its process was killed: what was done last stands in the steps next to the album alone."""
    recipe, out = tmp_path / "recipe.json", tmp_path / "out"
    recipe.write_text(dump_recipe(NOISE))
    killed: dict[Path, bytes] = {}

    def run(request: RestoreRequest, _: threading.Event) -> Message:
        if request.photo.path != box / "a.png":
            killed.update({path: path.read_bytes() for path in out.iterdir()})
            raise KeyboardInterrupt
        return RestoreResult(request.job_id, request.photo, report_of(request))

    monkeypatch.setattr("daps_desktop.cli.batch.run_local", run)
    monkeypatch.setattr(change_log, "_SHARE", 1e-9)  # the whole album is not written meanwhile
    assert cli.main(["batch", str(box), "--recipe", str(recipe), "-o", str(out)]) == 130
    for path, data in killed.items():
        path.write_bytes(data)
    file, result = out / "album.daps.json", out / "a_restored.png"
    assert [row.state for row in read_album(file).rows] == [WAITING] * 3 and result.exists()

    window, written = shown(desk), result.stat().st_mtime_ns
    control(desk).open(file)
    desk.bot.waitUntil(lambda: window.table.rowCount() == 3, timeout=5000)
    assert [cells(window, line)[1] for line in range(3)] == ["Done", "Waiting", "Waiting"]
    press(window.run)
    play_all(desk, 2)
    assert [request.photo.path for request in desk.host.requests] == [box / "b.jpg", box / "c.tif"]
    assert {path.name for path in out.glob("*.png")} == {f"{name}_restored.png" for name in "abc"}
    assert result.stat().st_mtime_ns == written
    assert read_album(file) == model(desk).album and not change_log.log_path(file).exists()


def test_every_step_is_noted_without_writing_the_whole_album(
    desk: Desk, box: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(change_log, "_SHARE", 1e-9)
    window, file = filled(desk, box), model(desk).file
    press(window.run)
    wait_request(desk, 1)
    before = file.read_bytes()
    desk.host.finish()
    wait_request(desk, 2)
    assert file.read_bytes() == before
    assert [row.state for row in change_log.read_with_log(file).rows] == [DONE, WAITING, WAITING]
    press(window.run)
    desk.host.answer_cancelled()
    wait_over(desk)
    assert [row.state for row in read_album(file).rows] == [DONE, WAITING, WAITING]


def test_the_window_may_be_deleted_while_the_album_runs(
    qtbot: QtBot,
    theme: Theme,
    box: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Without being closed: the photo under way is given up, and the album written at the end."""
    monkeypatch.setattr(change_log, "_SHARE", 1e-9)
    host = FakeHost()
    window = MainWindow(DocumentModel(), JobModel(host.router), theme)
    desk = Desk(window, host, qtbot)
    press(filled(desk, box).run)
    wait_request(desk, 1)
    host.finish()
    wait_request(desk, 2)
    file = model(desk).file
    assert read_album(file).count(DONE) == 0
    shiboken6.delete(window)
    qtbot.waitUntil(lambda: not change_log.log_path(file).exists(), timeout=5000)
    assert [row.state for row in read_album(file).rows] == [DONE, WAITING, WAITING]
    qtbot.wait(100)
    assert not caplog.records and len(host.requests) == 2


def test_marks_beside_a_photo_are_used_and_the_row_says_where_there_are_none(desk: Desk, box: Path) -> None:
    mask = np.zeros((64, 96), bool)
    mask[10, 5:40] = True
    write_mask(mask, box / "a_mask.png")
    window = filled(desk, box, Recipe(Task((MissingPixels(), Noise()))))
    window.what.finding.click()
    assert not model(desk).album.find_scratches
    press(window.run)
    play_all(desk, 3)
    np.testing.assert_array_equal(desk.host.requests[0].mask, mask)
    assert desk.host.requests[1].mask is None
    assert cells(window, 0)[3] == "from a file" and cells(window, 1)[3] == "none"
    assert "only what damages the whole photo" in cells(window, 1)[4]


def test_a_result_is_compared_in_the_main_window(desk: Desk, box: Path) -> None:
    window = filled(desk, box)
    press(window.run)
    play_all(desk, 3)
    window.table.setCurrentCell(1, 0)
    with desk.bot.waitSignal(desk.window.files.opened, timeout=5000):
        QTest.keyClick(window.table, Qt.Key.Key_Return)
    assert desk.document.photo.path == box / "b.jpg" and not model(desk).running
    (version,) = desk.document.versions
    assert desk.window.model.shown is version
    desk.bot.waitUntil(lambda: desk.window.compare.available, timeout=5000)
    np.testing.assert_array_equal(version.photo.pixels, read_photo(box / "b_restored.png").pixels)
    assert version.recipe == NOISE and version.report is not None
    assert not desk.window.model.unsaved


def test_photos_recipe_and_place_are_chosen(opened: Desk, box: Path, tmp_path: Path) -> None:
    opened.window.model.set_task(Task((Noise(), MissingPixels())))
    window = shown(opened)
    assert model(opened).album.recipe == opened.document.recipe  # that of the open photo
    control(opened).add([box / "a.png", box / "b.jpg", box / "a.png"])
    assert window.table.rowCount() == 2
    window.table.selectRow(0)
    press(window.remove)
    assert [row.path.name for row in model(opened).album.rows] == ["b.jpg"]
    (tmp_path / "r.json").write_text(dump_recipe(NOISE))
    control(opened).take_recipe(tmp_path / "r.json")
    opened.bot.waitUntil(lambda: model(opened).album.recipe == NOISE, timeout=5000)
    press(window.what.own_recipe)
    assert model(opened).album.recipe == opened.document.recipe
    control(opened).put_into(tmp_path / "results")
    assert window.place.text() == str(tmp_path / "results")
    press(window.format.button("jpeg"))
    assert model(opened).album.export.file_format == "jpeg"
    press(window.beside)
    assert model(opened).album.folder == ""
    control(opened).save_as(tmp_path / "mine.json")
    opened.bot.waitUntil((tmp_path / "mine.json").exists, timeout=5000)
    control(opened).close()
    assert read_album(tmp_path / "mine.json") == model(opened).album


def test_while_an_album_is_read_nothing_is_written_over_it(
    desk: Desk, box: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Reading takes as long as there are results to look at, and the window is there at once."""
    file, read = tmp_path / "old.json", threading.Event()
    write_album(Album(NOISE).with_photos(find_photos(box)), file)
    before, window = file.read_bytes(), shown(desk)
    monkeypatch.setattr(
        "daps_desktop.ui.album.album_model.revalidated", lambda album: album if read.wait(5) else None
    )
    control(desk).open(file)
    assert not window.photos.isEnabled() and not window.run.isEnabled() and "old.json" in window.line.text()
    control(desk).add([box / "elsewhere.png"])
    control(desk).put_into(tmp_path)
    read.set()
    desk.bot.waitUntil(lambda: window.table.rowCount() == 3, timeout=5000)
    assert window.photos.isEnabled() and window.run.isEnabled() and file.read_bytes() == before


def test_what_is_no_album_is_neither_written_over_nor_asked_for_again(
    desk: Desk, box: Path, tmp_path: Path
) -> None:
    (tmp_path / "recipe.json").write_text(dump_recipe(NOISE))
    user_folder().mkdir(exist_ok=True)
    (user_folder() / "album.json").write_text("torn")
    window = shown(desk)
    desk.bot.waitUntil(window.banner.isVisible, timeout=5000)
    control(desk).open(tmp_path / "recipe.json")
    desk.bot.waitUntil(lambda: "recipe.json" in window.banner.sentence.text(), timeout=5000)
    control(desk).add_folder(box)
    desk.bot.waitUntil((user_folder() / "album_2.json").exists, timeout=5000)
    control(desk).close()
    assert (tmp_path / "recipe.json").read_text() == dump_recipe(NOISE)
    assert (user_folder() / "album.json").read_text() == "torn"
    control(desk).album = control(desk).window = None
    again = shown(desk)
    desk.bot.waitUntil(lambda: again.table.rowCount() == 3, timeout=5000)
    assert not again.banner.isVisible()


def test_why_a_photo_failed_is_still_told_after_a_restart(desk: Desk, box: Path) -> None:
    for name in ("b.jpg", "c.tif"):
        (box / name).unlink()
    (box / "a.png").write_bytes((box / "a.png").read_bytes()[:500])
    window = shown(desk)
    control(desk)._use(NOISE)
    control(desk).add([box / "a.png"])
    press(window.run)
    wait_over(desk)
    control(desk).close()
    control(desk).album = control(desk).window = None
    again = shown(desk)
    desk.bot.waitUntil(lambda: again.table.rowCount() == 1, timeout=5000)
    assert cells(again, 0)[1] == "Failed" and "incomplete or damaged" in cells(again, 0)[4]
    write_photo(Photo(picture(64, 96)), box / "a.png", overwrite=True)
    press(again.run)
    play_all(desk, 1)
    assert cells(again, 0)[1] == "Done" and cells(again, 0)[4] == ""


def test_photos_without_marks_are_looked_through_by_the_engine(desk: Desk, box: Path) -> None:
    probable = np.zeros((64, 96), np.uint8)
    probable[20:23, 10:80], probable[40:43, 10:80] = 200, 80
    window = filled(desk, box, Recipe(Task((MissingPixels(),))))
    window.what.sensitivity.slider.setValue(70)
    assert model(desk).album.sensitivity == 0.7
    press(window.run)
    for number in (1, 2, 3):
        wait_searches(desk, number)
        assert desk.host.searches[-1].photo.path == box / ("a.png", "b.jpg", "c.tif")[number - 1]
        assert not window.what.sensitivity.isEnabled()
        found = desk.host.answer_search(probable if number < 3 else np.zeros_like(probable))
        if number < 3:
            wait_request(desk, number)
            np.testing.assert_array_equal(desk.host.requests[-1].mask, found.mask(2))
            desk.host.finish()
    wait_over(desk)
    assert [cells(window, line)[1] for line in range(3)] == ["Done", "Done", "Skipped"]
    assert cells(window, 0)[3] == "2 places"
    press(window.what.finding)
    assert not window.what.sensitivity.isEnabled()


def test_a_new_album_asks_each_photo_and_shows_what_was_found_and_done(desk: Desk, box: Path) -> None:
    window = shown(desk)
    control(desk).add_folder(box)
    desk.bot.waitUntil(lambda: window.table.rowCount() == 3, timeout=5000)
    assert window.what.suggested.isChecked()
    probable = np.zeros((64, 96), np.uint8)
    probable[20:23, 10:80] = 200
    press(window.run)
    for number in (1, 2, 3):
        desk.bot.waitUntil(lambda n=number: len(desk.host.profiles) == n, timeout=5000)
        desk.host.answer_profile()
        wait_searches(desk, number)
        desk.host.answer_search(probable)
        wait_request(desk, number)
        assert MissingPixels() in desk.host.requests[-1].task.damages
        desk.host.finish()
    wait_over(desk)
    assert cells(window, 0)[3] == "1 place" and "filled in" in cells(window, 0)[4]
    desk.bot.waitUntil(lambda: not window.table.item(0, 0).icon().isNull(), timeout=5000)
    desk.bot.waitUntil(lambda: not window.table.item(0, 2).icon().isNull(), timeout=5000)


def test_the_slider_is_that_of_the_photos_that_are_chosen(desk: Desk, box: Path) -> None:
    window = filled(desk, box)
    window.table.selectRow(1)
    assert "chosen" in window.what.whose.text()
    window.what.sensitivity.slider.setValue(80)
    assert [row.sensitivity for row in model(desk).album.rows] == [None, 0.8, None]
    window.table.clearSelection()
    assert window.what.sensitivity.value == 0.5 and "all" in window.what.whose.text()
    window.table.selectRow(1)
    assert window.what.sensitivity.value == 0.8


def test_a_search_of_the_album_is_stopped_and_its_photo_stays_to_be_done(desk: Desk, box: Path) -> None:
    window = filled(desk, box, Recipe(Task((MissingPixels(),))))
    press(window.run)
    wait_searches(desk, 1)
    press(window.run)
    asked = desk.host.searches[0].job_id
    assert asked in desk.host.dropped
    desk.host.say(Cancelled(asked))
    wait_over(desk)
    assert cells(window, 0)[1] == "Waiting" and not desk.host.requests


def wait_searches(desk: Desk, count: int) -> None:
    desk.bot.waitUntil(lambda: len(desk.host.searches) == count, timeout=5000)


def test_stop_before_a_photo_is_read_leaves_it_waiting(
    desk: Desk, box: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    window, read = filled(desk, box), threading.Event()
    monkeypatch.setattr(
        "daps_desktop.album.backend.prepare", lambda *of: prepare(*of) if read.wait(5) else None
    )
    press(window.run)
    desk.bot.waitUntil(lambda: cells(window, 0)[1] == "Running", timeout=5000)
    press(window.run)
    read.set()
    wait_over(desk)
    assert cells(window, 0)[1] == "Waiting" and not desk.host.requests


def lose_its_folder(desk: Desk, tmp_path: Path) -> None:
    """The album is being worked on, and nothing can be written any more where its file lies."""
    stick = tmp_path / "stick"
    control(desk).save_as(stick / "album.json")
    desk.bot.waitUntil((stick / "album.json").exists, timeout=5000)
    press(shown(desk).run)
    wait_request(desk, 1)
    stick.rename(tmp_path / "unplugged")
    stick.write_text("")


def test_a_result_is_not_thrown_away_because_the_album_cannot_be_noted(
    desk: Desk, box: Path, tmp_path: Path
) -> None:
    window = filled(desk, box)
    lose_its_folder(desk, tmp_path)
    desk.host.finish()
    desk.bot.waitUntil(window.banner.isVisible, timeout=5000)
    assert (box / "a_restored.png").exists() and cells(window, 0)[1] == "Done"
    assert not model(desk).running and len(desk.host.requests) == 1


def test_many_photos_are_shown_at_once_and_long_words_in_full(desk: Desk, tmp_path: Path) -> None:
    """Qt can take a minute over that, a cell at a time."""
    window = shown(desk)
    began = time.monotonic()
    control(desk).add([tmp_path / f"scan_{i:04}.png" for i in range(300)])
    assert time.monotonic() - began < 3
    table, row = window.table, replace(model(desk).album.rows[0], state=FAILED, reason="many words " * 40)
    usual, columns = table.rowHeight(0), [table.columnWidth(at) for at in (1, 3)]
    model(desk).row_changed.emit(row)
    high = table.rowHeight(0)
    assert high > 3 * usual >= 3 * MIN_TARGET and table.rowHeight(1) == usual
    assert [table.columnWidth(at) for at in (1, 3)] == columns
    window.resize(window.width() + 300, window.height())
    desk.bot.waitUntil(lambda: table.rowHeight(0) < high, timeout=5000)


def test_the_open_photo_is_restored_beside_an_album(opened: Desk, box: Path) -> None:
    """Each hears of its own jobs alone."""
    window = filled(opened, box)
    press(window.run)
    wait_request(opened, 1)
    opened.drag((50, 50), (50, 90))
    opened.trigger("restore")
    assert len(opened.host.requests) == 2
    opened.host.finish(200)
    assert [version.number for version in opened.document.versions] == [1]
    assert model(opened).running and cells(window, 0)[1] == "Running"
    press(window.run)
    opened.host.answer_cancelled()
    wait_over(opened)


def test_an_album_that_cannot_be_read_is_told_and_a_folder_without_photos_too(
    desk: Desk, box: Path, tmp_path: Path
) -> None:
    window = shown(desk)
    (tmp_path / "no.json").write_text(json.dumps({"kind": "shopping list"}))
    control(desk).open(tmp_path / "no.json")
    desk.bot.waitUntil(window.banner.isVisible, timeout=5000)
    assert "is not an album" in window.banner.sentence.text()
    (box / "more").mkdir()
    (box / "more" / "d.png").touch()
    control(desk).add_folder(box)
    desk.bot.waitUntil(lambda: "more (a folder of its own; " in window.banner.sentence.text(), timeout=5000)
    (tmp_path / "empty").mkdir()
    control(desk).add_folder(tmp_path / "empty")
    desk.bot.waitUntil(lambda: "no photos in" in window.banner.sentence.text(), timeout=5000)


def test_a_folder_into_which_another_run_writes_is_not_written_to(
    desk: Desk, box: Path, tmp_path: Path
) -> None:
    window = filled(desk, box)
    control(desk).put_into(tmp_path / "out")
    with claimed(tmp_path / "out"):
        press(window.run)
        desk.bot.waitUntil(lambda: "Another run" in window.banner.sentence.text(), timeout=5000)
        assert not desk.host.requests
    desk.bot.waitUntil(lambda: not model(desk).running, timeout=5000)


def test_photos_beside_which_another_run_writes_wait_as_well(desk: Desk, box: Path) -> None:
    window = filled(desk, box)
    with claimed(box):
        press(window.run)
        desk.bot.waitUntil(lambda: "Another run" in window.banner.sentence.text(), timeout=5000)
        assert not desk.host.requests
    desk.bot.waitUntil(lambda: not model(desk).running, timeout=5000)
    press(window.run)
    desk.bot.waitUntil(lambda: bool(desk.host.requests), timeout=5000)


def test_an_album_that_cannot_be_noted_stops(desk: Desk, box: Path, tmp_path: Path) -> None:
    window = filled(desk, box)
    lose_its_folder(desk, tmp_path)
    desk.host.say(Failed(desk.host.requests[0].job_id, "memory_out", {}))
    desk.bot.waitUntil(window.banner.isVisible, timeout=5000)
    assert not model(desk).running and len(desk.host.requests) == 1
    assert [row.state for row in model(desk).album.rows] == [FAILED, WAITING, WAITING]


# Recipes from photo to photo


def test_a_recipe_goes_over_the_clipboard_and_through_a_file(
    opened: Desk, photo_path: Path, tmp_path: Path
) -> None:
    recipe = Recipe(Task((Noise(), MissingPixels())), SolverSettings(preset="best", noise=7.0))
    opened.window.model.set_task(recipe.task)
    opened.window.model.set_settings(recipe.settings)
    opened.trigger("copy_recipe")
    assert parse_recipe(QGuiApplication.clipboard().text()) == recipe
    opened.trigger("save_recipe")
    dialog = opened.window.findChildren(QFileDialog)[-1]
    with opened.bot.waitSignal(opened.window.files.saved, timeout=5000):
        dialog.fileSelected.emit(str(tmp_path / "r.json"))
    dialog.reject()

    opened.window.model.set_task(Task((Noise(),)))
    opened.window.model.set_settings(SolverSettings())
    opened.trigger("paste_recipe")
    assert opened.document.recipe == recipe
    opened.window.model.set_task(Task((Noise(),)))
    opened.window.recipes.load(tmp_path / "r.json")
    opened.bot.waitUntil(lambda: opened.document.recipe == recipe, timeout=5000)
    QGuiApplication.clipboard().setText("Dear grandmother")
    opened.trigger("paste_recipe")
    assert "not a recipe" in opened.window.panel.run_box.banner.sentence.text()
    assert opened.document.recipe == recipe


def test_a_result_is_repeated_from_what_lies_beside_it(opened: Desk, tmp_path: Path) -> None:
    opened.drag((50, 50), (50, 90))
    opened.trigger("restore")
    opened.host.finish(200)
    version = opened.window.model.shown
    assert version is not None
    opened.window.model.mark_saved()
    beside, mask = tmp_path / "x.daps.json", opened.hole.copy()
    beside.write_bytes(dump_sidecar(make_provenance(opened.document.photo, version)))
    opened.trigger("clear")
    opened.window.model.set_task(Task((Noise(),)))
    opened.window.recipes.repeat(beside)
    opened.bot.waitUntil(lambda: bool(opened.hole.any()), timeout=5000)
    np.testing.assert_array_equal(opened.hole, mask)
    assert opened.document.task == version.recipe.task
    opened.trigger("restore")
    with opened.bot.waitSignal(opened.window.recipes.message, timeout=5000) as told:
        opened.host.finish(200)
    assert told.args is not None and "bit for bit" in told.args[0]
    opened.trigger("restore")
    with opened.bot.waitSignal(opened.window.recipes.message, timeout=5000) as told:
        opened.host.finish(90)
    assert told.args is not None and "differs" in told.args[0]

    write_photo(Photo(picture(64, 96)), tmp_path / "other.png")
    opened.window.model.mark_saved()
    opened.open(tmp_path / "other.png")
    with opened.bot.waitSignal(opened.window.files.failed, timeout=5000):
        opened.window.recipes.repeat(beside)
    assert "was written for another photo (family.png)" in opened.window.panel.run_box.banner.sentence.text()
    assert not opened.hole.any()
