"""The engine of the window as the backend of an album: one photo at a time, in turn with its other jobs.

The album's thread reads, encodes and waits; the host is spoken to on the window's thread alone.
"""

from collections.abc import Callable
from queue import SimpleQueue
from threading import Event

from daps_desktop.album.backend import InProcessBackend
from daps_desktop.album.item_job import ItemJob
from daps_desktop.album.model import AlbumItem
from daps_desktop.jobs.messages import Cancelled, Message
from daps_desktop.jobs.requests import Request
from daps_desktop.ui.models.message_router import MessageRouter, Receiver


class EngineBackend(InProcessBackend):
    """`on_window` has a call made on the window's thread; there `on_begin` hears which photo is begun, and
    `receiver` every message of its job.

    The last message of each job comes in by `handle`; it ends with `close`.
    """

    def __init__(
        self,
        router: MessageRouter,
        receiver: Receiver,
        on_window: Callable[[Callable[[], None]], None],
        on_begin: Callable[[AlbumItem], None],
    ) -> None:
        super().__init__(self._ask)
        self._router, self._receiver = router, receiver
        self._on_window, self._on_begin = on_window, on_begin
        self._ended: SimpleQueue[Message] = SimpleQueue()
        self.job_id = ""  # of the job that the host has

    # on the album's thread

    def submit(self, job: ItemJob) -> None:
        super().submit(job)
        self._on_window(lambda: self._on_begin(job.item))

    def _ask(self, request: Request, _cancelled: Event) -> Message:
        self._on_window(lambda: self._post(request))
        return self._ended.get()

    # on the window's

    def _post(self, request: Request) -> None:
        if self.cancelled.is_set():
            self._ended.put(Cancelled(request.job_id))
            return
        self.job_id = request.job_id
        self._router.submit(request, self._receiver)

    def handle(self, message: Message) -> None:
        """The last message of the job."""
        self.job_id = ""
        self._ended.put(message)

    def cancel(self) -> None:
        super().cancel()
        if self.job_id:
            self._router.cancel(self.job_id)

    def close(self) -> None:
        """No message will come any more: the photo under way is given up without the answer of the host."""
        self.cancelled.set()
        self._ended.put(Cancelled(self.job_id))
