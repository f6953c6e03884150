"""The program against what people use instead, on photos damaged on purpose."""

from collections.abc import Iterator

from daps_desktop.imaging.photo import Pixels
from daps_desktop.jobs.settings import Preset, SolverSettings
from daps_desktop.networks.loader import open_prior
from daps_desktop.training.evaluation.evaluate import EvaluatedMethod, measure
from daps_desktop.training.evaluation.scores import Score
from daps_desktop.training.evaluation.trials import DegradedPhoto
from tests.benchmarks.options import Options
from tests.benchmarks.rivals import rivals
from tests.benchmarks.running import restore, say


def compare(options: Options) -> Iterator[Score]:
    """Ours at every preset asked for, then the rivals, photo after photo; with no preset the rivals alone."""
    ours = [_own(options, preset) for preset in options.presets]
    return measure(_announced(options), lambda trial: [*ours, *rivals(trial.case.family)])


def _announced(options: Options) -> Iterator[tuple[str, DegradedPhoto]]:
    for photo, trial in options.chosen.trials():
        say(f"{photo}, {trial.case.name}")
        yield photo, trial


def _own(options: Options, preset: Preset) -> EvaluatedMethod[DegradedPhoto]:
    settings = SolverSettings(preset, device=options.device, prior=options.prior)
    name = open_prior(settings).card.name

    def restored(trial: DegradedPhoto) -> Pixels:
        return restore(trial, settings).photo.pixels

    return EvaluatedMethod(f"{name}, {preset}", [restored])
