"""The engine's process: imports the engine, runs one job after another, ends with the window.

Why a process: what goes wrong in native code (a driver, memory running out) must not take the window and the
marks along; a computation that does not listen can be killed; and the window never imports torch.
"""

import contextlib
import faulthandler
import os
import signal
import threading
import traceback
from collections.abc import Callable
from dataclasses import dataclass, replace
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from daps_desktop.base import i18n
from daps_desktop.base.logs import write_stderr_to
from daps_desktop.engine.process.wire import receive, send
from daps_desktop.jobs.messages import Failed, Message
from daps_desktop.jobs.requests import Request

RunJob = Callable[[Request, threading.Event, Callable[[Message], None]], None]
LoadEngine = Callable[[], RunJob]

_SACRIFICE = "500"  # of 1000: memory running out, the system ends this process before the window


@dataclass(frozen=True, slots=True)
class Ready:
    """The engine is imported; requests will be read from now on."""


def import_engine() -> RunJob:
    """The real `run_job`; torch is imported here, in the child alone."""
    from daps_desktop.engine.dispatch import run_job

    return run_job


def serve(
    jobs: "Connection[Any, Any]", cancels: "Connection[Any, Any]", load_engine: LoadEngine, log: Path | None
) -> None:
    """The whole life of the process. `jobs` brings requests and takes messages; `cancels` brings job ids.

    The window holds the other end of `cancels`; when that closes, for whatever reason, this process ends.
    """
    # Ctrl+C in a terminal reaches both processes: the window answers it, and ends this one.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if log is not None:
        write_stderr_to(log)
    faulthandler.enable(2)
    i18n.set_language("")  # that of the window
    _raise_oom_score()
    _disable_core_dumps()
    events: dict[str, threading.Event] = {}
    threading.Thread(target=_listen, args=(cancels, events), name="cancels", daemon=True).start()
    run_job = _load(load_engine)
    send(jobs, Ready())
    while True:
        request = receive(jobs)
        _run(run_job, request, events.setdefault(request.job_id, threading.Event()), jobs)
        events.pop(request.job_id)


def _run(
    run_job: RunJob,
    request: Request,
    cancel: threading.Event,
    jobs: "Connection[Any, Any]",
) -> None:
    try:
        run_job(request, cancel, lambda message: send(jobs, message))
    except Exception as error:  # the last door: a job never ends without a word
        send(jobs, failure(request.job_id, error))


def _load(load_engine: LoadEngine) -> RunJob:
    try:
        return load_engine()
    except Exception as error:
        failed = failure("", error)  # every job is answered with it
        return lambda request, _cancel, emit: emit(replace(failed, job_id=request.job_id))


def _listen(cancels: "Connection[Any, Any]", events: dict[str, threading.Event]) -> None:
    with contextlib.suppress(EOFError, OSError):
        while True:
            events.setdefault(cancels.recv(), threading.Event()).set()
    os._exit(0)  # the window is gone; nothing here is worth another moment


def _raise_oom_score() -> None:
    with contextlib.suppress(OSError):  # only Linux has it
        Path("/proc/self/oom_score_adj").write_text(_SACRIFICE)


def _disable_core_dumps() -> None:
    """A dump of the memory would be a copy of the photo that the user does not know of."""
    with contextlib.suppress(ImportError, ValueError, OSError):
        import resource  # not there on Windows

        resource.setrlimit(resource.RLIMIT_CORE, (0, resource.getrlimit(resource.RLIMIT_CORE)[1]))


def failure(job_id: str, error: Exception) -> Failed:
    details = "".join(traceback.format_exception(error))
    return Failed(job_id, "bug", {"detail": f"{type(error).__name__}: {error}"}, details)
