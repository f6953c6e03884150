"""The engine: one request in, messages out. Plain Python, to live in any thread or process.

Why one function: `run_job` is the whole face of the engine; the command line and the window call it alike.
"""

import threading
import traceback
from collections.abc import Callable
from typing import Any

from daps_desktop.base.errors import UserError
from daps_desktop.engine.handlers import estimate, find, profile, restore
from daps_desktop.jobs.messages import Cancelled, Failed, Message
from daps_desktop.jobs.requests import EstimateRequest, FindRequest, ProfileRequest, Request, RestoreRequest
from daps_desktop.restoration.progress import JobCancelledError, ProgressReporter
from daps_desktop.solver.device_errors import device_lost, out_of_memory

HANDLERS: dict[type, Callable[[Any, ProgressReporter], Message]] = {
    RestoreRequest: restore.handle,
    EstimateRequest: estimate.handle,
    ProfileRequest: profile.handle,
    FindRequest: find.handle,
}


def run_job(request: Request, cancel: threading.Event, emit: Callable[[Message], None]) -> None:
    """Send any number of Progress and Notice, then the answer of the handler, Cancelled or Failed."""
    try:
        emit(HANDLERS[type(request)](request, ProgressReporter(request.job_id, cancel, emit)))
    except JobCancelledError:
        emit(Cancelled(request.job_id))
    except UserError as error:
        emit(Failed(request.job_id, error.code, error.params, traceback.format_exc()))
    except Exception as error:  # the engine's door: nothing escapes unexplained
        emit(Failed(request.job_id, *_code_and_params(error), traceback.format_exc()))


def _code_and_params(error: Exception) -> tuple[str, dict[str, str]]:
    """Code and facts of an unforeseen error."""
    if out_of_memory(error):
        return "memory_out", {}
    if device_lost(error):
        return "device_lost", {"detail": str(error).partition("\n")[0]}
    return "bug", {"detail": type(error).__name__}
