"""The file of an album while work goes on: every step is noted at once, however many photos there are.

Writing down 100,000 photos takes seconds. So a step is one line added to a file next to the album's, and the
whole album is written anew only now and then, and at the end:

    album.daps.json         the album as it was a while ago
    album.daps.json.steps   the rows that changed since, one a line; a line that a crash tore is the last
"""

import json
import os
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from daps_desktop.album.album_file import read_album, write_album
from daps_desktop.album.model import Album, AlbumItem
from daps_desktop.base.files import open_regular_file, save_errors
from daps_desktop.base.serialization import from_jsonable, load_json, to_jsonable

_SHARE = 0.05  # of the time may go into writing the whole album


class AlbumLog:
    """Writes an album to `path`; `beside`, where given, writes what else describes all of it."""

    def __init__(self, path: Path, beside: Callable[[Album], None] | None = None) -> None:
        self._path, self._beside = path, beside
        self._unwritten: Album | None = None
        self._written = self._took = 0.0  # seconds

    def write(self, album: Album) -> None:
        """The whole album. Raises: UserError (`save_failed`)."""
        began = time.monotonic()
        write_album(album, self._path)
        if self._beside is not None:
            self._beside(album)
        steps = log_path(self._path)
        with save_errors(steps):
            steps.unlink(missing_ok=True)
        self._unwritten = None
        self._written = time.monotonic()
        self._took = self._written - began

    def append(self, album: Album, item: AlbumItem) -> None:
        """That row of the album has changed. Raises: UserError (`save_failed`)."""
        if time.monotonic() - self._written >= self._took / _SHARE:
            self.write(album)
            return
        steps = log_path(self._path)
        with save_errors(steps), steps.open("ab") as file:
            file.write(json.dumps(to_jsonable(item), allow_nan=False).encode() + b"\n")
            file.flush()
            os.fsync(file.fileno())
        self._unwritten = album

    def close(self) -> None:
        """The work is over or was interrupted. Raises: UserError (`save_failed`)."""
        if self._unwritten is not None:
            self.write(self._unwritten)


def log_path(path: Path) -> Path:
    return path.with_name(path.name + ".steps")


def read_with_log(path: Path) -> Album:
    """The album with the steps that were noted since. Raises: UserError as `read_album`."""
    album = read_album(path)
    later = {row.photo: row for row in _steps(log_path(path))}
    return replace(album, rows=tuple(later.get(row.photo, row) for row in album.rows))


def _steps(path: Path) -> list[AlbumItem]:
    """Up to the first line that is not whole: what it was to say, the disk says when work goes on."""
    rows: list[AlbumItem] = []
    try:
        with open_regular_file(path) as file:
            for line in file:
                rows.append(from_jsonable(AlbumItem, load_json(line)))
    except (OSError, ValueError):
        pass
    return rows
