"""Reports how far a job is, and notices that it is to stop."""

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from daps_desktop.jobs.messages import Message, Notice, Preview, Progress
from daps_desktop.jobs.report import StepReport
from daps_desktop.restoration.regions import Region

HEARTBEAT_S = 0.5  # a long step says this often how far it is
PREVIEW_S = 0.2  # previews come at most this often


class JobCancelledError(Exception):
    """The job was asked to stop."""


class ProgressReporter:
    """The counters of one job; every message of its run but the last goes through here.

    No one need listen: `ProgressReporter()` only counts.
    """

    def __init__(
        self,
        job_id: str = "",
        cancel: threading.Event | None = None,
        emit: Callable[[Message], None] = lambda message: None,
    ) -> None:
        self._cancel = cancel or threading.Event()
        self._emit = emit
        self._started = time.perf_counter()
        self._began = self._started  # when the first evaluation began: loading says nothing of the time left
        self._spoke = self._showed = 0.0
        self._regions: Sequence[Region] = ()
        self._work = 1.0
        self._latest = Progress(job_id, 0, 0, 0.0, 0.0, 0, 0.0, None)
        self.steps: list[StepReport] = []
        self.notices: list[Notice] = []

    @property
    def seconds(self) -> float:
        return time.perf_counter() - self._started

    @property
    def seconds_solving(self) -> float:
        """From the plan to the latest step."""
        return max(self._spoke - self._began, 0.0)

    @property
    def seconds_denoiser(self) -> float:
        return sum(stage.denoiser.seconds for region in self._regions for stage in region.stages)

    @property
    def evaluations(self) -> int:
        """Evaluations of the whole picture: islands are computed side by side, so the busiest one counts."""
        return max((sum(stage.denoiser.nfe for stage in r.stages) for r in self._regions), default=0)

    def set_plan(self, regions: Sequence[Region], samples: int) -> None:
        """What is to be done is known: all regions, `samples` times."""
        self._regions = regions
        self._work = samples * sum(stage.work for region in regions for stage in region.stages)
        steps = samples * max((region.steps for region in regions), default=0)
        self._latest = replace(self._latest, steps=steps)
        self._began = time.perf_counter()

    def check(self, pixels_ahead: float = 0.0) -> None:
        """Called between tiles; `pixels_ahead` of the running evaluation are done.

        Raises: JobCancelledError.
        """
        if self._cancel.is_set():
            raise JobCancelledError
        if self._regions and time.perf_counter() - self._spoke > HEARTBEAT_S:
            self._send(replace(self._latest, preview=None), pixels_ahead)

    def share(self, done: float) -> None:
        """Called between the parts of a job without a plan, 0 to 1 of which is done.

        Raises: JobCancelledError.
        """
        self.check()
        if time.perf_counter() - self._spoke > HEARTBEAT_S:
            self._tell(self._latest, done)

    def step(
        self, sigma: float, residual_over_noise: float, sample: int, preview: Callable[[], Preview] | None
    ) -> None:
        """One annealing step of all regions is done; `preview` is called only if one is due."""
        self.steps.append(StepReport(sigma, residual_over_noise, self.evaluations, self.seconds, sample))
        image = None
        if preview and time.perf_counter() - self._showed > PREVIEW_S:
            image, self._showed = preview(), time.perf_counter()
        self._latest = replace(
            self._latest,
            step=self._latest.step + 1,
            sigma=sigma,
            residual_over_noise=residual_over_noise,
            sample=sample,
            preview=image,
        )
        self._send(self._latest)

    def notice(self, code: str, **params: Any) -> None:
        """Report it, once: many islands may come upon the same thing."""
        notice = Notice(self._latest.job_id, code, params)
        if notice in self.notices:
            return
        self.notices.append(notice)
        self._emit(notice)

    def _send(self, progress: Progress, pixels_ahead: float = 0.0) -> None:
        done = sum(stage.denoiser.nfe * stage.pixels for region in self._regions for stage in region.stages)
        self._tell(progress, min((done + pixels_ahead) / self._work, 1.0))

    def _tell(self, progress: Progress, fraction: float) -> None:
        self._spoke = time.perf_counter()
        running = self._spoke - self._began
        left = running * (1 - fraction) / fraction if fraction > 0 else None
        self._emit(
            replace(
                progress,
                evaluations=self.evaluations,
                seconds=self.seconds,
                seconds_left=left,
                fraction=fraction,
            )
        )
