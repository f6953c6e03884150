"""What a whole run costs beside its network evaluations, on the same tiles in the same run."""

from collections.abc import Iterator

from daps_desktop.core.settings import SolverSettings
from daps_desktop.training.trials import Case, Trial, make_trial
from tests.benchmarks.cases import CASES
from tests.benchmarks.options import Options
from tests.benchmarks.pictures import pictures
from tests.benchmarks.running import NetworkClock, restore, say
from tests.benchmarks.table import Sample

TARGETS = {"holes": 10.0, "small": 25.0, "blur": 25.0}  # per cent


def measure(options: Options) -> Iterator[Sample]:
    """The first run of all is not counted: it loads libraries."""
    settings = SolverSettings(
        preset="draft" if options.quick else "balanced", device=options.device, prior=options.prior
    )
    warm = False
    for picture in pictures(options):
        for case in filter(lambda case: options.wants(case.name), CASES):
            say(f"overhead: {picture.name}, {case.name}")
            trial = make_trial(case, picture.pixels)
            if not warm:
                restore(trial, settings)
                warm = True
            for column, value in _timings(case, trial, settings):
                yield Sample(f"Cost of a run, {settings.preset}", case.name, column, picture.name, value)


def _timings(case: Case, trial: Trial, settings: SolverSettings) -> Iterator[tuple[str, float]]:
    """Seconds are per evaluation, but for those before the first one, which are part of the run.

    The denoiser is the network with the blending of tiles and the anchor.
    """
    with NetworkClock() as clock:
        report = restore(trial, settings).report
    evaluations = report.evaluations
    yield "evaluations", evaluations
    yield "before s", clock.before
    yield "run s", report.seconds_total / evaluations
    yield "denoiser s", report.seconds_denoiser / evaluations
    yield "network s", clock.seconds / evaluations
    yield "over denoiser %", 100 * (report.seconds_total / report.seconds_denoiser - 1)
    yield "over network %", 100 * (report.seconds_total / clock.seconds - 1)
    if case.family in TARGETS:
        yield "target %", TARGETS[case.family]
