"""What a whole run costs besides its network evaluations, on the same tiles in the same run."""

from collections.abc import Iterator

from daps_desktop.jobs.settings import SolverSettings
from daps_desktop.training.evaluation.trials import DegradedPhoto
from tests.benchmarks.options import Options
from tests.benchmarks.running import NetworkClock, restore, say
from tests.benchmarks.table import Sample


def measure(options: Options) -> Iterator[Sample]:
    """The first run of all is not counted: it loads libraries."""
    warm = False
    for photo, trial in options.chosen.trials():
        for preset in options.presets:
            say(f"overhead: {photo}, {trial.case.name}, {preset}")
            settings = SolverSettings(preset, device=options.device, prior=options.prior)
            if not warm:
                restore(trial, settings)
                warm = True
            for column, value in _timings(trial, settings):
                yield Sample(f"Cost of a run, {preset}", trial.case.name, column, photo, value)


def _timings(trial: DegradedPhoto, settings: SolverSettings) -> Iterator[tuple[str, float]]:
    """Seconds are per evaluation, but for those before the first one, which are part of the run.

    The denoiser is the network with the blending of tiles.
    """
    with NetworkClock(settings) as clock:
        report = restore(trial, settings).report
    evaluations = report.evaluations
    yield "evaluations", evaluations
    yield "before s", clock.before
    yield "run s", report.seconds_total / evaluations
    yield "denoiser s", report.seconds_denoiser / evaluations
    yield "network s", clock.seconds / evaluations
    yield "over denoiser %", 100 * (report.seconds_total / report.seconds_denoiser - 1)
    yield "over network %", 100 * (report.seconds_total / clock.seconds - 1)
