"""A run of training: from the photos to a checkpoint and a log, until the budget is spent."""

import csv
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from threading import Event

import torch

from daps_desktop.analysis.tone import find_tone
from daps_desktop.base.errors import UserError
from daps_desktop.base.files import save_errors
from daps_desktop.networks.architectures.norm_free_unet import NormFreeUNet
from daps_desktop.training.damage.film import FilmElements
from daps_desktop.training.damage.hard import HardCrops
from daps_desktop.training.damage.samples import DamagedCrops
from daps_desktop.training.data.crops import Crops
from daps_desktop.training.loop.checkpoint import (
    Checkpoint,
    damaged_run_errors,
    has_checkpoint,
    load_checkpoint,
    save_checkpoint,
)
from daps_desktop.training.loop.dataset import RunData, load_data
from daps_desktop.training.loop.denoising import Denoising
from daps_desktop.training.loop.finding import Finding
from daps_desktop.training.loop.growth import finder_of, grow
from daps_desktop.training.loop.loop import Report, TrainingLoop
from daps_desktop.training.loop.objective import Objective
from daps_desktop.training.loop.recipe import check
from daps_desktop.training.loop.settings import RunSettings, write_settings
from daps_desktop.training.loop.trainer import Trainer
from daps_desktop.training.loop.validation import stacked
from daps_desktop.training.prior_folder import read_network

LOG = "log.csv"
COLUMNS = tuple(Report.__dataclass_fields__)  # and what the objective measures
VALIDATE_EVERY_S = 1200.0
HARD = 2000  # clean crops that a finder is shown again
WHOLE = 4.0  # times that its crops are shrunk, at most: a photo is looked at as a whole, too

Say = Callable[[str], None]


def fit(settings: RunSettings, resume: bool, stop: Event, say: Say) -> None:
    """Learn until the budget is spent or `stop` is set; `resume` goes on with a run that was stopped.

    The clock runs from the first step. The run folder holds settings, log, and what was learnt up to the last
    minute.
    Raises: UserError if photos, start or run folder cannot serve, or the training diverges.
    """
    run = Path(settings.out)
    if not resume and has_checkpoint(run):
        raise UserError("run_exists", path=run)
    data = load_data(settings)
    say(f"{len(data.photos)} photos to learn from, {len(data.clean)} held out")
    loop = begin(settings, data)
    objective = loop.trainer.objective
    say(_line(objective.measure(loop.trainer.mean)))
    validated = time.monotonic()
    for report in loop.run(stop):
        keep(run, loop, report)
        figures = {}
        if report.progress == 1 or time.monotonic() - validated > VALIDATE_EVERY_S:
            figures, validated = objective.measure(loop.trainer.mean), time.monotonic()
        append_row(run, {**asdict(report), **figures}, objective.columns)
        say(_line({**asdict(report), **figures}))


def begin(settings: RunSettings, data: RunData) -> TrainingLoop:
    """The loop of a run, from its checkpoint where it has one; its settings are written."""
    run = Path(settings.out)
    checkpoint = load_checkpoint(run) if has_checkpoint(run) else None
    network = initial_network(settings) if checkpoint is None else load_network(settings, checkpoint)
    widths, blocks = tuple(network.config["widths"]), network.config["blocks"]
    write_settings(replace(settings, held_out=data.held_out, widths=widths, blocks=blocks))
    trainer = Trainer(network, _objective(settings, data), settings.recipe, settings.torch_device)
    spent = (0, 0.0) if checkpoint is None else (checkpoint.steps, checkpoint.seconds)
    return TrainingLoop(trainer, settings.budget, *spent)


def _objective(settings: RunSettings, data: RunData) -> Objective:
    if not settings.film:
        return Denoising(Crops(data.photos), stacked(data.clean))
    # Old photos carry damage of their own, which nobody marked: none are shown as clean.
    coloured = [photo for photo in data.photos if find_tone(photo) is None]
    hard = HardCrops(HARD, Finding.stages[-1][1])
    return Finding(DamagedCrops(Crops(coloured, WHOLE), FilmElements(settings.film), hard), data.clean)


def initial_network(settings: RunSettings) -> NormFreeUNet:
    """The network a run begins with: new, or that of a prior, or one grown from that."""
    torch.manual_seed(settings.recipe.seed)
    if settings.start_from:
        network = read_network(Path(settings.start_from))
        blocks = network.config["blocks"]
        check("blocks", settings.blocks in (0, blocks), f"must be {blocks}, as in the prior")
        network = finder_of(network) if settings.film else network
        return grow(network, settings.widths) if settings.widths else network
    return _new_network(settings)


def _new_network(settings: RunSettings) -> NormFreeUNet:
    asked = {"widths": settings.widths, "blocks": settings.blocks, "out_channels": 1 if settings.film else 3}
    return NormFreeUNet(**{name: value for name, value in asked.items() if value})


def load_network(settings: RunSettings, checkpoint: Checkpoint) -> NormFreeUNet:
    """Raises: UserError (`run_damaged`) where the weights are those of another network."""
    with damaged_run_errors(Path(settings.out)):
        network = _new_network(settings)
        network.load_state_dict(checkpoint.weights)
        return network


def keep(run: Path, loop: TrainingLoop, report: Report) -> None:
    """Write the checkpoint. Raises: UserError (`training_diverged`, `save_failed`)."""
    save_checkpoint(run, Checkpoint(loop.trainer.mean.state_dict(), report.steps, report.seconds))


def append_row(run: Path, row: dict[str, float], measured: Sequence[str]) -> None:
    """Raises: UserError (`save_failed`)."""
    path = run / LOG
    first = not path.exists()
    with save_errors(path), path.open("a", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, (*COLUMNS, *measured), restval="")
        if first:
            writer.writeheader()
        writer.writerow({name: f"{value:.6g}" for name, value in row.items()})


def _line(row: dict[str, float]) -> str:
    return "  ".join(f"{name} {value:.4g}" for name, value in row.items())
