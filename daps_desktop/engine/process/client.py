"""Runs jobs in a child process and carries messages between it and the event loop.

One thread does all the carrying: it starts the process, sends a request, hears its messages and, where the
process dies, says so and starts the next. The window's thread only puts things into queues.
"""

import asyncio
import contextlib
import threading
from collections import deque
from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from queue import SimpleQueue

from daps_desktop.base.i18n import Phrase
from daps_desktop.base.logs import last_lines
from daps_desktop.engine.process.child import LoadEngine, failure, import_engine
from daps_desktop.engine.process.server import EngineProcess
from daps_desktop.jobs.messages import (
    Cancelled,
    Failed,
    FindResult,
    Message,
    ProfileResult,
    Progress,
    RestoreResult,
    TimeEstimate,
    ends_job,
)
from daps_desktop.jobs.requests import Request

CLOSE_TIMEOUT_S = 2.0
LOG_LINES = 60  # of the engine's log, reported with its death


@dataclass(frozen=True, slots=True)
class _Job:
    request: Request
    cancelled: threading.Event = field(default_factory=threading.Event)
    accepted: threading.Lock = field(default_factory=threading.Lock)

    def accept(self) -> bool:
        """True for the first who asks: the thread that carries the job, or the one that cancels it before."""
        return self.accepted.acquire(blocking=False)


class EngineClient:
    """Jobs in, messages out; one job at a time in the order they came.

    `messages()` must be consumed on the event loop `loop`; every job ends with exactly one message for which
    `ends_job` is true, whatever becomes of the process.
    """

    def __init__(
        self,
        loop: asyncio.AbstractEventLoop,
        load_engine: LoadEngine = import_engine,
        log: Path | None = None,
    ) -> None:
        self._loop = loop
        self._load_engine = load_engine
        self._log = log
        self._jobs: SimpleQueue[_Job | None] = SimpleQueue()
        self._waiting: dict[str, _Job] = {}  # for their last message
        self._inbox: deque[Message] = deque()
        self._arrived = asyncio.Event()
        self._lock = threading.Lock()  # over the next three, and the inbox
        self._engine: EngineProcess | None = None
        self._running: _Job | None = None
        self._closed = False
        self._thread = threading.Thread(target=self._work, name="engine", daemon=True)

    def start(self) -> None:
        """Begin importing the engine; call it right after the window is shown."""
        self._thread.start()

    def submit(self, request: Request) -> None:
        job = _Job(request)
        self._waiting[request.job_id] = job
        self._jobs.put(job)

    def cancel(self, job_id: str) -> None:
        """Ask a job to end: it answers with Cancelled, at once if queued, or with its result if faster."""
        job = self._waiting.get(job_id)
        if job is None:
            return
        job.cancelled.set()
        if job.accept():  # importing the engine, or the job before, may take long
            self._post(Cancelled(job_id))
            return
        with self._lock:
            if self._running is job and self._engine is not None:
                self._engine.cancel(job_id)
        self._loop.call_later(job.request.cancel_timeout_s, self._kill_if_running, job)

    def close(self, timeout_s: float = CLOSE_TIMEOUT_S) -> bool:
        """End the process and whatever it computes; False if its thread did not end in time."""
        with self._lock:
            self._closed = True
            if self._engine is not None:
                self._engine.kill()
        for job in self._waiting.values():
            job.accept()  # what has not begun never will
        self._jobs.put(None)
        if self._thread.is_alive():
            self._thread.join(timeout_s)
        return not self._thread.is_alive()

    async def messages(self) -> AsyncIterator[Message]:
        """Messages in the order they were sent; of several waiting previews only the latest is kept."""
        while True:
            await self._arrived.wait()
            self._arrived.clear()
            with self._lock:
                waiting = list(self._inbox)
                self._inbox.clear()
            for message in waiting:
                if ends_job(message):
                    self._waiting.pop(message.job_id, None)
                yield message

    def _kill_if_running(self, job: _Job) -> None:
        """A job that does not answer, deep in an import or one long operation, is ended with its process."""
        with self._lock:
            if self._running is job and self._engine is not None:
                self._engine.kill()

    # on the thread

    def _work(self) -> None:
        self._start_engine()
        while (job := self._jobs.get()) is not None:
            self._run_job(job)
        self._reap_engine()

    def _start_engine(self) -> EngineProcess | None:
        """None where the program is being closed, or no process can be started: the next job tries again."""
        if self._closed:
            return None
        with contextlib.suppress(OSError, RuntimeError):
            engine = EngineProcess(self._load_engine, self._log)
            with self._lock:
                self._engine = engine
            if self._closed:  # while it was being started
                engine.kill()
        return self._engine

    def _run_job(self, job: _Job) -> None:
        """One job from its request to its last message."""
        mine = False
        try:
            engine = self._ready_engine()
            if mine := job.accept():
                self._relay(engine, job)
        except (EOFError, OSError):
            ended = self._on_death(job)
        except Exception as error:  # the last door: a job never ends without a word
            self._reap_engine()
            ended = failure(job.request.job_id, error)
        else:
            return
        if mine or job.accept():
            self._post(ended)
        if mine:
            self._start_engine()

    def _ready_engine(self) -> EngineProcess:
        """Raises: EOFError or OSError where the process does not live long enough to be asked."""
        engine = self._engine
        if engine is None or not engine.is_alive:
            self._reap_engine()
            engine = self._start_engine()
        if engine is None:
            raise EOFError
        engine.wait_ready()
        return engine

    def _relay(self, engine: EngineProcess, job: _Job) -> None:
        """Send the request and pass its messages on, to the last one."""
        with self._lock:
            self._running = job
        if job.cancelled.is_set():
            message = Cancelled(job.request.job_id)
        else:
            engine.send(job.request)
            while not ends_job(message := engine.receive()):
                self._post(message)
        with self._lock:
            self._running = None
        self._post(validated(job.request, message))
        if isinstance(message, Failed) and message.code == "device_lost":
            self._reap_engine()  # only a new process can use the card again
            self._start_engine()

    def _on_death(self, job: _Job) -> Cancelled | Failed:
        detail = self._reap_engine(dying=True)
        if job.cancelled.is_set():
            return Cancelled(job.request.job_id)
        words = last_lines(self._log, LOG_LINES) if self._log is not None else ""
        return Failed(job.request.job_id, "engine_died", {"detail": detail}, words)

    def _reap_engine(self, dying: bool = False) -> Phrase | str:
        """Leave nothing of the process; how it ended."""
        with self._lock:
            engine, self._engine, self._running = self._engine, None, None
        return engine.reap(dying) if engine is not None else ""

    def _post(self, message: Message) -> None:
        with self._lock:
            if self._closed:
                return
            enqueue_coalescing(self._inbox, message)
        self._loop.call_soon_threadsafe(self._arrived.set)


def enqueue_coalescing(inbox: deque[Message], message: Message) -> None:
    """Append; of several previews that wait for a busy window only the latest is kept."""
    if isinstance(message, Progress) and message.preview is not None:
        for i, waiting in enumerate(inbox):
            if isinstance(waiting, Progress) and waiting.preview is not None:
                inbox[i] = replace(waiting, preview=None)
    inbox.append(message)


def validated(request: Request, message: Message) -> Message:
    """The last message of a job; a result that cannot be one of this request is a failure."""
    answer = isinstance(message, RestoreResult | TimeEstimate | ProfileResult | FindResult)
    detail = message.misfit(request) if answer else ""
    return Failed(request.job_id, "result_unfit", {"detail": detail}) if detail else message
