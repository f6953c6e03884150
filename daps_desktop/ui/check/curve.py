"""What is plotted of a run: one line a sample, one point a step. No drawing here."""

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from daps_desktop.jobs.messages import Progress
from daps_desktop.jobs.report import Report, StepReport
from daps_desktop.jobs.requests import RestoreRequest
from daps_desktop.jobs.task import Task

_NAMES = ("sample", "step", "sigma", "residual_over_noise", "evaluations", "seconds")


@dataclass(frozen=True, slots=True)
class Point:
    """One annealing step, done. `sigma` is the annealing noise in [-1, 1] units."""

    step: int  # 1, 2, ... within its sample
    sigma: float
    residual_over_noise: float
    evaluations: int  # of the network, since the run began
    seconds: float

    @classmethod
    def of(cls, step: int, source: StepReport | Progress) -> "Point":
        """What the report, or a message while the job runs, says of the step."""
        return cls(step, source.sigma, source.residual_over_noise, source.evaluations, source.seconds)


Line = tuple[Point, ...]


@dataclass(frozen=True, slots=True)
class Curve:
    """The lines of a run that does `task`; each is `steps` long in the end, as far as that is known."""

    task: Task = field(default_factory=lambda: Task(()))
    lines: tuple[Line, ...] = ()
    steps: int = 0
    samples: int = 1
    last_step: int = 0  # steps of all samples that the last message spoke of

    @classmethod
    def started(cls, request: RestoreRequest) -> "Curve":
        settings = request.settings
        return cls(request.task, samples=settings.samples if settings.output == "safest" else 1)

    @classmethod
    def of(cls, task: Task, report: Report) -> "Curve":
        lines: dict[int, list[Point]] = {}
        for step in report.steps:
            line = lines.setdefault(step.sample, [])
            line.append(Point.of(len(line) + 1, step))
        done = tuple(tuple(line) for line in lines.values())
        return cls(task, done, max((len(line) for line in done), default=0), len(done))

    def with_point(self, progress: Progress) -> "Curve":
        """With one more step; a second message of the same step takes the place of the first."""
        if progress.step == 0:
            return self  # nothing is finished yet
        lines = [*self.lines]
        while len(lines) <= progress.sample:
            lines.append(())
        line = lines[progress.sample]
        if progress.step == self.last_step and line:
            line = line[:-1]
        point = Point.of(len(line) + 1, progress)
        lines[progress.sample] = (*line, point)
        steps = max(progress.steps // self.samples, point.step)
        return replace(self, lines=tuple(lines), steps=steps, last_step=progress.step)


def to_csv(lines: Sequence[Line]) -> bytes:
    """One row a step, for a spreadsheet; the names are those of the report file."""
    file = io.StringIO(newline="")
    writer = csv.writer(file)
    writer.writerow(_NAMES)
    for sample, line in enumerate(lines):
        for point in line:
            values = (point.sigma, point.residual_over_noise, point.evaluations, round(point.seconds, 3))
            writer.writerow((sample + 1, point.step, *values))
    return file.getvalue().encode("utf-8")
