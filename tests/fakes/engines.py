"""Toy engines for the engine's process: loaders found by name in the child, as the real one is."""

import contextlib
import ctypes
import os
import signal
import stat
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np

from daps_desktop.engine.process.child import RunJob
from daps_desktop.imaging.photo import Photo
from daps_desktop.jobs.messages import Cancelled, Failed, Message, Preview, RestoreResult
from daps_desktop.jobs.requests import RestoreRequest
from tests.fakes.hosts import progress_of, report_of

Emit = Callable[[Message], None]
HELD = "DAPS_TEST_HELD"  # a file that keeps `slow_import` from ending


def obliging() -> RunJob:
    """Does what the id of the job says: its part before the first dash names a function below."""
    return lambda job, cancel, emit: _ACTS[job.job_id.split("-")[0]](job, cancel, emit)


def grey_fill() -> RunJob:
    def run_job(job: RestoreRequest, _cancel: threading.Event, emit: Emit) -> None:
        for step in range(1, 4):
            emit(progress_of(job.job_id, step))
        pixels = job.photo.pixels.copy()
        pixels[job.mask] = 128
        emit(RestoreResult(job.job_id, job.photo.with_pixels(pixels), report_of(job)))

    return run_job


def not_there() -> RunJob:
    raise ImportError("no torch here")


def dies_of_its_import() -> RunJob:
    os.abort()


def dies_while_another_holds_its_pipe() -> RunJob:
    """As on Windows, where the window itself may hold it for a while."""
    pipes = [number for number in range(3, 256) if _is_socket(number)]
    subprocess.Popen([sys.executable, "-c", "import time; time.sleep(20)"], pass_fds=pipes)
    os.abort()


def _is_socket(number: int) -> bool:
    with contextlib.suppress(OSError):
        return stat.S_ISSOCK(os.fstat(number).st_mode)
    return False


def slow_import() -> RunJob:
    held = Path(os.environ[HELD])
    while held.exists():
        time.sleep(0.01)
    return obliging()


def _five_steps(job: RestoreRequest, cancel: threading.Event, emit: Emit) -> None:
    for step in range(1, 6):
        if cancel.is_set():
            return emit(Cancelled(job.job_id))
        emit(progress_of(job.job_id, step, 5))
    return emit(RestoreResult(job.job_id, job.photo, report_of(job)))


def _waits(job: RestoreRequest, cancel: threading.Event, emit: Emit) -> None:
    emit(progress_of(job.job_id, 1))
    cancel.wait(30)
    emit(Cancelled(job.job_id))


def _deaf(job: RestoreRequest, _cancel: threading.Event, emit: Emit) -> None:
    emit(progress_of(job.job_id, 1))
    while True:
        time.sleep(1)


def _naps(job: RestoreRequest, cancel: threading.Event, emit: Emit) -> None:
    emit(progress_of(job.job_id, 1))
    cancel.wait(30)
    time.sleep(0.5)
    emit(Cancelled(job.job_id))


def _breaks(_job: RestoreRequest, _cancel: threading.Event, _emit: Emit) -> None:
    raise ValueError("a wrong shape")


def _loses_card(job: RestoreRequest, _cancel: threading.Event, emit: Emit) -> None:
    emit(Failed(job.job_id, "device_lost", {"detail": "CUDA error"}))


def _dies(job: RestoreRequest, _cancel: threading.Event, emit: Emit) -> None:
    """By the signal that the id names: dies-SIGSEGV."""
    emit(progress_of(job.job_id, 1))
    name = job.job_id.split("-")[1]
    if name == "SIGABRT":
        os.abort()
    if name == "SIGSEGV":
        ctypes.string_at(0)
    os.kill(os.getpid(), signal.Signals[name])


def _tells_who(job: RestoreRequest, _cancel: threading.Event, emit: Emit) -> None:
    emit(replace(progress_of(job.job_id, 1), evaluations=os.getpid()))
    emit(RestoreResult(job.job_id, job.photo, report_of(job)))


def _shrinks(job: RestoreRequest, _cancel: threading.Event, emit: Emit) -> None:
    emit(RestoreResult(job.job_id, Photo(job.photo.pixels[1:].copy()), report_of(job)))


def _chatters(job: RestoreRequest, _cancel: threading.Event, emit: Emit) -> None:
    image = Preview(np.zeros((768, 768, 3), np.uint8))
    for step in range(1, 51):
        emit(progress_of(job.job_id, step, 50, image))
    emit(RestoreResult(job.job_id, job.photo, report_of(job)))


_ACTS: dict[str, RunJob] = {
    "five": _five_steps, "waits": _waits, "deaf": _deaf, "naps": _naps, "breaks": _breaks, "dies": _dies,
    "who": _tells_who, "loses": _loses_card, "shrinks": _shrinks, "chatters": _chatters,
}  # fmt: skip
