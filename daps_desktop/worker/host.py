"""Runs jobs on one background thread and carries messages between it and the event loop.

Only this file knows that the engine lives in a thread: what passes through it is picklable, so that
the engine can move into a child process by changing this file alone.
"""

import asyncio
import sys
import threading
import traceback
from collections import deque
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field, replace
from queue import SimpleQueue

from daps_desktop.core.messages import Cancelled, Failed, Finished, JobMessage, JobRequest, Progress

RunJob = Callable[[JobRequest, threading.Event, Callable[[JobMessage], None]], None]
LoadEngine = Callable[[], RunJob]

# Pure Python in the worker otherwise holds the interpreter for 5 ms at a time and the window stutters.
SWITCH_INTERVAL_S = 0.001
CLOSE_TIMEOUT_S = 2.0


@dataclass(frozen=True, slots=True)
class _Job:
    request: JobRequest
    cancel: threading.Event = field(default_factory=threading.Event)
    taken: threading.Lock = field(default_factory=threading.Lock)

    def take(self) -> bool:
        """True for the first who asks: the thread that runs the job, or the one that cancels it before."""
        return self.taken.acquire(blocking=False)


def import_engine() -> RunJob:
    """The real `run_job`; imported on the worker's thread, so that torch never delays the window."""
    from daps_desktop.worker.engine import run_job

    return run_job


class Host:
    """Jobs in, messages out; one job at a time in the order they came.

    `messages()` must be consumed on the event loop `loop`; every job ends with exactly one Finished,
    Cancelled or Failed. Each job has its own Event, so that cancelling one never touches the next.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop, load_engine: LoadEngine = import_engine) -> None:
        self._loop = loop
        self._load_engine = load_engine
        self._jobs: SimpleQueue[_Job | None] = SimpleQueue()
        self._waiting: dict[str, _Job] = {}  # for their last message
        self._inbox: deque[JobMessage] = deque()
        self._arrived = asyncio.Event()
        self._closed = threading.Event()
        self._thread = threading.Thread(target=self._work, name="engine", daemon=True)

    def start(self) -> None:
        """Begin importing the engine; call it right after the window is shown."""
        sys.setswitchinterval(SWITCH_INTERVAL_S)
        self._thread.start()

    def submit(self, request: JobRequest) -> None:
        job = _Job(request)
        self._waiting[request.job_id] = job
        self._jobs.put(job)

    def cancel(self, job_id: str) -> None:
        """Ask a job to end: it answers with Cancelled, at once if queued, or with Finished if faster."""
        job = self._waiting.get(job_id)
        if job is None:
            return
        job.cancel.set()
        if job.take():  # importing the engine, or the job before, may take long
            self._receive(Cancelled(job_id))

    def close(self, timeout_s: float = CLOSE_TIMEOUT_S) -> bool:
        """Cancel everything and end the thread; False if it did not end in time."""
        self._closed.set()
        for job in self._waiting.values():
            job.cancel.set()
            job.take()  # what has not begun never will
        self._jobs.put(None)
        if self._thread.is_alive():
            self._thread.join(timeout_s)
        return not self._thread.is_alive()

    async def messages(self) -> AsyncIterator[JobMessage]:
        """Messages in the order they were sent; of several waiting previews only the latest is kept."""
        while True:
            await self._arrived.wait()
            self._arrived.clear()
            waiting = list(self._inbox)
            self._inbox.clear()
            for message in latest_preview_only(waiting):
                if isinstance(message, Finished | Cancelled | Failed):
                    self._waiting.pop(message.job_id, None)
                yield message

    def _work(self) -> None:
        run_job = self._loaded_engine()
        while (job := self._jobs.get()) is not None:
            if job.take():
                self._run(run_job, job)

    def _loaded_engine(self) -> RunJob:
        try:
            return self._load_engine()
        except Exception as error:
            failure = _failure("", error)  # every job is answered with it, in words
            return lambda request, _cancel, emit: emit(replace(failure, job_id=request.job_id))

    def _run(self, run_job: RunJob, job: _Job) -> None:
        try:
            run_job(job.request, job.cancel, self._send)
        except Exception as error:  # the last door: a job never ends without a word
            self._send(_failure(job.request.job_id, error))

    def _send(self, message: JobMessage) -> None:
        if not self._closed.is_set():
            self._loop.call_soon_threadsafe(self._receive, message)

    def _receive(self, message: JobMessage) -> None:
        self._inbox.append(message)
        self._arrived.set()


def latest_preview_only(messages: list[JobMessage]) -> list[JobMessage]:
    """The same messages with every preview but the last one taken off."""
    kept: list[JobMessage] = []
    seen = False
    for message in reversed(messages):
        if isinstance(message, Progress) and message.preview is not None:
            message = replace(message, preview=None) if seen else message
            seen = True
        kept.append(message)
    return kept[::-1]


def _failure(job_id: str, error: Exception) -> Failed:
    details = "".join(traceback.format_exception(error))
    return Failed(job_id, "bug", {"detail": f"{type(error).__name__}: {error}"}, details)
