"""`python -m tests.benchmarks rivals|methods|overhead|size`: tables on stdout."""

import argparse
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TypeVar

from daps_desktop.base.errors import UserError
from daps_desktop.jobs.settings import DEVICES, PRESETS
from daps_desktop.training.evaluation.evaluate import EvaluationSpec
from daps_desktop.training.evaluation.scores import Score, kept, markdown
from daps_desktop.training.evaluation.trials import CASES
from tests.benchmarks import comparison, methods, overhead, size
from tests.benchmarks.options import BUNDLED, Options
from tests.benchmarks.table import Sample, format_tables, write_csv

QUALITY: dict[str, Callable[[Options], Iterator[Score]]] = {
    "rivals": comparison.compare,
    "methods": methods.compare,
}
COST: dict[str, Callable[[Options], Iterator[Sample]]] = {"overhead": overhead.measure, "size": size.measure}
DEFAULTS = Options()
T = TypeVar("T")


def main(arguments: Sequence[str]) -> int:
    """0, or 2 with one sentence on stderr. Ctrl+C ends the measurements; what there is is still printed."""
    parsed = _parser().parse_args(arguments)
    try:
        options = _options(parsed)
        if parsed.benchmark in QUALITY:
            scores = kept(QUALITY[parsed.benchmark](options), parsed.csv)
            print(markdown(_till_stopped(scores)))
        else:
            samples = _till_stopped(COST[parsed.benchmark](options))
            print(format_tables(samples))
            if parsed.csv:
                write_csv(parsed.csv, samples)
    except UserError as error:
        print(error, file=sys.stderr)
        return 2
    return 0


def _till_stopped(found: Iterator[T]) -> list[T]:
    values: list[T] = []
    try:
        for value in found:
            values.append(value)
    except KeyboardInterrupt:
        print("Stopped: the table holds what was measured so far.", file=sys.stderr)
    return values


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    parser.add_argument("benchmark", choices=[*QUALITY, *COST])
    parser.add_argument("--photos", type=Path, nargs="+", default=BUNDLED, metavar="PLACE")
    parser.add_argument("--first", type=int, default=0, metavar="N", help="the first N of the photos")
    parser.add_argument("--last", type=int, default=0, metavar="N", help="the last N of the photos")
    parser.add_argument("--crop", type=int, default=0, metavar="PX", help="centre crops instead of full size")
    parser.add_argument(
        "--tasks", nargs="+", default=(), help="beginnings of: " + ", ".join(case.name for case in CASES)
    )
    parser.add_argument("--presets", nargs="*", choices=PRESETS, default=DEFAULTS.presets)
    parser.add_argument("--megapixels", nargs="+", type=float, default=DEFAULTS.megapixels)
    parser.add_argument("--device", choices=DEVICES, default=DEFAULTS.device)
    parser.add_argument("--prior", default=DEFAULTS.prior, metavar="NAME|PATH")
    parser.add_argument("--csv", type=Path, metavar="FILE", help="every single measurement")
    return parser


def _options(parsed: argparse.Namespace) -> Options:
    """Raises: UserError where a task names nothing."""
    return Options(
        EvaluationSpec(tuple(parsed.photos), parsed.first, parsed.last, parsed.crop, tuple(parsed.tasks)),
        tuple(parsed.presets),
        tuple(parsed.megapixels),
        parsed.device,
        parsed.prior,
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
