"""The running job as the window sees it. No threads here: a host takes requests, messages come in."""

from enum import Enum
from typing import Protocol

from PySide6.QtCore import QObject, Signal

from daps_desktop.core.messages import (
    Cancelled,
    Failed,
    Finished,
    JobMessage,
    JobRequest,
    Notice,
    Preview,
    Progress,
)


class JobState(Enum):
    IDLE = "idle"
    RUNNING = "running"
    FINISHED = "finished"
    CANCELLED = "cancelled"
    FAILED = "failed"


class JobHost(Protocol):
    """Where jobs are sent."""

    def submit(self, request: JobRequest) -> None: ...
    def cancel(self, job_id: str) -> None: ...


class JobModel(QObject):
    """At most one job that counts; messages of any other job are dropped."""

    state_changed = Signal(JobState)
    started = Signal(JobRequest)
    progressed = Signal(Progress)
    previewed = Signal(Preview)
    noticed = Signal(Notice)
    finished = Signal(Finished)
    failed = Signal(Failed)

    def __init__(self, host: JobHost, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._host = host
        self.state = JobState.IDLE
        self.request: JobRequest | None = None  # of the running or the last job
        self.progress: Progress | None = None
        self.stopping = False

    @property
    def running(self) -> bool:
        return self.state is JobState.RUNNING

    @property
    def percent(self) -> int:
        return int(100 * self.progress.fraction) if self.progress else 0

    @property
    def seconds_left(self) -> float | None:
        return self.progress.seconds_left if self.progress else None

    def start(self, request: JobRequest) -> None:
        self.request = request
        self.progress = None
        self.stopping = False
        self.started.emit(request)
        self._change_to(JobState.RUNNING)
        self._host.submit(request)

    def stop(self) -> None:
        """Ask the running job to end; it is over when its last message comes."""
        if self.running and self.request is not None:
            self.stopping = True
            self._host.cancel(self.request.job_id)
            self.state_changed.emit(self.state)

    def abandon(self) -> None:
        """Stop the job and forget it: nothing it still sends will be heard."""
        self.stop()
        self.request = None
        self._change_to(JobState.IDLE)

    def handle(self, message: JobMessage) -> None:
        """Take one message of the host."""
        if self.request is None or message.job_id != self.request.job_id or not self.running:
            return
        match message:
            case Progress():
                self._take_progress(message)
            case Notice():
                self.noticed.emit(message)
            case Finished():
                self.finished.emit(message)
                self._change_to(JobState.FINISHED)
            case Cancelled():
                self._change_to(JobState.CANCELLED)
            case Failed():
                self.failed.emit(message)
                self._change_to(JobState.FAILED)

    def _take_progress(self, progress: Progress) -> None:
        self.progress = progress
        self.progressed.emit(progress)
        if progress.preview is not None:
            self.previewed.emit(progress.preview)

    def _change_to(self, state: JobState) -> None:
        self.state = state
        if state is not JobState.RUNNING:
            self.stopping = False
        self.state_changed.emit(state)
