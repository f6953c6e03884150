"""Restorations through the engine's own door, and the time its network takes in them."""

import sys
import threading
import time
from dataclasses import replace
from types import TracebackType
from typing import Any

import torch
from diffusers.models.unets.unet_2d import UNet2DModel
from torch.nn.modules.module import register_module_forward_hook, register_module_forward_pre_hook

from daps_desktop.core.messages import Failed, Finished, JobMessage, JobRequest
from daps_desktop.core.settings import SolverSettings
from daps_desktop.training.trials import Trial
from daps_desktop.worker.engine import run_job


def restore(trial: Trial, settings: SolverSettings) -> Finished:
    """The program is told the noise, as its rivals are.

    Raises: RuntimeError with the engine's own words where the job failed.
    """
    settings = replace(settings, noise=trial.case.noise)
    return run(JobRequest("benchmark", trial.photo, trial.hole, trial.case.task, settings))


def run(job: JobRequest) -> Finished:
    """Raises: RuntimeError with the engine's own words where the job failed."""
    messages: list[JobMessage] = []
    run_job(job, threading.Event(), messages.append)
    match messages[-1]:
        case Finished() as finished:
            return finished
        case Failed() as failed:
            raise RuntimeError(f"{failed.code} {failed.facts}\n{failed.details}")
        case other:
            raise RuntimeError(f"the engine ended with {other}")


class NetworkClock:
    """While entered, adds up the seconds spent inside networks: the bare cost of the evaluations of a run.

    `before` is how long it took until the first of them began: loading and planning.
    """

    def __init__(self) -> None:
        self.seconds = self.before = 0.0
        self._entered = self._began = 0.0

    def __enter__(self) -> "NetworkClock":
        self._entered = _now()
        self._hooks = [
            register_module_forward_pre_hook(self._enters),
            register_module_forward_hook(self._leaves),
        ]
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for hook in self._hooks:
            hook.remove()

    def _enters(self, module: torch.nn.Module, inputs: Any) -> None:
        if isinstance(module, UNet2DModel):
            self._began = _now()
            self.before = self.before or self._began - self._entered

    def _leaves(self, module: torch.nn.Module, inputs: Any, outputs: Any) -> None:
        if isinstance(module, UNet2DModel):
            self.seconds += _now() - self._began


def _now() -> float:
    """The time when all that was asked of the graphics card, if there is one, is done."""
    if torch.cuda.is_available():
        torch.cuda.synchronize()
    return time.perf_counter()


def say(text: str) -> None:
    """Sign of life on stderr: the tables alone go to stdout."""
    print(f"{time.strftime('%H:%M:%S')} {text}", file=sys.stderr, flush=True)
