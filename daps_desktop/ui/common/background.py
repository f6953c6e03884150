"""Work that would keep the window waiting, done on one helper thread; the answer comes back to the window."""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

from PySide6.QtCore import QObject, Qt, Signal, Slot

from daps_desktop.base.errors import UserError

Failure = Callable[[UserError], None]


class _Courier(QObject):
    """Has no parent, so that it is still there for the thread when the window is deleted meanwhile."""

    sent = Signal(object)


class BackgroundRunner(QObject):
    """`run(work, done, failed)`: `work` on the thread, then one of the other two on the window's thread."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        pool = self._pool = ThreadPoolExecutor(max_workers=1, thread_name_prefix="files")
        self.destroyed.connect(lambda: pool.shutdown(wait=False, cancel_futures=True))
        self._closed = False
        self._courier = _Courier()
        # Queued, so that the answer never comes before `run` has returned.
        self._courier.sent.connect(self._deliver, Qt.ConnectionType.QueuedConnection)

    def run(
        self, work: Callable[[], Any], done: Callable[[Any], None], failed: Failure | None = None
    ) -> None:
        """A UserError goes to `failed`; any other exception is a bug, raised on the window's thread."""
        if self._closed:  # a timer that was still running
            return
        future = self._pool.submit(work)
        future.add_done_callback(lambda f: self.on_window(lambda: _conclude(f, done, failed)))

    def on_window(self, call: Callable[[], None]) -> None:
        """Asked for on any thread: `call` on the window's, in the order asked for, unless that is gone."""
        self._courier.sent.emit(call)

    @property
    def closed(self) -> bool:
        """Asked by long work, which nobody waits for any more."""
        return self._closed

    def close(self) -> None:
        """Wait for the work under way; what ends now or later is reported to no one."""
        self._closed = True
        self._pool.shutdown(wait=True, cancel_futures=True)

    @Slot(object)
    def _deliver(self, call: Callable[[], None]) -> None:
        if not self._closed:
            call()


def _conclude(future: Future[Any], done: Callable[[Any], None], failed: Failure | None) -> None:
    if future.cancelled():
        return
    error = future.exception()
    if isinstance(error, UserError) and failed is not None:
        failed(error)
    else:
        done(future.result())
