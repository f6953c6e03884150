"""Steps of an album on the disk: whatever moment the program ends at, they are read back."""

from dataclasses import replace
from pathlib import Path

import pytest

from daps_desktop.album import change_log
from daps_desktop.album.album_file import read_album
from daps_desktop.album.change_log import AlbumLog, log_path, read_with_log
from daps_desktop.album.model import DONE, SAVING, WAITING, Album, AlbumItem
from daps_desktop.base.errors import UserError
from tests.fakes.full_disk import room_for

PHOTOS = 10


class Desk:
    """An album whose writing takes ten seconds by a clock that is moved by hand."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.path = folder / "album.json"
        self.album = Album(rows=tuple(AlbumItem(f"/photos/{number}.png") for number in range(PHOTOS)))
        self.now = 0.0
        self.tables = 0
        self.notes = AlbumLog(self.path, self._take_table)
        monkeypatch.setattr(change_log.time, "monotonic", lambda: self.now)

    def _take_table(self, album: Album) -> None:
        self.tables += 1
        self.now += 10.0

    def step(self, number: int, state: str = DONE) -> None:
        row = replace(self.album.rows[number], state=state, output=f"/results/{number}.png")
        self.album = self.album.with_row(row)
        self.notes.append(self.album, row)


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    desk = Desk(tmp_path, monkeypatch)
    desk.notes.write(desk.album)
    return desk


def test_a_step_is_read_back_though_the_album_was_not_written_anew(desk: Desk) -> None:
    before = desk.path.read_bytes()
    desk.step(3, SAVING)
    desk.step(3)
    desk.step(7)
    assert desk.path.read_bytes() == before and desk.tables == 1
    assert read_with_log(desk.path) == desk.album
    assert read_album(desk.path).rows[3].state == WAITING


def test_the_album_is_written_anew_now_and_then_and_at_the_end(desk: Desk) -> None:
    desk.step(3)
    desk.now += 199.0  # not yet twenty times what it took
    desk.step(4)
    assert desk.tables == 1
    desk.now += 1.0
    desk.step(5)
    assert desk.tables == 2 and read_album(desk.path) == desk.album
    assert not log_path(desk.path).exists()
    desk.step(6)
    desk.notes.close()
    assert desk.tables == 3 and read_album(desk.path) == desk.album
    desk.notes.close()
    assert desk.tables == 3


def test_wherever_a_line_is_torn_what_stands_before_it_is_read(desk: Desk) -> None:
    desk.step(3)
    first = log_path(desk.path).stat().st_size
    desk.step(4)
    data = log_path(desk.path).read_bytes()
    for end in range(first, len(data) - 1):
        log_path(desk.path).write_bytes(data[:end])
        rows = read_with_log(desk.path).rows
        assert (rows[3].state, rows[4].state) == (DONE, WAITING)


def test_a_full_disk_is_told(desk: Desk) -> None:
    with room_for(10), pytest.raises(UserError) as raised:
        desk.step(3)
    assert raised.value.code == "save_failed"
