"""What a prior is to be taught: the photos of a folder, and those kept apart that will tell its worth."""

import json
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean

import torch
from torch import Tensor

from daps_desktop.core.errors import UserError
from daps_desktop.core.files import write_file
from daps_desktop.core.plain import load_json
from daps_desktop.training.checkpoint import damage_told, make_run
from daps_desktop.training.deadleaves import dead_leaves
from daps_desktop.training.photos import (
    PhotoBuffer,
    PhotoFile,
    buffer_sizes,
    decoded,
    find_photos,
    load_photos,
    within_memory,
)
from daps_desktop.training.settings import RunSettings
from daps_desktop.training.trainer import Trainer
from daps_desktop.training.validation import SIDE, centre_crops

APART = "apart.json"
MOST_APART = 12  # photos
DRAWN = 4  # pictures
WARM_UP = 4  # steps


@dataclass(frozen=True, slots=True)
class Lesson:
    """`own` are crops (N, 3, 256, 256) of the photos kept apart, `drawn` pictures that nobody took."""

    photos: PhotoBuffer
    own: Tensor
    drawn: Tensor
    found: int  # files that look like pictures
    broken: int  # of them cannot be read
    small: int  # of them are smaller than a patch
    crowded: int  # of them memory has no room for


@dataclass(frozen=True, slots=True)
class Worth:
    """PSNR in dB, the mean over three noise levels."""

    own: float
    drawn: float

    def __sub__(self, other: "Worth") -> "Worth":
        return Worth(self.own - other.own, self.drawn - other.drawn)

    @property
    def worst(self) -> float:
        return min(self.own, self.drawn)


def gather(settings: RunSettings, device: torch.device) -> Lesson:
    """The photos of the run's folder on the device. What is kept apart stays so when the run is continued.

    Raises: UserError where there are too few photos to learn from and to measure on.
    """
    files = find_photos(settings.photos)
    sizes = buffer_sizes(files)
    shortest = settings.recipe.patch
    usable = [(f, size) for f, size in zip(files, sizes, strict=True) if size and min(size) >= shortest]
    apart = _kept_apart([file for file, size in usable if min(size) >= SIDE], Path(settings.out))
    learn = [(file, size) for file, size in usable if file not in apart]
    if not apart or not learn:
        raise UserError("photos_few", path=settings.photos[0], count=len(usable), side=SIDE)
    chosen = within_memory(learn, settings.photos_mb, settings.recipe.seed)
    photos = decoded(chosen)
    if photos is None:
        raise UserError("photos_missing", count=len(chosen), shortest=shortest)
    own = centre_crops(load_photos(apart, SIDE), MOST_APART)
    return Lesson(
        photos.to(device),
        own.to(device),
        dead_leaves(DRAWN, SIDE).to(device),
        found=len(files),
        broken=sizes.count(None) + len(chosen) - len(photos),
        small=len(files) - len(usable) - sizes.count(None),
        crowded=len(learn) - len(chosen),
    )


def _kept_apart(large: list[PhotoFile], run: Path) -> list[PhotoFile]:
    """Every fifth photo or more seldom; the same ones as before where the run has begun."""
    note = run / APART
    if not note.is_file():
        chosen = large[:: max(5, len(large) // MOST_APART)] if len(large) > 1 else []
        make_run(run)
        write_file(note, json.dumps([str(file.path) for file in chosen]).encode())
    before = apart_before(run)
    return [file for file in large if str(file.path) in before]


def apart_before(run: Path) -> set[str]:
    """The files that were kept apart when the run began. Raises: UserError (`run_damaged`)."""
    with damage_told(run):
        told = load_json((run / APART).read_bytes())
        if not isinstance(told, list) or not all(isinstance(name, str) for name in told):
            raise ValueError(f"{APART} is no list of names")
        return set(told)


def worth(trainer: Trainer, lesson: Lesson) -> Worth:
    """Of the running average of what the trainer has learnt."""
    own, drawn = (fmean(trainer.validate(pictures).values()) for pictures in (lesson.own, lesson.drawn))
    return Worth(own, drawn)


def pace(trainer: Trainer, lesson: Lesson) -> float:
    """Patches a second on this machine, from a short trial that the trainer does not survive unchanged."""
    trainer.step(lesson.photos, 0.0)  # the first one also makes room and compiles
    begin, seen = trainer.timer.now(), trainer.seen
    for _ in range(WARM_UP):
        trainer.step(lesson.photos, 0.0)
    return (trainer.seen - seen) / (trainer.timer.now() - begin)
