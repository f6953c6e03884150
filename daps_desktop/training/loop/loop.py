"""The loop of every run: steps until the time is over, and a report now and then."""

import time
from collections import deque
from collections.abc import Callable, Generator, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import count
from threading import Event

import numpy as np

from daps_desktop.training.loop.objective import Batch
from daps_desktop.training.loop.settings import Budget
from daps_desktop.training.loop.trainer import Trainer

REPORT_EVERY_S = 60.0
WORKERS = 8  # threads that draw crops ahead of a graphics card


@dataclass(frozen=True, slots=True)
class Report:
    """Where a run stands. `seconds` and `steps` count from its first start; `progress` is 0 to 1."""

    steps: int
    seconds: float
    progress: float
    side: int
    lr: float
    loss: float
    patches_per_second: float


class TrainingLoop:
    """A run from where it stood: `steps` and `seconds` were spent on it before."""

    def __init__(self, trainer: Trainer, budget: Budget, steps: int = 0, seconds: float = 0.0) -> None:
        self.trainer = trainer
        self.budget = budget
        self.before = steps
        self.spent_s = seconds
        self.begin: float | None = None  # the clock begins to run with the first step

    def run(self, stop: Event) -> Iterator[Report]:
        """Learn until the budget is spent or `stop` is set; a report every minute, and one at the end."""
        told, patches = time.monotonic(), 0
        self.begin = told - self.spent_s
        batches = ahead(self._draw, 0 if self.trainer.device.type == "cpu" else WORKERS)
        while not stop.is_set() and (progress := self.progress) < 1:
            batch = next(batches)
            self.trainer.learn(batch, self.trainer.recipe.learning_rate(self.trainer.steps, progress))
            patches += len(batch[0])
            if (now := time.monotonic()) - told >= REPORT_EVERY_S:
                yield self._report(patches / (now - told))
                told, patches = now, 0
        batches.close()
        yield self._report(patches / max(time.monotonic() - told, 1e-9))

    @property
    def steps(self) -> int:
        return self.before + self.trainer.steps

    @property
    def seconds(self) -> float:
        return self.spent_s if self.begin is None else time.monotonic() - self.begin

    @property
    def progress(self) -> float:
        return self.budget.progress(self.seconds, self.steps)

    def _draw(self, step: int) -> Batch:
        """The same for the same step, by any process at any time."""
        recipe = self.trainer.recipe
        rng = np.random.default_rng((recipe.seed, self.before + step))
        return self.trainer.objective.draw(*self._patches(self.progress), rng)

    def _patches(self, progress: float) -> tuple[int, int]:
        return self.trainer.recipe.patches(progress, self.trainer.objective.stages)

    def _report(self, rate: float) -> Report:
        recipe, progress = self.trainer.recipe, self.progress
        return Report(
            steps=self.steps,
            seconds=self.seconds,
            progress=progress,
            side=self._patches(progress)[1],
            lr=recipe.learning_rate(self.trainer.steps, progress),
            loss=self.trainer.loss.item(),
            patches_per_second=rate,
        )


def ahead(draw: Callable[[int], Batch], workers: int) -> Generator[Batch]:
    """The batches of step 0, 1, 2 ...: drawn when they are wanted, or before that by so many threads."""
    if not workers:
        yield from map(draw, count())
        return
    with ThreadPoolExecutor(workers) as pool:
        steps = count()
        waiting = deque(pool.submit(draw, next(steps)) for _ in range(2 * workers))
        while True:
            waiting.append(pool.submit(draw, next(steps)))
            yield waiting.popleft().result()
