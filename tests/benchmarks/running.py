"""Restorations through the engine's own door, and the time its network takes in them."""

import sys
import threading
import time
from dataclasses import replace
from types import TracebackType

import torch
from torch import Tensor

from daps_desktop.engine.dispatch import run_job
from daps_desktop.jobs.messages import Failed, Message, RestoreResult
from daps_desktop.jobs.requests import RestoreRequest
from daps_desktop.jobs.settings import SolverSettings
from daps_desktop.networks.loader import open_prior
from daps_desktop.training.evaluation.trials import DegradedPhoto


def restore(trial: DegradedPhoto, settings: SolverSettings) -> RestoreResult:
    """The program is given the noise, as its rivals are.

    Raises: RuntimeError with the engine's own words where the job failed.
    """
    settings = replace(settings, noise=trial.case.noise)
    return run(RestoreRequest("benchmark", trial.photo, trial.mask, trial.case.task, settings))


def run(job: RestoreRequest) -> RestoreResult:
    """Raises: RuntimeError with the engine's own words where the job failed."""
    messages: list[Message] = []
    run_job(job, threading.Event(), messages.append)
    match messages[-1]:
        case RestoreResult() as finished:
            return finished
        case Failed() as failed:
            raise RuntimeError(f"{failed.code} {failed.params}\n{failed.details}")
        case other:
            raise RuntimeError(f"the engine ended with {other}")


class NetworkClock:
    """While entered, adds up the seconds that runs with these settings spend inside their network.

    `before` is how long it took until the first evaluation began: planning, and the start.
    """

    def __init__(self, settings: SolverSettings) -> None:
        self.seconds = self.before = 0.0
        self._entered = 0.0
        self._denoiser = open_prior(settings).denoiser  # the one that the engine will be given, too
        self._network = self._denoiser.network

    def __enter__(self) -> "NetworkClock":
        self._entered = _now()
        self._denoiser.network = self._timed
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._denoiser.network = self._network

    def _timed(self, x: Tensor, level: Tensor) -> Tensor:
        began = _now()
        self.before = self.before or began - self._entered
        result = self._network(x, level)
        self.seconds += _now() - began
        return result


def _now() -> float:
    """The time when all that was asked of the graphics card, if there is one, is done."""
    if torch.cuda.is_available():
        torch.cuda.synchronize()
    return time.perf_counter()


def say(text: str) -> None:
    """Sign of life on stderr: the tables alone go to stdout."""
    print(f"{time.strftime('%H:%M:%S')} {text}", file=sys.stderr, flush=True)
