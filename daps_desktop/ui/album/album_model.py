"""The album as the window sees it: one photo after the other is read, sent to the host, and written.

Reading, finding scratches and writing are slow and happen on a thread of the album's own, so that the window
can open and save meanwhile; the host takes its jobs in turn with those of the open photo.
"""

import time
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from uuid import uuid4

from PySide6.QtCore import QObject, Signal

from daps_desktop.album.album_file import read_album, resumed, write_album
from daps_desktop.album.item_job import Work, ordered, prepare
from daps_desktop.album.model import FAILED, SKIPPED, WAITING, Album, Row
from daps_desktop.album.results import failed, judged, made, stored
from daps_desktop.analysis.scratches.marking import probable_damage
from daps_desktop.base.errors import UserError
from daps_desktop.jobs.messages import Cancelled, Failed, Finished, JobMessage, Progress
from daps_desktop.ui.common.background import Background
from daps_desktop.ui.models.job_model import JobHost


class AlbumModel(QObject):
    """Holds the album, notes every step in its file, and runs it."""

    album_changed = Signal()  # other photos, another recipe, another place
    row_changed = Signal(Row)
    state_changed = Signal()  # runs, stops, or is over; is being read, or was
    progressed = Signal(Progress)
    failed = Signal(UserError)

    def __init__(self, host: JobHost, file: Path, album: Album, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._host = host
        self._background = Background(self)
        self.file = file
        self.album = album
        self.opening: Path | None = None  # that is being read; what is changed now would be lost, or it
        self.running = self.stopping = False
        self._closed = False
        self.current: Row | None = None
        self._work: Work | None = None
        self._began = 0.0

    # what is to be done

    def change(self, album: Album) -> None:
        """Take another set of photos or choices, and note it. Not while it runs or is being read."""
        if self.running or self.opening or album == self.album:
            return
        self.album = album
        self.album_changed.emit()
        self.note()

    def note(self) -> None:
        """Write the album down as it is now."""
        album, file = self.album, self.file
        self._background.run(lambda: write_album(album, file), lambda _: None, self._take_failure)

    def open(self, file: Path) -> None:
        """Go on with the album in a file; what is done there stays done if its results are still there.

        One that cannot be read is left alone, and the album is the one before.
        """
        if self.running or self.opening:
            return
        self.opening = file
        self.state_changed.emit()
        self._background.run(lambda: self._read(file), self._take_opened, self._take_unread)

    def _read(self, file: Path) -> Album:
        """What failed says why until it is tried again."""
        album = read_album(file)
        pairs = zip(album.rows, self._resumed(album).rows, strict=False)
        rows = (noted if noted.state in (FAILED, SKIPPED) else row for noted, row in pairs)
        return replace(album, rows=tuple(rows))

    def _take_opened(self, album: Album) -> None:
        assert self.opening is not None
        self.file, self.album, self.opening = self.opening, album, None
        self.album_changed.emit()

    def _take_unread(self, error: UserError) -> None:
        self.opening = None
        self.state_changed.emit()
        self.failed.emit(error)

    def save_as(self, file: Path) -> None:
        self.file = file
        self.album_changed.emit()
        self.note()

    def _resumed(self, album: Album) -> Album:
        """Reads every photo and result that is done; gives up where the program ends meanwhile."""
        alone = (replace(album, rows=(row,)) for row in album.rows if not self._closed)
        return replace(album, rows=tuple(row for one in alone for row in resumed(one).rows))

    # running

    def start(self) -> None:
        """Restore what is not done; what failed is tried again. What changed on the disk is noticed first."""
        if self.running or self.opening or not self.album.rows:
            return
        self.running, self.stopping = True, False
        self.state_changed.emit()
        album = self.album
        self._background.run(lambda: self._resumed(album), self._take_resumed, self._take_failure)

    def _take_resumed(self, album: Album) -> None:
        self.album = album
        self.album_changed.emit()
        self._next()

    def stop(self) -> None:
        """Ask the running photo to end; it stays to be done."""
        if not self.running or self.stopping:
            return
        self.stopping = True
        if self._work is not None:
            self._host.cancel(self._work.request.job_id)
        self.state_changed.emit()

    def close(self) -> None:
        """The program ends: the running photo is given up and will be begun again the next time."""
        self.stop()
        self.running, self._closed = False, True
        self._background.close()

    def handle(self, message: JobMessage) -> None:
        """Take a message of the host, if it is of this album."""
        work = self._work
        if work is None or message.job_id != work.request.job_id or not self.running:
            return
        match message:
            case Progress():
                self.progressed.emit(message)
            case Finished():
                self._store(work, message)
            case Failed():
                self._over(failed(self._timed(work.row), UserError(message.code, **message.facts)))
            case Cancelled():
                self._over(replace(work.row, state=WAITING))
            case _:
                pass

    def _next(self) -> None:
        row = None if self.stopping else self.album.next_row()
        self.current, self._work = row, None
        if row is None:
            self.running = self.stopping = False
            self.state_changed.emit()
            return
        self._began = time.monotonic()
        album = self.album
        self.row_changed.emit(row)
        self._background.run(
            lambda: prepare(ordered(row, album), uuid4().hex, probable_damage),
            self._submit,
            lambda error: self._over(failed(self._timed(row), error)),
        )

    def _submit(self, work: Work) -> None:
        if self.stopping:
            self._over(replace(work.row, state=WAITING))
            return
        self._work = work
        self._host.submit(work.request)

    def _store(self, work: Work, finished: Finished) -> None:
        album, file = self.album, self.file
        row = judged(work, finished, time.monotonic() - self._began)
        self._work = None  # it cannot be cancelled any more

        def store() -> Row:
            last = row
            for last in stored(made(row, work, finished, album.export), album):
                with suppress(UserError):  # told when the row is noted; no reason to throw a result away
                    write_album(album.with_row(last), file)
            return last

        self._background.run(store, self._over, lambda error: self._over(failed(row, error)))

    def _over(self, row: Row) -> None:
        """One photo is over, one way or the other."""
        self.current = None
        self.album = self.album.with_row(row)
        self.note()
        self.row_changed.emit(row)
        self._next()

    def _take_failure(self, error: UserError) -> None:
        """The album cannot be noted: to go on would be to do things twice later."""
        if self.running:
            self.stop()
        self.failed.emit(error)

    def _timed(self, row: Row) -> Row:
        return replace(row, seconds=time.monotonic() - self._began)
