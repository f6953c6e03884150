"""The album as the window sees it.

The loop over the photos, which reads and writes, runs on a thread of the album's own, so that the window can
open and save meanwhile; the host takes its jobs in turn with those of the open photo.
"""

import os
from contextlib import ExitStack, closing
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from daps_desktop.album.album_file import revalidated
from daps_desktop.album.change_log import AlbumLog, read_with_log
from daps_desktop.album.model import FAILED, SKIPPED, Album, AlbumItem
from daps_desktop.album.results import claimed
from daps_desktop.album.runner import OnItem, run_album
from daps_desktop.base.errors import UserError
from daps_desktop.jobs.messages import Message, Progress, ends_job
from daps_desktop.ui.album.engine_backend import EngineBackend
from daps_desktop.ui.common.background import BackgroundRunner
from daps_desktop.ui.models.job_model import JobModel


class AlbumModel(QObject):
    """Holds the album and notes it in its file; runs it, and says how far it is."""

    album_changed = Signal()  # other photos, another recipe, another place
    row_changed = Signal(AlbumItem)
    state_changed = Signal()  # runs, stops, or is over; is being read, or was
    progressed = Signal(Progress)
    failed = Signal(UserError)

    def __init__(self, job: JobModel, file: Path, album: Album, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._job = job
        self._background = BackgroundRunner(self)
        self.file = file
        self.album = album
        self.opening: Path | None = None  # that is being read; what is changed now would be lost, or it
        self.running = self.stopping = False
        self._closed = False
        self.current: AlbumItem | None = None
        self._backend: EngineBackend | None = None  # while it runs

    # what is to be done

    def change(self, album: Album) -> None:
        """Take another set of photos or choices, and note it. Not while it runs or is being read."""
        if self.running or self.opening or album == self.album:
            return
        self.album = album
        self.album_changed.emit()
        self.note()

    def begin(self, file: Path, album: Album) -> None:
        """Go on with a new album, noted in `file`. Not while one runs or is being read."""
        if not (self.running or self.opening):
            self.file = file
            self.change(album)

    def note(self) -> None:
        """Write the album down as it is now."""
        album, notes = self.album, AlbumLog(self.file)
        self._background.run(lambda: notes.write(album), lambda _: None, self._accept_failure)

    def open(self, file: Path) -> None:
        """Go on with the album in a file; what is done there stays done if its results are still there.

        One that cannot be read is left alone, and the album is the one before.
        """
        if self.running or self.opening:
            return
        self.opening = file
        self.state_changed.emit()
        self._background.run(lambda: self._read(file), self._accept_opened, self._accept_unread)

    def _read(self, file: Path) -> Album:
        """What failed says why until it is tried again."""
        album = read_with_log(file)
        pairs = zip(album.rows, self._revalidated(album).rows, strict=False)
        rows = (noted if noted.state in (FAILED, SKIPPED) else row for noted, row in pairs)
        return replace(album, rows=tuple(rows))

    def _accept_opened(self, album: Album) -> None:
        assert self.opening is not None
        self.file, self.album, self.opening = self.opening, album, None
        self.album_changed.emit()

    def _accept_unread(self, error: UserError) -> None:
        self.opening = None
        self.state_changed.emit()
        self.failed.emit(error)

    def save_as(self, file: Path) -> None:
        """Not while it runs or is being read."""
        if self.running or self.opening:
            return
        self.file = file
        self.album_changed.emit()
        self.note()

    def _revalidated(self, album: Album) -> Album:
        """Reads every photo and result that is done; gives up where the program ends meanwhile."""
        album = replace(album, prior_sha256=self._job.prior_sha256(album.recipe.settings))
        alone = (replace(album, rows=(row,)) for row in album.rows if not self._closed)
        return replace(album, rows=tuple(row for one in alone for row in revalidated(one).rows))

    # running

    def start(self) -> None:
        """Restore what is not done; what failed is tried again. What changed on the disk is noticed first."""
        if self.running or self.opening or not self.album.rows:
            return
        self.running, self.stopping = True, False
        self.state_changed.emit()
        album = self.album
        self._background.run(lambda: self._revalidated(album), self._accept_revalidated, self._give_up)

    def _accept_revalidated(self, album: Album) -> None:
        self.album = album
        self.album_changed.emit()
        if self.stopping:
            self._end()
            return
        file, on_window = self.file, self._background.on_window
        backend = self._backend = EngineBackend(self._job.router, self.handle, on_window, self._take_begun)
        self.destroyed.connect(backend.close)  # where the window goes without `close`
        over = lambda row: on_window(lambda: self._take_over(row))  # noqa: E731
        self._background.run(lambda: _run(album, backend, file, over), lambda _: self._end(), self._give_up)

    def stop(self) -> None:
        """Ask the running photo to end; it stays to be done."""
        if not self.running or self.stopping:
            return
        self.stopping = True
        if self._backend is not None:
            self._backend.cancel()
        self.state_changed.emit()

    def close(self) -> None:
        """The program ends: the running photo is given up and will be begun again the next time."""
        self.stop()
        if self._backend is not None:
            self._backend.close()
        self._backend, self.running, self._closed = None, False, True
        self._background.close()

    def handle(self, message: Message) -> None:
        """Take a message of the photo that runs."""
        backend = self._backend
        if backend is None or message.job_id != backend.job_id:
            return
        if isinstance(message, Progress):
            self.progressed.emit(message)
        elif ends_job(message):
            backend.handle(message)

    def _take_begun(self, item: AlbumItem) -> None:
        self.current = item
        self.row_changed.emit(item)

    def _take_over(self, item: AlbumItem) -> None:
        """One photo is over, one way or the other."""
        self.current = None
        self.album = self.album.with_row(item)
        self.row_changed.emit(item)

    def _accept_failure(self, error: UserError) -> None:
        """The album cannot be noted: to go on would be to do things twice later."""
        if self.running:
            self.stop()
        self.failed.emit(error)

    def _give_up(self, error: UserError) -> None:
        self._end()
        self.failed.emit(error)

    def _end(self) -> None:
        self._backend = None
        self.running = self.stopping = False
        self.state_changed.emit()


def _run(album: Album, backend: EngineBackend, file: Path, on_item: OnItem) -> None:
    """On the album's thread. Raises: UserError where it cannot be noted, or another run writes there."""
    folders = {Path(album.folder)} if album.folder else {row.path.parent for row in album.rows}
    with ExitStack() as claims, closing(AlbumLog(file)) as notes:
        for folder in sorted(folders):
            if album.folder or os.access(folder, os.W_OK):  # else each photo of it says so
                claims.enter_context(claimed(folder))
        notes.write(album)
        run_album(album, backend, notes, on_item, backend.cancelled)
