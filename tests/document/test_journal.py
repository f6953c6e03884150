"""What was written to the journal comes back, up to the last whole record; no one takes another's journal."""

import errno
import os
import random
import shutil
import stat
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from daps_desktop.base.errors import UserError
from daps_desktop.base.locks import FolderLock
from daps_desktop.document.journal import Journal, JournalHeader, discard, lock_folder, recover, unsaved_work
from daps_desktop.document.project import Project, read_project, write_project
from daps_desktop.document.source import FileStamp, describe_source
from daps_desktop.imaging.formats.reader import read_photo
from daps_desktop.imaging.rect import Rect
from tests.document.test_project import assert_same, project_in


def begun(folder: Path, project: Project, path: str = "") -> Journal:
    photo = project.photo
    journal = Journal.create(
        folder / "journals", JournalHeader(project.source, photo.height, photo.width, path)
    )
    journal.keep_photo(photo, project.source, Path(path) if path else None)
    return journal


def told(folder: Path, project: Project) -> Journal:
    """A journal of the whole project: its hole in two strokes, recipe and versions."""
    journal = begun(folder, project)
    half = project.photo.height // 2
    width = project.photo.width
    journal.patch(Rect(0, 0, half, width), project.mask[:half])
    journal.patch(Rect(half, 0, project.photo.height, width), project.mask[half:])
    journal.strokes(2)
    journal.recipe(project.recipe)
    for version in project.versions:
        journal.version(version, project.photo)
    return journal


def plain(project: Project) -> Project:
    """Without how it was looked at and what was measured, which a journal does not keep."""
    return replace(project, view=type(project.view)(), profile=None)


def test_work_that_was_left_behind_comes_back(tmp_path: Path) -> None:
    project = project_in(tmp_path, 16, 3, alpha=True)
    told(tmp_path, project).close()
    (found,) = unsaved_work(tmp_path / "journals")
    assert (found.name, found.strokes, found.versions) == ("grandmother.tif", 2, 2)
    recovered = recover(found.folder)
    assert recovered.strokes == 2 and recovered.path is None
    assert_same(recovered.project, plain(project))


def test_the_photo_may_be_gone_since(tmp_path: Path) -> None:
    project = project_in(tmp_path)
    told(tmp_path, project).close()
    (tmp_path / "grandmother.tif").unlink()
    (found,) = unsaved_work(tmp_path / "journals")
    assert_same(recover(found.folder).project, plain(project))


def test_a_pasted_photo_is_kept_with_the_journal(tmp_path: Path) -> None:
    project = project_in(tmp_path)
    pasted = replace(project.photo, path=None)
    told(tmp_path, replace(project, photo=pasted, source=describe_source(pasted))).close()
    (found,) = unsaved_work(tmp_path / "journals")
    np.testing.assert_array_equal(recover(found.folder).project.photo.pixels, project.photo.pixels)


def test_a_journal_builds_on_its_project(tmp_path: Path) -> None:
    project = project_in(tmp_path)
    write_project(project, tmp_path / "work.daps", embed=True)
    (tmp_path / "grandmother.tif").unlink()
    journal = begun(tmp_path, project, str(tmp_path / "work.daps"))
    journal.patch(Rect(0, 0, *project.mask.shape), project.mask)
    journal.recipe(project.recipe)
    journal.patch(Rect(3, 4, 5, 8), np.ones((2, 4), bool))
    journal.strokes(1)
    journal.close()
    (found,) = unsaved_work(tmp_path / "journals")
    recovered = recover(found.folder)
    assert recovered.path == tmp_path / "work.daps"
    expected = project.mask.copy()
    expected[3:5, 4:8] = True
    assert_same(recovered.project, plain(replace(project, mask=expected)))


def test_versions_of_a_project_come_back_without_the_photo_that_lay_outside(tmp_path: Path) -> None:
    project = project_in(tmp_path)
    work = tmp_path / "work.daps"
    write_project(project, work, embed=False)
    journal = begun(tmp_path, project, str(work))
    journal.patch(Rect(0, 0, *project.mask.shape), project.mask)
    journal.recipe(project.recipe)
    journal.strokes(1)
    journal.close()
    (tmp_path / "grandmother.tif").unlink()
    recovered = recover(journal.folder)
    assert recovered.path == work
    assert_same(recovered.project, plain(project))


def test_a_photo_that_was_located_is_sought_there_from_then_on(tmp_path: Path) -> None:
    project = project_in(tmp_path)
    journal = told(tmp_path, project)
    journal.close()
    (journal.folder / "photo.tif").unlink()  # as where it was too large for a copy
    moved = (tmp_path / "grandmother.tif").rename(tmp_path / "granny.tif")
    recovered = recover(journal.folder, moved).project
    assert (recovered.photo.path, recovered.source) == (moved, describe_source(recovered.photo))


def test_a_project_that_cannot_be_read_is_not_saved_over(tmp_path: Path) -> None:
    project = project_in(tmp_path)
    work = tmp_path / "work.daps"
    write_project(project, work, embed=False)
    journal = begun(tmp_path, project, str(work))
    journal.strokes(1)
    journal.close()
    work.write_bytes(work.read_bytes()[:-100])
    recovered = recover(journal.folder)
    assert recovered.path is None and recovered.project.versions == ()


def test_a_journal_without_work_is_not_offered_and_goes(tmp_path: Path) -> None:
    project = project_in(tmp_path)
    journal = begun(tmp_path, project)
    journal.recipe(project.recipe)
    journal.close()
    assert unsaved_work(tmp_path / "journals") == []
    assert list((tmp_path / "journals").iterdir()) == []


def test_a_journal_that_somebody_writes_belongs_to_them(tmp_path: Path) -> None:
    journal = told(tmp_path, project_in(tmp_path))
    assert unsaved_work(tmp_path / "journals") == []
    assert lock_folder(journal.folder) is None
    discard(journal.folder)
    assert journal.folder.exists()
    journal.close()
    (found,) = unsaved_work(tmp_path / "journals")
    lock = lock_folder(found.folder)
    assert lock is not None and unsaved_work(tmp_path / "journals") == []
    lock.release()
    discard(found.folder)
    assert not found.folder.exists()


def test_a_journal_that_ends_takes_nothing_more(tmp_path: Path) -> None:
    project = project_in(tmp_path)
    journal = told(tmp_path, project)
    journal.discard()
    journal.strokes(9)
    journal.sync()
    journal.version(project.versions[0], project.photo)
    assert not journal.folder.exists()


@pytest.mark.skipif(os.name == "nt", reason="there the folder of the user is private by itself")
def test_nobody_else_may_read_it(tmp_path: Path) -> None:
    journal = told(tmp_path, project_in(tmp_path))
    assert stat.S_IMODE(journal.folder.stat().st_mode) == 0o700
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in journal.folder.iterdir()}
    assert set(modes.values()) == {0o600}, modes
    journal.discard()


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(share=st.floats(0, 1))
def test_a_torn_end_is_cut_off(tmp_path: Path, share: float) -> None:
    """However much of the file reached the disk, every whole record before the end counts."""
    folder = tmp_path / "torn"
    project = project_in(tmp_path)
    journal = begun(folder, project)
    sizes = [(journal.folder / "journal").stat().st_size]
    for row in range(8):
        journal.patch(Rect(row, 0, row + 1, 56), np.ones((1, 56), bool))
        journal.strokes(row + 1)
        sizes.append((journal.folder / "journal").stat().st_size)
    journal.close()
    file = journal.folder / "journal"
    length = round(share * sizes[-1])
    file.write_bytes(file.read_bytes()[:length])
    whole = sum(size <= length for size in sizes) - 1
    found = unsaved_work(folder / "journals")
    assert [each.strokes for each in found] == ([whole] if whole > 0 else [])
    for each in found:
        mask = recover(each.folder).project.mask
        assert mask[:whole].all() and not mask[whole + 1 :].any()
        discard(each.folder)


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 2**32))
def test_a_damaged_journal_is_recovered_or_refused_in_words(tmp_path: Path, seed: int) -> None:
    folder = tmp_path / "damaged"
    journal = told(folder, project_in(tmp_path))
    journal.close()
    rng = random.Random(seed)
    file = rng.choice([path for path in sorted(journal.folder.iterdir()) if path.name != "lock"])
    data = bytearray(file.read_bytes())
    for _ in range(rng.choice((1, 5))):
        data[rng.randrange(len(data))] = rng.randrange(256)
    file.write_bytes(data[: rng.choice((len(data), rng.randrange(len(data))))])
    for found in unsaved_work(folder / "journals"):
        try:
            assert recover(found.folder).project.mask.shape == (40, 56)
        except UserError as error:
            assert error.code.startswith(("recovery_", "project_", "photo_"))
    discard(journal.folder)


def test_telling_of_a_stroke_is_cheap(tmp_path: Path) -> None:
    """A patch of the size of a brush costs the journal far less than a millisecond of its own thread."""
    journal = begun(tmp_path, project_in(tmp_path))
    pixels = np.ones((200, 200), bool)
    started = time.perf_counter()
    for _ in range(100):
        journal.patch(Rect(0, 0, 200, 200), pixels)
    assert (time.perf_counter() - started) / 100 < 0.005
    journal.discard()


posix = pytest.mark.skipif(os.name == "nt", reason="a disk is made small by setrlimit")


def noise(shape: tuple[int, int]) -> np.ndarray:
    return np.random.default_rng(0).random(shape) < 0.5


@posix
@pytest.mark.parametrize("room", [0, 10, 100, 3000])
def test_a_journal_that_finds_no_room_leaves_nothing(tmp_path: Path, room: int) -> None:
    from tests.fakes.full_disk import room_for

    project, folder = project_in(tmp_path), tmp_path / "journals"
    shape = (400, 500)
    journal = None
    with room_for(room), pytest.raises(OSError):
        journal = Journal.create(folder, JournalHeader(project.source, *shape))
        journal.patch(Rect(0, 0, *shape), noise(shape))
    if journal is not None:
        with room_for(room):
            journal.discard()  # the last record is still on its way
    assert list(folder.iterdir()) == []


@posix
def test_half_a_picture_does_not_take_the_room_of_strokes(tmp_path: Path) -> None:
    from tests.fakes.full_disk import room_for

    project = project_in(tmp_path)
    with room_for(2000):
        journal = Journal.create(tmp_path / "journals", JournalHeader(project.source, *project.mask.shape))
        with pytest.raises(OSError):
            journal.keep_photo(project.photo, project.source, None)
        for version in project.versions:
            with pytest.raises(OSError):
                journal.version(version, project.photo)
        journal.strokes(1)
    assert {path.name for path in journal.folder.iterdir()} == {"journal", "lock"}
    journal.close()
    assert recover(journal.folder).strokes == 1


def test_work_thrown_away_is_offered_to_nobody_who_looks_meanwhile(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    project, remove = project_in(tmp_path), shutil.rmtree
    offered: list[object] = []

    def looked_at(folder: Path, **options: bool) -> None:
        monkeypatch.setattr(shutil, "rmtree", remove)
        offered.extend(unsaved_work(tmp_path / "journals"))
        remove(folder, **options)

    journal = told(tmp_path, project)
    monkeypatch.setattr(shutil, "rmtree", looked_at)
    journal.discard()
    assert shutil.rmtree is remove
    assert offered == []
    assert list((tmp_path / "journals").iterdir()) == []


def test_half_a_copy_of_the_photo_does_not_go_by_its_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    project = project_in(tmp_path)
    there: list[str] = []

    def half(original: Path, target: Path) -> None:
        target.write_bytes(original.read_bytes()[:100])
        there.extend(path.name for path in target.parent.glob("photo*"))

    monkeypatch.setattr("daps_desktop.document.journal.writer._copy", half)
    journal = begun(tmp_path, project)
    journal.close()
    assert there == []
    assert [path.name for path in journal.folder.glob("photo*")] == ["photo.tif"]


@pytest.mark.parametrize("name", ["grandmother.j\0g", "grandmother." + "x" * 300, "grandmother.png"])
def test_whatever_the_photo_in_a_project_is_called_a_whole_copy_is_kept(tmp_path: Path, name: str) -> None:
    """The bytes of the project are no help, being damaged; the pixels are at hand."""
    project = project_in(tmp_path)
    work = tmp_path / "work.daps"
    write_project(project, work, embed=True)
    data = bytearray(work.read_bytes())
    data[2000] ^= 1  # inside the photo
    work.write_bytes(data)
    (tmp_path / "grandmother.tif").unlink()
    journal = begun(tmp_path, replace(project, source=replace(project.source, name=name)), str(work))
    journal.close()
    assert [path.name for path in journal.folder.glob("p*")] == ["photo.png"]
    np.testing.assert_array_equal(read_photo(journal.folder / "photo.png").pixels, project.photo.pixels)


def test_another_program_that_looks_for_work_does_not_hinder_a_new_journal(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    project = project_in(tmp_path)
    take, looked = FolderLock.acquire, []

    def slow(folder: Path, *, first: bool = True) -> FolderLock | None:
        if not looked:
            looked.append(take(folder))  # the other one is faster, once
        return take(folder, first=first)

    monkeypatch.setattr(FolderLock, "acquire", slow)
    journal = told(tmp_path, project)
    journal.close()
    looked[0].release()
    assert_same(recover(journal.folder).project, plain(project))


def test_on_a_drive_without_locks_work_goes_on_and_nobody_waits(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_locks(_: int) -> None:
        raise OSError(errno.ENOLCK, "No locks available")

    monkeypatch.setattr("daps_desktop.base.locks.lock_file", no_locks)
    project = project_in(tmp_path)
    with pytest.raises(OSError, match="No locks"):
        begun(tmp_path, project)
    assert list((tmp_path / "journals").iterdir()) == []
    write_project(project, tmp_path / "work.daps", embed=True)
    assert_same(read_project(tmp_path / "work.daps"), project)


def test_a_recovered_journal_knows_which_project_it_was_built_on(tmp_path: Path) -> None:
    project, path = project_in(tmp_path), tmp_path / "work.daps"
    write_project(project, path, embed=True)
    stamp = FileStamp.of(path)
    start = JournalHeader(project.source, *project.mask.shape, str(path), stamp)
    journal = Journal.create(tmp_path / "journals", start)
    journal.strokes(1)
    journal.close()
    write_project(replace(project, versions=()), path, embed=True, overwrite=True)  # by another window
    assert recover(journal.folder).stamp == stamp != FileStamp.of(path)
