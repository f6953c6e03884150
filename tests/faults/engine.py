"""An engine that fills holes with grey and takes its time; found by name in its own process."""

import threading
import time
from collections.abc import Callable

from daps_desktop.core.messages import Finished, JobMessage, JobRequest
from daps_desktop.worker.child import RunJob
from tests.fakes.hosts import progress_of, report_of

STEP_S = 0.05


def slow_grey() -> RunJob:
    def run_job(job: JobRequest, cancel: threading.Event, emit: Callable[[JobMessage], None]) -> None:
        for step in range(1, 5):
            time.sleep(STEP_S)
            emit(progress_of(job.job_id, step))
        pixels = job.photo.pixels.copy()
        if job.hole is not None:
            pixels[job.hole] = 128
        emit(Finished(job.job_id, job.photo.with_pixels(pixels), report_of(job)))

    return run_job
