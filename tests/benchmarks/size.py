"""Peak memory and time from small photos to those of 24 megapixels, each in a process of its own."""

import json
import subprocess
import sys
from collections.abc import Iterator, Mapping

import numpy as np

from tests.benchmarks.options import Options
from tests.benchmarks.running import say
from tests.benchmarks.size_probe import TASKS
from tests.benchmarks.table import Sample

QUANTITIES = ("memory MB", "seconds")


def measure(options: Options) -> Iterator[Sample]:
    """One table a task, then one of straight lines through them."""
    growth: list[Sample] = []
    for task in (name for name in TASKS if options.chosen.wants(name)):
        found: dict[float, dict[str, float]] = {}
        for megapixels in options.megapixels:
            say(f"size: {task}, {megapixels:g} megapixels")
            found[megapixels] = _probe(task, megapixels, options)
            for column, value in found[megapixels].items():
                yield Sample(f"Size, {task}, draft", f"{megapixels:g} megapixels", column, "one run", value)
        for quantity in QUANTITIES if len(found) > 2 else ():
            points = {size: numbers[quantity] for size, numbers in found.items()}
            for column, value in zip(("fixed", "per megapixel", "off the line %"), line(points), strict=True):
                growth.append(Sample("Straight lines", f"{task}, {quantity}", column, "one run", value))
    yield from growth


def line(points: Mapping[float, float]) -> tuple[float, float, float]:
    """Intercept, slope and largest misfit in per cent, with the least squares of relative errors."""
    sizes, values = np.array(list(points)), np.array(list(points.values()))
    slope, fixed = np.polyfit(sizes, values, 1, w=1 / values)
    misfit = np.abs((fixed + slope * sizes) / values - 1).max()
    return float(fixed), float(slope), float(100 * misfit)


def _probe(task: str, megapixels: float, options: Options) -> dict[str, float]:
    arguments = [task, str(megapixels), options.device, options.prior]
    command = [sys.executable, "-m", "tests.benchmarks.size_probe", *arguments]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    return json.loads(done.stdout)
