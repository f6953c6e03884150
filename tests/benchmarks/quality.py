"""How good restorations are beside what people use instead: PSNR in dB, in the hole where there is one."""

from collections.abc import Iterator

from daps_desktop.core.settings import SolverSettings
from daps_desktop.training.rivals import rivals
from daps_desktop.training.trials import Case, Trial, make_trial
from tests.benchmarks.cases import CASES
from tests.benchmarks.options import Options
from tests.benchmarks.pictures import Picture, pictures
from tests.benchmarks.running import restore, say
from tests.benchmarks.table import Sample


def measure(options: Options) -> Iterator[Sample]:
    """One sample for every photo, damage and method."""
    for picture in pictures(options):
        for case in CASES:
            if options.wants(case.name):
                say(f"quality: {picture.name}, {case.name}")
                yield from _measure_one(options, case, picture)


def _measure_one(options: Options, case: Case, picture: Picture) -> Iterator[Sample]:
    trial = make_trial(case, picture.pixels)
    table = f"PSNR in dB, {case.family}, {picture.source}"
    for name, rival in rivals(case.family).items():
        yield Sample(table, case.name, name, picture.name, trial.psnr(rival(trial)))
    for name, settings in _settings(options, trial):
        value = trial.psnr(restore(trial, settings).photo.pixels)
        yield Sample(table, case.name, name, picture.name, value)


def _settings(options: Options, trial: Trial) -> Iterator[tuple[str, SolverSettings]]:
    for output in options.outputs:
        for preset in options.presets:
            yield (
                f"{output} {preset}",
                SolverSettings(
                    preset=preset,
                    output=output,
                    noise=trial.case.told,
                    device=options.device,
                    prior=options.prior,
                ),
            )
