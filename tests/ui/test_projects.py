"""Projects, the journal and recovery, by the window's own actions and buttons."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtWidgets import QFileDialog, QMessageBox
from pytestqt.qtbot import QtBot

from daps_desktop.base.paths import DATA_VARIABLE, user_folder
from daps_desktop.document.journal import journal_folder, recover, unsaved_work
from daps_desktop.document.project import read_project, write_project
from daps_desktop.imaging.selection import rectangle
from daps_desktop.jobs.damage import GaussianBlur
from daps_desktop.ui.common import labels
from daps_desktop.ui.common.theme import Theme
from daps_desktop.ui.files.project_controller import SaveProjectDialog
from daps_desktop.ui.models.document_model import DocumentModel
from daps_desktop.ui.models.job_model import JobModel
from daps_desktop.ui.models.undo_commands import UNDO_STEPS
from daps_desktop.ui.shell.main_window import MainWindow
from tests.fakes.hosts import FakeHost
from tests.ui.conftest import Desk
from tests.ui.test_files import answer, question


def save(desk: Desk, path: Path) -> None:
    """Through the dialog, the first time; by the key alone afterwards."""
    with desk.bot.waitSignal(desk.window.projects.saved, timeout=5000):
        desk.trigger("save_project")
        for dialog in desk.window.findChildren(SaveProjectDialog):
            if dialog.isVisible():
                dialog.name.setText(str(path))
                dialog.accept()


def restore(desk: Desk, value: int = 7) -> None:
    desk.trigger("restore")
    desk.host.finish(value)


def test_a_project_saved_and_opened_is_as_it_was(opened: Desk, tmp_path: Path) -> None:
    opened.drag((100, 50), (180, 250))
    restore(opened)
    opened.trigger("actual")
    painted, pixels = opened.hole.copy(), opened.document.versions[0].photo.pixels
    save(opened, tmp_path / "work.daps")
    assert not opened.window.isWindowModified() and not opened.window.model.unsaved
    scale = opened.window.canvas.view.scale
    opened.trigger("close")
    assert opened.window.pages.currentIndex() == 0 and opened.window.model.document is None
    opened.open(tmp_path / "work.daps")
    np.testing.assert_array_equal(opened.hole, painted)
    np.testing.assert_array_equal(opened.document.versions[0].photo.pixels, pixels)
    assert opened.window.model.shown is opened.document.versions[0]
    assert opened.window.canvas.view.scale == pytest.approx(scale)
    assert not opened.window.model.unsaved
    assert opened.document.next_number == 2


def test_what_is_done_while_a_project_is_written_stays_unsaved(opened: Desk, tmp_path: Path) -> None:
    opened.click((10, 10))
    with opened.bot.waitSignal(opened.window.projects.saved, timeout=5000):
        opened.window.projects.save_to(tmp_path / "work.daps", embed=True)
        opened.click((50, 50))
    assert opened.window.model.unsaved
    assert not read_project(tmp_path / "work.daps").mask[50, 50]
    opened.window.rescue()
    opened.bot.waitUntil(lambda: (journal_of(opened) / "journal").exists())
    assert recover(journal_of(opened)).project.mask[50, 50]


def test_what_is_only_ticked_is_work_in_a_project_alone(opened: Desk, tmp_path: Path) -> None:
    model, cards = opened.window.model, opened.window.panel.cards
    cards.card(GaussianBlur).tick.click()
    assert not model.unsaved and not opened.window.isWindowModified()
    save(opened, tmp_path / "work.daps")
    opened.window.panel.how.quality.button("draft").click()
    assert model.unsaved and opened.window.isWindowModified()
    opened.window.panel.how.quality.button("balanced").click()
    assert not model.unsaved and not opened.window.isWindowModified()
    cards.card(GaussianBlur).tick.click()
    opened.trigger("close")
    with opened.bot.waitSignal(opened.window.projects.closed, timeout=5000):
        answer(opened, labels.SAVE_FIRST)
    assert not read_project(tmp_path / "work.daps").recipe.task.find(GaussianBlur)


def test_exporting_one_version_saves_that_one_alone(opened: Desk, tmp_path: Path) -> None:
    model, box = opened.window.model, opened.window.panel.run_box
    opened.click((10, 10))
    restore(opened)
    restore(opened, 9)
    opened.export(tmp_path / "second.png")
    assert not model.shown_unsaved and box.save.property("quiet") and model.unsaved
    opened.trigger("previous_version")
    assert model.shown_unsaved and box.save.isVisible() and not box.save.property("quiet")
    opened.export(tmp_path / "first.png")
    assert not model.unsaved  # both are in files, and so is what the marks came to
    opened.click((50, 50))
    opened.export(tmp_path / "again.png")
    assert model.unsaved  # the new mark is in neither


def test_the_name_of_a_version_is_work_too(opened: Desk, tmp_path: Path) -> None:
    work, model, versions = tmp_path / "work.daps", opened.window.model, opened.window.versions
    opened.click((10, 10))
    restore(opened)
    save(opened, work)
    for name in ("Grandma", "Grandma, softly"):
        versions.rename(1, name)
        assert model.unsaved and opened.window.isWindowModified() and not model.shown_unsaved
        opened.bot.waitUntil(lambda name=name: names_kept(opened) == [name], timeout=5000)
    save(opened, work)
    assert not model.unsaved and not opened.window.isWindowModified()
    assert [version.name for version in read_project(work).versions] == ["Grandma, softly"]


def names_kept(desk: Desk) -> list[str]:
    return [version.name for version in recover(journal_of(desk)).project.versions]


def test_closing_offers_to_save_and_goes_on(opened: Desk, tmp_path: Path) -> None:
    save(opened, tmp_path / "work.daps")
    opened.click((10, 10))
    opened.trigger("close")
    with opened.bot.waitSignal(opened.window.projects.closed, timeout=5000):
        answer(opened, labels.SAVE_FIRST)
    assert read_project(tmp_path / "work.daps").mask[10, 10]


def test_a_project_that_another_window_saved_is_not_replaced_unasked(opened: Desk, tmp_path: Path) -> None:
    work = tmp_path / "work.daps"
    save(opened, work)
    work.write_bytes(work.read_bytes() + b"\0")
    opened.click((10, 10))
    opened.trigger("save_project")
    assert work.name in question(opened).informativeText()
    with opened.bot.waitSignal(opened.window.projects.saved, timeout=5000):
        answer(opened, labels.REPLACE)
    assert read_project(work).mask[10, 10]


def test_nor_under_its_own_name_by_save_as(opened: Desk, tmp_path: Path) -> None:
    work = tmp_path / "work.daps"
    save(opened, work)
    opened.trigger("save_project_as")
    with opened.bot.waitSignal(opened.window.projects.saved, timeout=5000):  # it is as we left it
        opened.window.findChildren(SaveProjectDialog)[-1].accept()
    work.write_bytes(changed := work.read_bytes() + b"by another window")
    opened.bot.waitUntil(lambda: not opened.window.findChildren(SaveProjectDialog))
    opened.trigger("save_project_as")
    opened.window.findChildren(SaveProjectDialog)[-1].accept()
    assert question(opened).text() == labels.REPLACE_TITLE
    answer(opened, labels.CANCEL)
    assert work.read_bytes() == changed


def test_a_project_without_its_photo_asks_where_it_is(opened: Desk, photo_path: Path, tmp_path: Path) -> None:
    opened.click((10, 10))
    with opened.bot.waitSignal(opened.window.projects.saved, timeout=5000):
        opened.window.projects.save_to(tmp_path / "work.daps", embed=False)
    opened.trigger("close")
    photo_path.rename(tmp_path / "attic.png")
    with opened.bot.waitSignal(opened.window.files.opening_failed, timeout=5000):
        opened.window.open(tmp_path / "work.daps")
    assert photo_path.name in question(opened).informativeText()
    answer(opened, labels.CANCEL)
    assert opened.window.welcome.button.isEnabled()
    with opened.bot.waitSignal(opened.window.files.opened, timeout=5000):
        opened.window.files.read(tmp_path / "work.daps", tmp_path / "attic.png")
    assert opened.hole[10, 10]


def test_a_damaged_project_is_told_on_the_first_page(desk: Desk, tmp_path: Path) -> None:
    (tmp_path / "work.daps").write_bytes(b"PK\3\4 and no more")
    with desk.bot.waitSignal(desk.window.files.failed, timeout=5000):
        desk.window.open(tmp_path / "work.daps")
    assert desk.window.welcome.banner.isVisible()
    assert "work.daps" in desk.window.welcome.banner.sentence.text()


# The journal


def journal_of(desk: Desk) -> Path:
    """The folder that the window writes to."""
    folders = journal_folder(user_folder()).glob("*/")
    return max(folders, key=lambda folder: folder.stat().st_mtime_ns)


def test_every_stroke_is_in_the_journal_within_half_a_second(opened: Desk) -> None:
    opened.drag((100, 50), (180, 250))
    opened.click((20, 20))
    opened.trigger("undo")
    opened.bot.wait(500)
    recovered = recover(journal_of(opened))
    np.testing.assert_array_equal(recovered.project.mask, opened.hole)
    assert recovered.strokes == 1


def test_strokes_are_counted_beyond_those_that_can_be_undone(opened: Desk) -> None:
    for i in range(UNDO_STEPS + 5):
        opened.window.model.mark(rectangle((i, 0), (i + 1, 3), 300, 400), True, "line")
    opened.trigger("undo")
    assert opened.window.autosave.strokes == UNDO_STEPS + 4


def test_a_stroke_is_kept_before_it_is_done(opened: Desk) -> None:
    model = opened.window.model
    model.begin_stroke()
    model.draw((10, 10), (10, 60), 3, True)
    opened.bot.wait(300)
    assert recover(journal_of(opened)).project.mask[10, 10:60].all()
    model.end_stroke("brush")


def test_nothing_is_left_of_a_journal_after_closing(opened: Desk) -> None:
    opened.click((10, 10))
    opened.bot.wait(200)
    folder = journal_of(opened)
    opened.window.close()
    answer(opened, labels.DISCARD)
    assert not folder.exists()


def started_again(qtbot: QtBot, theme: Theme) -> Desk:
    """Another window, which offers what the one that crashed left behind."""
    window = MainWindow(DocumentModel(), JobModel(FakeHost().router), theme)
    qtbot.addWidget(window)
    window.show()
    qtbot.waitUntil(lambda: len(window.welcome.cards) == 1, timeout=5000)
    return Desk(window, FakeHost(), qtbot)


def crashed(opened: Desk) -> None:
    """As if the program had died: the journal is let go as it stands, and nothing of it is removed."""
    opened.window.rescue()
    held = opened.window.autosave._held
    assert held is not None
    opened.bot.waitUntil(lambda: opened.window.autosave._pictures._work_queue.empty())
    opened.bot.wait(200)
    assert held.journal is not None
    held.journal.close()
    opened.window.autosave._held = None


@pytest.fixture
def second(qtbot: QtBot, theme: Theme, opened: Desk) -> Desk:
    """The next start of the program, after the first one died with a stroke and a version unsaved."""
    opened.drag((100, 50), (180, 250))
    restore(opened)
    opened.click((20, 20))
    crashed(opened)
    host = FakeHost()
    job = JobModel(host.router)
    window = MainWindow(DocumentModel(), job, theme)
    qtbot.addWidget(window)
    window.show()
    qtbot.waitUntil(lambda: len(window.welcome.cards) == 1, timeout=5000)
    return Desk(window, host, qtbot)


def test_work_is_offered_after_a_crash_and_comes_back(second: Desk, opened: Desk) -> None:
    card = second.window.welcome.cards[0]
    assert card.sentence.text() == "Your last work on family.png was not saved: 2 strokes, 1 version."
    before = set(journal_folder(user_folder()).iterdir())
    with second.bot.waitSignal(second.window.files.opened, timeout=5000):
        card.recover.click()
    np.testing.assert_array_equal(second.hole, opened.hole)
    np.testing.assert_array_equal(
        second.document.versions[0].photo.pixels, opened.document.versions[0].photo.pixels
    )
    assert second.window.model.unsaved
    second.bot.waitUntil(lambda: not before & set(journal_folder(user_folder()).iterdir()), timeout=5000)
    assert recover(journal_of(second)).project.mask[20, 20]
    second.window.model.mark_saved()
    second.window.close()


def test_work_on_a_photo_that_was_moved_meanwhile_asks_where_it_is(
    opened: Desk, qtbot: QtBot, theme: Theme, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("daps_desktop.document.journal.writer.EMBED_UP_TO", 0)  # too large to keep a copy of
    opened.open(tmp_path / "family.png")
    opened.click((20, 20))
    crashed(opened)
    (tmp_path / "family.png").rename(tmp_path / "attic.png")
    desk = started_again(qtbot, theme)
    window = desk.window
    with qtbot.waitSignal(window.files.opening_failed, timeout=5000):
        window.welcome.cards[0].recover.click()
    answer(desk, "Locate…")
    with qtbot.waitSignal(window.files.opened, timeout=5000):
        window.findChildren(QFileDialog)[-1].fileSelected.emit(str(tmp_path / "attic.png"))
    assert desk.hole[20, 20]
    window.model.mark_saved()
    window.close()


def test_work_is_offered_to_whoever_starts_with_a_photo_too(
    qtbot: QtBot, theme: Theme, opened: Desk, tmp_path: Path
) -> None:
    opened.drag((100, 50), (180, 250))
    crashed(opened)
    other = tmp_path / "other.png"
    other.write_bytes((tmp_path / "family.png").read_bytes())
    job = JobModel(FakeHost().router)
    window = MainWindow(DocumentModel(), job, theme)
    qtbot.addWidget(window)
    window.show()
    desk = Desk(window, FakeHost(), qtbot)
    with qtbot.waitSignal(window.files.opened, timeout=5000):
        window.begin_with(other)
    qtbot.waitUntil(lambda: bool(window.findChildren(QMessageBox)), timeout=5000)
    assert "family.png was not saved: 1 stroke" in question(desk).informativeText()
    with qtbot.waitSignal(window.files.opened, timeout=5000):
        answer(desk, "Recover")
    np.testing.assert_array_equal(desk.hole, opened.hole)
    window.model.mark_saved()
    window.close()


def test_work_can_be_thrown_away_after_a_question(second: Desk) -> None:
    second.window.welcome.cards[0].discard.click()
    with second.bot.waitSignal(second.window.recovery.found, timeout=5000):
        next(b for b in question(second).buttons() if b.text() == "Discard").click()
    assert second.window.welcome.cards == []
    assert unsaved_work(journal_folder(user_folder())) == []
    second.window.close()


def test_work_put_off_is_offered_again(second: Desk) -> None:
    card = second.window.welcome.cards[0]
    card.later.click()
    assert not card.isVisible()
    second.window.close()
    assert len(unsaved_work(journal_folder(user_folder()))) == 1


def test_a_full_disk_is_said_once_and_stops_nothing(opened: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("daps_desktop.document.journal.Journal.patch", full)
    with opened.bot.waitSignal(opened.window.autosave.failed, timeout=5000):
        opened.click((10, 10))
    opened.click((50, 50))
    assert opened.hole[50, 50]
    assert "no space left" in opened.window.panel.run_box.banner.sentence.text()
    assert not opened.window.findChildren(QMessageBox)


def test_a_version_without_room_does_not_keep_strokes_out_of_the_journal(
    opened: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("daps_desktop.document.journal.Journal.version", full)
    opened.click((10, 10))
    with opened.bot.waitSignal(opened.window.autosave.failed, timeout=5000):
        restore(opened)
    opened.click((50, 50))
    opened.window.rescue()
    assert recover(journal_of(opened)).project.mask[50, 50]


def test_recovered_work_does_not_replace_unasked_what_another_window_saved(
    opened: Desk, qtbot: QtBot, theme: Theme, tmp_path: Path
) -> None:
    work = tmp_path / "work.daps"
    save(opened, work)
    opened.click((10, 10))
    crashed(opened)
    write_project(replace(read_project(work), versions=()), work, embed=True, overwrite=True)
    desk = started_again(qtbot, theme)
    window = desk.window
    with qtbot.waitSignal(window.files.opened, timeout=5000):
        window.welcome.cards[0].recover.click()
    desk.trigger("save_project")
    assert work.name in question(desk).informativeText()
    window.model.mark_saved()
    window.close()


def test_a_folder_for_data_that_cannot_be_written_stops_nothing(
    opened: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "blocked").touch()
    monkeypatch.setenv(DATA_VARIABLE, str(tmp_path / "blocked"))
    ended: list[None] = []
    opened.window.recent.add(tmp_path / "family.png")
    opened.window.background.run(lambda: None, ended.append)
    opened.bot.waitUntil(lambda: bool(ended))
    assert not opened.window.panel.run_box.banner.isVisible()


def test_a_photo_without_a_file_is_called_by_its_project(desk: Desk, tmp_path: Path) -> None:
    with desk.bot.waitSignal(desk.window.files.opened, timeout=5000):
        desk.window.files.open_sample()
    with desk.bot.waitSignal(desk.window.projects.saved, timeout=5000):
        desk.window.projects.save_to(tmp_path / "work.daps", embed=True)
    desk.trigger("close")
    desk.open(tmp_path / "work.daps")
    assert desk.window.windowTitle().startswith("work.daps")


def test_a_deleted_version_stays_away_from_journal_and_project(opened: Desk, tmp_path: Path) -> None:
    opened.drag((100, 50), (180, 250))
    restore(opened, 7)
    restore(opened, 9)
    save(opened, tmp_path / "work.daps")

    def numbers() -> list[int]:
        return [version.number for version in recover(journal_of(opened)).project.versions]

    opened.trigger("delete_version")  # the second, which is shown
    assert opened.window.model.unsaved
    opened.window.rescue()
    opened.bot.waitUntil(lambda: numbers() == [1], timeout=5000)
    opened.trigger("undo")
    opened.window.rescue()
    opened.bot.waitUntil(lambda: numbers() == [1, 2], timeout=5000)
    opened.trigger("redo")
    save(opened, tmp_path / "work.daps")
    opened.trigger("close")
    opened.open(tmp_path / "work.daps")
    assert [version.number for version in opened.document.versions] == [1]
    assert opened.window.model.shown is opened.document.versions[0]
    restore(opened, 5)
    assert opened.document.versions[-1].number > 1
