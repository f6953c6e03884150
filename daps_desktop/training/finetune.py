"""A prior fine-tuned on the photos of one person: a short run at a low rate, measured before and after."""

import shutil
from collections.abc import Callable
from copy import deepcopy
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from statistics import fmean
from threading import Event
from typing import Any

import torch
from torch import nn

from daps_desktop.base.errors import UserError
from daps_desktop.base.i18n import tr
from daps_desktop.jobs.settings import Device
from daps_desktop.networks.architectures.norm_free_unet import NormFreeUNet
from daps_desktop.networks.card import PriorCard, read_card
from daps_desktop.networks.catalogue import user_folder
from daps_desktop.networks.importers.importing import unused_name
from daps_desktop.networks.runtime.devices import choose_device
from daps_desktop.training.data.dead_leaves import dead_leaves
from daps_desktop.training.fit import begin, initial_network, keep
from daps_desktop.training.loop.checkpoint import has_checkpoint
from daps_desktop.training.loop.credits import list_credits
from daps_desktop.training.loop.dataset import RunData, load_data
from daps_desktop.training.loop.denoising import validate
from daps_desktop.training.loop.loop import TrainingLoop
from daps_desktop.training.loop.recipe import Recipe, usual_batch
from daps_desktop.training.loop.settings import Budget, RunSettings, read_settings
from daps_desktop.training.loop.validation import SIDE, stacked
from daps_desktop.training.prior_folder import training_facts, write_prior

# A low rate that falls at once: what the prior knows is to be bent, not replaced.
RECIPE = Recipe(lr=3e-4, warmup_steps=50, fall_from=0.0)
MIN_GAIN = 0.05  # dB on the photos held out; less is not worth a prior
# dB that may be lost on drawn pictures: on photographs of another kind it is a third of that.
TOLERATED = 0.5
SHARES = (1.0, 0.75, 0.5, 0.25)  # of what was learnt that are tried
DRAWN = 4  # pictures
MINUTES = 30.0  # where nothing else is asked for

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class FineTuneOptions:
    """What is asked for; `resume` goes on with the run of that name, whose folder and start then count."""

    folder: Path
    name: str
    start: PriorCard
    minutes: float | None = None  # None: MINUTES, or those of the run that is continued
    resume: bool = False
    keep: bool = False  # install what has not got better, too
    device: Device = "auto"
    recipe: Recipe | None = None  # None: RECIPE
    steps: int = 0  # 0: by the clock


@dataclass(frozen=True, slots=True)
class Score:
    """PSNR in dB, the mean over noise levels: of photos held out, and of drawn pictures of no kind."""

    own: float
    drawn: float

    def __sub__(self, other: "Score") -> "Score":
        return Score(self.own - other.own, self.drawn - other.drawn)

    @property
    def pays(self) -> bool:
        return self.own >= MIN_GAIN and self.drawn >= -TOLERATED


def fine_tune(
    options: FineTuneOptions, stop: Event, say: Say, data_dir: Path | None = None
) -> PriorCard | None:
    """The prior that was made and installed, or None where `stop` was set before the time was over.

    Raises: UserError where it cannot begin, where the training diverges, and where the result is no
    better on the photos held out, or worse elsewhere than TOLERATED, and not to be kept.
    """
    target = user_folder(data_dir) / unused_name(options.name, data_dir)
    settings = _settings(options, user_folder(data_dir).parent / "lessons" / options.name)
    data = load_data(settings)
    _say_found(data, say)
    loop = begin(settings, data)
    _say_duration(loop, say)
    if not _learn(Path(settings.out), loop, stop, say):
        return None
    say(tr("Time is up. Measuring the gain."))
    start = initial_network(settings)
    nn.Module.to(start, loop.trainer.device)
    network, gain = best_blend(start, loop.trainer.mean, data)
    words = tr("Gain: {own:+.2f} dB on your held-out photos, {drawn:+.2f} dB on synthetic images.")
    say(words.format(**_round(gain)))
    if not gain.pays and not options.keep:
        told = {name: f"{value:+.2f}" for name, value in _round(gain).items()}
        raise UserError("taught_worse", start=Path(settings.start_from).name, **told)
    facts = _facts(settings, loop, data, gain)
    write_prior(target, network, {"name": target.name, **facts}, list_credits(settings))
    shutil.rmtree(settings.out, ignore_errors=True)
    return read_card(target)


def _settings(options: FineTuneOptions, run: Path) -> RunSettings:
    if options.resume:
        settings = replace(read_settings(run), out=str(run), device=options.device)
        if options.minutes is None:
            return settings
        return replace(settings, budget=replace(settings.budget, minutes=options.minutes))
    if has_checkpoint(run):
        raise UserError("run_exists", path=run)
    shutil.rmtree(run, ignore_errors=True)
    batch = usual_batch(choose_device(options.device))
    return RunSettings(
        photos=(str(options.folder.resolve()),),
        out=str(run),
        start_from=str(options.start.folder),
        recipe=options.recipe or replace(RECIPE, batch=batch),
        budget=Budget(MINUTES if options.minutes is None else options.minutes, options.steps),
        device=options.device,
    )


def best_blend(start: NormFreeUNet, taught: NormFreeUNet, data: RunData) -> tuple[NormFreeUNet, Score]:
    """Between the weights before and after: what gains most on the photos held out and forgets little else.

    Halfway most of the gain is there and little is forgotten (Wortsman 2022, arXiv 2109.01903).
    """
    before = score(start, data)
    blends = [(blend := blend_weights(start, taught, share), score(blend, data) - before) for share in SHARES]
    return max(blends, key=lambda found: (found[1].pays, found[1].own))


@torch.no_grad()
def blend_weights(start: NormFreeUNet, taught: NormFreeUNet, share: float) -> NormFreeUNet:
    """The weights of `start`, moved by `share` towards those of `taught`."""
    network = deepcopy(taught)
    for weight, before in zip(network.parameters(), start.parameters(), strict=True):
        weight.copy_(torch.lerp(before, weight, share))
    return network


def score(network: NormFreeUNet, data: RunData) -> Score:
    own, drawn = (
        fmean(validate(network, pictures).values())
        for pictures in (stacked(data.clean), dead_leaves(DRAWN, SIDE))
    )
    return Score(own, drawn)


def _say_found(data: RunData, say: Say) -> None:
    words = tr(
        "{found} pictures found: {learn} to train on, {apart} held out for measuring; skipped are {broken} "
        "that cannot be read and {small} that are too small."
    )
    counts = {"learn": len(data.photos), "apart": len(data.clean), "broken": data.broken}
    say(words.format(found=data.found, small=data.small, **counts))
    if data.crowded:
        words = tr("The disk has no room for all of them: {crowded}, chosen at random, are skipped as well.")
        say(words.format(crowded=data.crowded))


def _say_duration(loop: TrainingLoop, say: Say) -> None:
    words = tr("It will take {minutes:g} minutes. Ctrl+C stops; the same command with --resume continues.")
    say(words.format(minutes=round(loop.budget.minutes * (1 - loop.progress), 1)))


def _learn(run: Path, loop: TrainingLoop, stop: Event, say: Say) -> bool:
    """Run until the time is over; False where it was stopped before, with what was learnt on the disk."""
    for report in loop.run(stop):
        keep(run, loop, report)
        words = tr("{part:.0%} after {minutes:.1f} minutes, {rate:.0f} patches per second")
        rate, minutes = report.patches_per_second, report.seconds / 60
        say(words.format(part=report.progress, minutes=minutes, rate=rate))
    if loop.progress < 1:
        say(tr("Stopped. Progress is kept; the same command with --resume continues."))
        return False
    return True


def _facts(settings: RunSettings, loop: TrainingLoop, data: RunData, gain: Score) -> dict[str, Any]:
    start, folder = Path(settings.start_from).name, Path(settings.photos[0]).name
    words = tr(
        "{start}, fine-tuned on {count} photos of {folder}: {own:+.2f} dB on others of them, {drawn:+.2f} "
        "dB on synthetic images."
    )
    count = len(data.photos)
    return {
        "description": words.format(start=start, count=count, folder=folder, **asdict(gain)),
        "training": training_facts(settings, loop.steps, loop.seconds),
        "taught": {"photos": count, "gain_db": asdict(gain)},
        "measured": {"own photos, dB gained": f"{gain.own:+.2f}", "others": f"{gain.drawn:+.2f}"},
    }


def _round(gain: Score) -> dict[str, float]:
    return {name: round(value, 2) + 0.0 for name, value in asdict(gain).items()}  # nothing is not -0.00
