"""The jobs of the open photo as the window sees them: one runs, others may wait.

Requests go out by the router, messages come in; there are no threads here.
"""

from collections import deque
from enum import Enum

from PySide6.QtCore import QObject, Signal

from daps_desktop.jobs.messages import Cancelled, Failed, Message, Notice, Preview, Progress, RestoreResult
from daps_desktop.jobs.remaining_time import RemainingTimeEstimator, TimeRange
from daps_desktop.jobs.requests import RestoreRequest
from daps_desktop.jobs.settings import Preset, SolverSettings
from daps_desktop.ui.models.message_router import MessageRouter


class JobState(Enum):
    IDLE = "idle"
    RUNNING = "running"
    FINISHED = "finished"
    CANCELLED = "cancelled"
    FAILED = "failed"


class JobModel(QObject):
    """At most one job runs. Those that wait start by themselves in turn.

    A failure takes the waiting ones with it: they are of the same photo, and what it says is to be read.
    """

    state_changed = Signal(JobState)
    queue_changed = Signal(int)  # how many wait
    started = Signal(RestoreRequest)
    progressed = Signal(Progress)
    previewed = Signal(Preview)
    noticed = Signal(Notice)
    finished = Signal(RestoreResult)
    failed = Signal(Failed)

    def __init__(self, router: MessageRouter, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.router = router
        self._queue: deque[RestoreRequest] = deque()
        self._clock = RemainingTimeEstimator()
        self.priors: dict[tuple[str, str], dict[Preset, str]] = {}  # SHA-256 of the weights, by `network_of`
        self.state = JobState.IDLE
        self.request: RestoreRequest | None = None  # of the running or the last job
        self.progress: Progress | None = None
        self.stopping = False

    @property
    def running(self) -> bool:
        return self.state is JobState.RUNNING

    @property
    def queued(self) -> int:
        return len(self._queue)

    @property
    def percent(self) -> int:
        return int(100 * self.progress.fraction) if self.progress else 0

    @property
    def time_left(self) -> TimeRange | None:
        """Between how many and how many seconds the running job may still take; None while unknown."""
        return self._clock.left

    def prior_sha256(self, settings: SolverSettings) -> str:
        """Of the prior that will restore with these settings; "" as long as no estimate has said it."""
        return self.priors.get(network_of(settings), {}).get(settings.preset, "")

    def start(self, request: RestoreRequest) -> None:
        self.request = request
        self.progress = None
        self._clock = RemainingTimeEstimator()
        self.stopping = False
        self.started.emit(request)
        self._change_to(JobState.RUNNING)
        self.router.submit(request, self.handle)

    def enqueue(self, request: RestoreRequest) -> None:
        """Start it now, or when all that came before have ended."""
        if not self.running:
            self.start(request)
            return
        self._queue.append(request)
        self.queue_changed.emit(self.queued)

    def stop(self) -> None:
        """Ask the running job to end; it is over when its last message comes, and the next one starts.

        Asked again before that: those that wait are given up as well.
        """
        if self.stopping:
            self.clear_queue()
        elif self.running and self.request is not None:
            self.stopping = True
            self.router.cancel(self.request.job_id)
            self.state_changed.emit(self.state)

    def stop_all(self) -> None:
        """Drop what waits, and ask the running job to end."""
        self.clear_queue()
        if not self.stopping:
            self.stop()

    def clear_queue(self) -> None:
        if self._queue:
            self._queue.clear()
            self.queue_changed.emit(0)

    def discard(self) -> None:
        """Stop everything and forget it: nothing it still sends will be heard."""
        self.stop_all()
        self.request = None
        self._change_to(JobState.IDLE)

    def handle(self, message: Message) -> None:
        """Take one message of a job; one that was abandoned is not heard."""
        if self.request is None or message.job_id != self.request.job_id or not self.running:
            return
        match message:
            case Progress():
                self._take_progress(message)
            case Notice():
                self.noticed.emit(message)
            case RestoreResult():
                self.finished.emit(message)
                self._end(JobState.FINISHED)
            case Cancelled():
                self._end(JobState.CANCELLED)
            case Failed():
                self.clear_queue()
                self.failed.emit(message)
                self._end(JobState.FAILED)

    def _take_progress(self, progress: Progress) -> None:
        self.progress = progress
        self._clock.update(progress.seconds, progress.fraction, progress.seconds_left)
        self.progressed.emit(progress)
        if progress.preview is not None:
            self.previewed.emit(progress.preview)

    def _end(self, state: JobState) -> None:
        self._change_to(state)
        if self._queue and not self.running:
            request = self._queue.popleft()
            self.queue_changed.emit(self.queued)
            self.start(request)

    def _change_to(self, state: JobState) -> None:
        self.state = state
        if state is not JobState.RUNNING:
            self.stopping = False
        self.state_changed.emit(state)


def network_of(settings: SolverSettings) -> tuple[str, str]:
    """What says which network computes, besides the preset: prior and device."""
    return settings.prior, settings.device
