"""DAPS++ beside its parent DAPS and DiffPIR, with the same prior: evaluations, seconds, PSNR.

On small pictures, as DAPS needs 1000 evaluations and 20,000 Langevin steps; noise as in the papers, a
standard deviation of 0.05 on [-1, 1].
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from daps_desktop.core.settings import Method, Output, Preset, SolverSettings
from daps_desktop.core.task import Blur, Small, Task
from daps_desktop.solver.presets import DAPS_LEVELS, DIFFPIR_LEVELS, LEVELS
from daps_desktop.training.trials import REPAIR, Case, Trial, make_trial, scratches
from tests.benchmarks.options import Options
from tests.benchmarks.pictures import pictures
from tests.benchmarks.running import restore, say
from tests.benchmarks.table import Sample, median

SIDE = 128
NOISE = 0.05 * 127.5  # grey levels
CASES = (
    Case("holes", "scratches", REPAIR, NOISE, NOISE, scratches),
    Case("small", "small x4", Task((Small(4),)), NOISE, NOISE),
    Case("blur", "blur 2", Task((Blur(2.0),)), NOISE, NOISE),
)
_LEVELS: dict[Method, dict[Preset, int]] = {
    "dapspp": LEVELS,
    "daps": DAPS_LEVELS,
    "diffpir": DIFFPIR_LEVELS,
}
_NAMES: dict[Method, str] = {"dapspp": "DAPS++", "daps": "DAPS", "diffpir": "DiffPIR"}
_RUNS: tuple[tuple[Method, Preset, Output], ...] = (
    ("dapspp", "draft", "sample"),
    ("dapspp", "fast", "sample"),
    ("dapspp", "balanced", "sample"),
    ("dapspp", "paper", "sample"),
    ("dapspp", "balanced", "safest"),
    ("daps", "draft", "sample"),
    ("daps", "balanced", "sample"),
    ("daps", "paper", "sample"),
    ("diffpir", "balanced", "sample"),
    ("diffpir", "paper", "sample"),
)
_QUICK = ("draft", "fast")  # levels are far below the published ones


def measure(options: Options) -> Iterator[Sample]:
    """One table a case, one row a method and its number of levels; then the tables of equal quality."""
    taken: list[Sample] = []
    for sample in _measure(replace(options, crop=options.crop or SIDE)):
        taken.append(sample)
        yield sample
    yield from equal_quality(taken)


def _measure(options: Options) -> Iterator[Sample]:
    for picture in pictures(options):
        for case in filter(lambda case: options.wants(case.name), CASES):
            trial = make_trial(case, picture.pixels)
            for method, preset, output in _RUNS:
                if options.quick and preset not in _QUICK:
                    continue
                row = f"{_NAMES[method]}, {_LEVELS[method][preset]} levels, {output}"
                say(f"methods: {picture.name}, {case.name}, {row}")
                settings = SolverSettings(
                    preset, method, output, noise=case.told, device=options.device, prior=options.prior
                )
                for column, value in _numbers(trial, settings):
                    yield Sample(f"Methods, {case.name}", row, column, picture.name, value)


def _numbers(trial: Trial, settings: SolverSettings) -> Iterator[tuple[str, float]]:
    finished = restore(trial, settings)
    yield "evaluations", finished.report.evaluations
    yield "seconds", finished.report.seconds_total
    yield "PSNR dB", trial.psnr(finished.photo.pixels)


def equal_quality(samples: Sequence[Sample]) -> Iterator[Sample]:
    """For each run of DAPS and DiffPIR the cheapest run of DAPS++ whose median PSNR is no lower."""
    for table in dict.fromkeys(s.table for s in samples):
        rows = list(dict.fromkeys(s.row for s in samples if s.table == table))
        figures = {row: _figures(samples, table, row) for row in rows}
        ours = sorted((f for row, f in figures.items() if row.startswith("DAPS++")), key=lambda f: f[0])
        for row in (row for row in rows if not row.startswith("DAPS++")):
            evaluations, seconds, psnr = figures[row]
            reached = next((f for f in ours if f[2] >= psnr), None)
            values = {"its evaluations": evaluations, "its PSNR dB": psnr}
            if reached:
                values |= {"DAPS++ evaluations": reached[0], "DAPS++ PSNR dB": reached[2]}
                values |= {"times fewer": evaluations / reached[0], "times faster": seconds / reached[1]}
            for column, value in values.items():
                yield Sample(f"{table}: the cheapest DAPS++ as good as", row, column, "medians", value)


def _figures(samples: Sequence[Sample], table: str, row: str) -> tuple[float, float, float]:
    evaluations, seconds, psnr = (
        median(samples, table, row, column) for column in ("evaluations", "seconds", "PSNR dB")
    )
    assert evaluations is not None and seconds is not None and psnr is not None
    return evaluations, seconds, psnr
