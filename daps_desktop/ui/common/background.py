"""Work that would keep the window waiting, done on one helper thread; the answer comes back to the window."""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

from PySide6.QtCore import QObject, Qt, Signal, Slot

from daps_desktop.base.errors import UserError

Failure = Callable[[UserError], None]


class Background(QObject):
    """`run(work, done, failed)`: `work` on the thread, then one of the other two on the window's thread."""

    _ended = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._pool = ThreadPoolExecutor(max_workers=1, thread_name_prefix="files")
        self._closed = False
        # Queued, so that the answer never comes before `run` has returned.
        self._ended.connect(self._deliver, Qt.ConnectionType.QueuedConnection)

    def run(
        self, work: Callable[[], Any], done: Callable[[Any], None], failed: Failure | None = None
    ) -> None:
        """A UserError goes to `failed`; any other exception is a bug, raised on the window's thread."""
        if self._closed:  # a timer that was still running
            return
        future = self._pool.submit(work)
        future.add_done_callback(lambda f: self._ended.emit((f, done, failed)))

    def close(self) -> None:
        """Wait for the work under way; nobody hears of what ends now or later."""
        self._closed = True
        self._pool.shutdown(wait=True, cancel_futures=True)

    @Slot(object)
    def _deliver(self, ended: tuple[Future[Any], Callable[[Any], None], Failure | None]) -> None:
        future, done, failed = ended
        if future.cancelled() or self._closed:
            return
        error = future.exception()
        if isinstance(error, UserError) and failed is not None:
            failed(error)
        else:
            done(future.result())
