"""Files of the moment: private while they are there, and gone afterwards, whatever happened."""

import os
import stat
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from daps_desktop.base import logs, temp_files
from daps_desktop.base.errors import UserError
from daps_desktop.base.files import write_atomically, write_file
from daps_desktop.base.locks import FolderLock
from daps_desktop.base.paths import DATA_VARIABLE, make_private, user_folder
from daps_desktop.base.temp_files import open_temporary, temporary_folder
from daps_desktop.document.project import Project, read_project, write_project
from daps_desktop.document.source import SourceFile, describe_source
from daps_desktop.imaging.export import save_fallback
from daps_desktop.imaging.photo import Photo
from daps_desktop.jobs.recipe import Recipe
from tests.imaging.photo_files import picture

needs_modes = pytest.mark.skipif(os.name == "nt", reason="there the folder of the user is private by itself")
LONG_AGO = time.time() - 3600.0


@pytest.fixture(autouse=True)
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The user's folder, which is not there yet."""
    monkeypatch.setenv(DATA_VARIABLE, str(tmp_path / "home" / "data"))
    temp_files._tidy.cache_clear()
    return tmp_path / "home" / "data"


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def aged(path: Path) -> Path:
    os.utime(path, (LONG_AGO, LONG_AGO))
    return path


# While they are there


@needs_modes
def test_nobody_else_reads_a_file_before_it_is_whole(tmp_path: Path) -> None:
    modes: list[int] = []
    write_atomically(tmp_path / "a", lambda _: modes.append(mode(next(tmp_path.glob(".daps-*.tmp")))))
    assert modes == [0o600]
    (tmp_path / "new").write_bytes(b"")
    assert mode(tmp_path / "a") == mode(tmp_path / "new")  # as any new file


@needs_modes
@pytest.mark.parametrize("before", [0o600, 0o640, 0o664])
def test_a_file_that_is_replaced_keeps_its_mode(tmp_path: Path, before: int) -> None:
    path = tmp_path / "a"
    path.write_bytes(b"old")
    path.chmod(before)
    write_file(path, b"new", overwrite=True)
    assert mode(path) == before and path.read_bytes() == b"new"


@needs_modes
def test_a_result_kept_elsewhere_is_for_its_owner_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.gettempdir", lambda: str(tmp_path))
    error = save_fallback(b"photo", Path("/away/a.png"), UserError("save_failed", path="a", detail="full"))
    assert error.code == "save_elsewhere" and mode(tmp_path / "a.png") == 0o600


@needs_modes
def test_the_folders_of_the_user_are_private_up_to_the_one_that_was_there(tmp_path: Path, data: Path) -> None:
    make_private(user_folder() / "spool")
    assert [mode(folder) for folder in (data / "spool", data, data.parent)] == [0o700] * 3


@needs_modes
def test_logs_are_private(data: Path) -> None:
    logs.append(data / "logs" / "window.log", "words\n")
    assert mode(data / "logs" / "window.log") == 0o600 and mode(data / "logs") == 0o700


def test_a_log_that_cannot_be_moved_goes_on(data: Path) -> None:
    log = data / "logs" / "window.log"
    log.with_name("window.log.1").mkdir(parents=True)  # as another window's hand on it on Windows
    log.write_bytes(b"x" * (logs.MAX_BYTES + 1))
    logs.append(log, "words\n")
    assert logs.last_lines(log, 1).endswith("words")


@needs_modes
def test_a_photo_inside_a_project_is_unpacked_in_a_private_folder(
    tmp_path: Path, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[tuple[int, int]] = []
    reading = sys.modules["daps_desktop.document.project.reader"]
    read = reading.read_source

    def look(source: SourceFile, path: Path) -> Photo:
        seen.append((mode(path.parent), mode(path)))
        return read(source, path)

    photo = Photo(picture(8, 8))
    mask = np.zeros((8, 8), bool)
    write_project(Project(photo, describe_source(photo), mask, Recipe()), tmp_path / "a.daps", embed=True)
    monkeypatch.setattr(reading, "read_source", look)
    read_project(tmp_path / "a.daps")
    assert seen == [(0o700, 0o600)]
    assert not list((data / "temporary").iterdir())


@pytest.mark.skipif(os.name == "nt", reason="there a folder cannot be opened")
def test_the_new_name_reaches_the_disk_after_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced: list[bool] = []

    def sync(descriptor: int) -> None:
        folder = stat.S_ISDIR(os.fstat(descriptor).st_mode)
        assert folder == (tmp_path / "a").exists()
        synced.append(folder)

    monkeypatch.setattr(os, "fsync", sync)
    write_file(tmp_path / "a", b"photo")
    assert synced == [False, True]


# Afterwards


@pytest.mark.parametrize("error", [OSError, KeyboardInterrupt])
def test_a_file_that_was_not_finished_is_gone(tmp_path: Path, error: type[BaseException]) -> None:
    def fail(_: object) -> None:
        raise error

    with pytest.raises((UserError, KeyboardInterrupt)):
        write_atomically(tmp_path / "a", fail)
    assert not list(tmp_path.glob(".daps-*"))
    with pytest.raises(error), temporary_folder() as folder:
        fail(folder)
    assert not folder.exists()


_KILLED = """
import os, sys
from pathlib import Path
from daps_desktop.base.files import write_atomically
from daps_desktop.base.temp_files import temporary_folder
with temporary_folder() as folder:
    (folder / "photo.png").write_bytes(b"photo")
    write_atomically(Path(sys.argv[1]) / "a.png", lambda f: (f.write(b"photo"), f.flush(), os._exit(9)))
"""


def test_what_a_crash_left_is_gone_after_the_next_start(tmp_path: Path, data: Path) -> None:
    code = subprocess.run([sys.executable, "-c", _KILLED, str(tmp_path)], check=False).returncode
    left = [*tmp_path.glob(".daps-*.tmp"), *(data / "temporary").iterdir()]
    assert code == 9 and len(left) == 2
    for path in left:
        aged(path)
    write_file(tmp_path / "b.png", b"photo")
    with temporary_folder():
        pass
    assert not [path for path in left if path.exists()]


@pytest.mark.skipif(os.name == "nt", reason="there only an administrator may make links")
def test_what_is_in_use_or_young_or_not_ours_stays(tmp_path: Path, data: Path) -> None:
    used, file = open_temporary(tmp_path)
    young = tmp_path / ".daps-0123456789abcdef.tmp"
    other = tmp_path / ".daps-mine.tmp"
    target = tmp_path / "dear"
    link = tmp_path / ".daps-00000000000000aa.tmp"
    for path in (young, other, target):
        path.write_bytes(b"dear")
    link.symlink_to(target)
    aged(other), aged(target), aged(used)
    busy, fresh = make_private(data / "temporary" / "busy"), make_private(data / "temporary" / "fresh")
    lock = FolderLock.acquire(busy)
    assert lock is not None
    aged(busy)
    temp_files._tidy.cache_clear()
    write_file(tmp_path / "b.png", b"photo")
    with temporary_folder():
        pass
    assert all(path.exists() for path in (used, young, other, target, link, busy, fresh))
    file.close()
    lock.release()


def test_a_folder_is_looked_through_once(tmp_path: Path) -> None:
    write_file(tmp_path / "a", b"")
    left = tmp_path / ".daps-0123456789abcdef.tmp"
    left.write_bytes(b"")
    aged(left)
    write_file(tmp_path / "b", b"")
    assert left.exists()


def test_where_the_user_has_no_room_the_system_has(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "home").write_bytes(b"no folder")
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    with temporary_folder() as folder:
        assert folder.parent == tmp_path and (os.name == "nt" or mode(folder) == 0o700)
    assert not folder.exists()
