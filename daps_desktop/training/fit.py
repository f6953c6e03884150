"""The loop of a run: from the photos to the prior, until the budget is spent."""

import math
import time
from collections.abc import Callable
from pathlib import Path
from threading import Event

import torch
from torch import Tensor

from daps_desktop.core.errors import UserError
from daps_desktop.training.checkpoint import (
    damage_told,
    has_checkpoint,
    load_checkpoint,
    make_run,
    save_checkpoint,
)
from daps_desktop.training.export import export_run, first_network
from daps_desktop.training.log import append_row
from daps_desktop.training.photos import PhotoBuffer, PhotoFile, find_photos, load_photos
from daps_desktop.training.schedule import learning_rate
from daps_desktop.training.settings import RunSettings, write_settings
from daps_desktop.training.trainer import Trainer
from daps_desktop.training.validation import SIDE, centre_crops

VALIDATION_PHOTOS = 12

Say = Callable[[str], None]


def fit(settings: RunSettings, resume: bool, stop: Event, say: Say) -> Path:
    """Run until the budget is spent or `stop` is set; returns the folder of the prior so far.

    The clock runs from here, reading the photos included. A stopped run keeps a checkpoint and is
    continued by `resume`.
    Raises: UserError if photos, start or run folder cannot serve, or the numbers leave the finite range.
    """
    begin = time.monotonic()
    run = Path(settings.out)
    if not resume and has_checkpoint(run):
        raise UserError("run_exists", path=run)
    state = load_checkpoint(run) if resume else None
    make_run(run)
    write_settings(settings)
    device = pick_device(settings.device)
    photos, clean = read_photos(settings, device)
    say(f"{len(photos)} photos, {photos.pixels.nbytes / 1e6:.0f} MB; {len(clean)} kept for validation")
    torch.manual_seed(settings.recipe.seed)
    trainer = Trainer(first_network(settings), settings.recipe, device)
    if state is not None:
        with damage_told(run):
            trainer.restore(state)
        begin -= state["seconds"]
    Loop(settings, trainer, begin, say).run(photos, clean, stop)
    return export_run(run, run / "prior", run.resolve().name)


class Loop:
    """Steps, and between them what is due by the clock: log, validation, checkpoint."""

    def __init__(self, settings: RunSettings, trainer: Trainer, begin: float, say: Say) -> None:
        self.settings = settings
        self.trainer = trainer
        self.begin = begin
        self.say = say
        self.logged = (self._elapsed(), trainer.seen)
        self.validated = self.saved = self._elapsed()

    def run(self, photos: PhotoBuffer, clean: Tensor, stop: Event) -> None:
        self._log(self.trainer.validate(clean))
        while not stop.is_set():
            progress = self._progress()
            if progress >= 1:
                break
            self.trainer.step(photos, progress)
            self._between_steps(clean)
        self._log(self.trainer.validate(clean))
        self._save()

    def _between_steps(self, clean: Tensor) -> None:
        now = self._elapsed()
        if now - self.validated >= self.settings.validate_every_s:
            self._log(self.trainer.validate(clean))
            self.validated = now
        if now - self.logged[0] >= self.settings.log_every_s:
            self._log({})
        if now - self.saved >= self.settings.checkpoint_every_s:
            self._log({})  # refuses numbers that are not finite
            self._save()

    def _elapsed(self) -> float:
        return time.monotonic() - self.begin

    def _progress(self) -> float:
        return self.settings.budget.progress(self._elapsed(), self.trainer.done)

    def _save(self) -> None:
        save_checkpoint(Path(self.settings.out), {**self.trainer.state(), "seconds": self._elapsed()})
        self.saved = self._elapsed()

    def _log(self, validation: dict[str, float]) -> None:
        now, trainer, recipe, progress = self._elapsed(), self.trainer, self.settings.recipe, self._progress()
        since, seen = self.logged
        losses = trainer.tally.take()
        if not all(map(math.isfinite, losses.values())):
            raise UserError("training_diverged", path=self.settings.out)
        row = {
            "step": trainer.done,
            "seconds": now,
            "lr": learning_rate(recipe, trainer.done, progress),
            "patch": recipe.patch_at(progress),
            "batch": recipe.batch_at(progress),
            "patches_per_second": (trainer.seen - seen) / max(now - since, 1e-9),
            **trainer.timer.take(),
            **(losses if trainer.seen > seen else {}),
            **validation,
        }
        append_row(Path(self.settings.out), row)
        self.say("  ".join(f"{name} {value:.4g}" for name, value in row.items()))
        self.logged = (self._elapsed(), trainer.seen)


def pick_device(name: str) -> torch.device:
    """Raises: UserError if there is no such device here."""
    there = {"cpu": True, "cuda": torch.cuda.is_available(), "mps": torch.backends.mps.is_available()}
    if name == "auto":
        return torch.device("cuda" if there["cuda"] else "cpu")
    if not there.get(name.partition(":")[0], False):
        raise UserError("device_missing", device=name)
    return torch.device(name)


def read_photos(settings: RunSettings, device: torch.device) -> tuple[PhotoBuffer, Tensor]:
    """The photos to learn from, and the crops (N, 3, 256, 256) to validate on, both on the device."""
    recipe = settings.recipe
    files = find_photos(settings.photos)
    apart = find_photos([settings.validation]) if settings.validation else []
    if not apart:
        files, apart = keep_apart(files)
    shortest = max(recipe.patch, recipe.late_patch)
    photos = load_photos(files, shortest, settings.photos_mb, recipe.seed).to(device)
    clean = centre_crops(load_photos(apart, SIDE), VALIDATION_PHOTOS)
    return photos, clean.to(device)


def keep_apart(files: list[PhotoFile]) -> tuple[list[PhotoFile], list[PhotoFile]]:
    """(to learn from, to validate on): every twentieth photo, or more seldom, is kept for validation."""
    every = max(20, len(files) // VALIDATION_PHOTOS)
    return [f for i, f in enumerate(files) if i % every], files[::every]
