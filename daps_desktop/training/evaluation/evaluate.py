"""A prior measured on photos it never saw, through the program's own solver."""

import os
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Generic, TypeVar

import numpy as np

from daps_desktop.base.errors import UserError
from daps_desktop.base.i18n import N_, phrase, words_of
from daps_desktop.imaging.photo import Pixels
from daps_desktop.jobs.requests import RestoreRequest
from daps_desktop.jobs.settings import SolverSettings
from daps_desktop.networks.loader import Prior, open_prior
from daps_desktop.restoration.progress import ProgressReporter
from daps_desktop.restoration.run import restore
from daps_desktop.training.data.photos import find_photos
from daps_desktop.training.evaluation.scores import Score
from daps_desktop.training.evaluation.trials import (
    CASES,
    DegradedPhoto,
    EvaluationCase,
    Picture,
    centre,
    degrade_photo,
)

T = TypeVar("T", bound=DegradedPhoto)


@dataclass(frozen=True, slots=True)
class EvaluatedMethod(Generic[T]):
    """A way to restore, or several of which the best is taken for the very photo."""

    name: str
    variants: Sequence[Callable[[T], Pixels]]


@dataclass(frozen=True, slots=True)
class EvaluationSpec:
    """The `first` or `last` so many of the photos, and of them the middle `crop` pixels; 0: all.

    `tasks`: beginnings of the names of CASES; none: all of them.
    Raises: UserError for one that names nothing.
    """

    photos: tuple[str | Path, ...]
    first: int = 0
    last: int = 0
    crop: int = 0
    tasks: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for word in self.tasks:
            if not any(case.name.startswith(word) for case in CASES):
                names = ", ".join(case.name for case in CASES)
                raise UserError(
                    "setting_value",
                    name="tasks",
                    detail=phrase(N_("{word!r} is none of {names}"), word=word, names=names),
                )

    @property
    def cases(self) -> list[EvaluationCase]:
        return [case for case in CASES if self.wants(case.name)]

    def wants(self, task: str) -> bool:
        return not self.tasks or task.startswith(self.tasks)

    def pictures(self) -> Iterator[tuple[int, str, Picture]]:
        """(place among all that were found, name, pixels). Raises: UserError if one cannot be read."""
        files = list(enumerate(find_photos(self.photos)))
        for index, file in files[: self.first or None][-self.last :]:
            try:
                with file.open() as image:
                    pixels = np.asarray(image.convert("RGB"))
            except Exception as error:  # decoders raise what they like
                raise UserError("file_unreadable", path=file.name, detail=words_of(error)) from error
            yield index, file.name, centre(pixels, self.crop) if self.crop else pixels

    def trials(self) -> Iterator[tuple[str, DegradedPhoto]]:
        """(name of the photo, damaged photo); the same damage for a photo whichever others are chosen."""
        for index, name, pixels in self.pictures():
            for case in self.cases:
                yield name, degrade_photo(case, pixels, index)


def evaluate(settings: SolverSettings, chosen: EvaluationSpec) -> Iterator[Score]:
    """The prior of these settings on what was chosen. Raises: UserError if prior or photos cannot serve."""
    prior = open_prior(settings)
    own = EvaluatedMethod(
        f"{prior.card.name}, {settings.preset}", [lambda trial: restored(trial, settings, prior)]
    )
    return measure(chosen.trials(), lambda _: [own])


def restored(trial: DegradedPhoto, settings: SolverSettings, prior: Prior) -> Pixels:
    """(H, W, 3) uint8, as the program would save it, given the noise. Raises: UserError, as it does."""
    settings = replace(settings, noise=trial.case.noise)
    job = RestoreRequest("", trial.photo, trial.mask, trial.case.task, settings)
    return restore(job, prior, ProgressReporter()).photo.pixels


def measure(
    trials: Iterable[tuple[str, T]], methods: Callable[[T], Iterable[EvaluatedMethod[T]]]
) -> Iterator[Score]:
    """Every method that is for a trial on each of them; they come with the names of their photos."""
    for photo, trial in trials:
        for method in methods(trial):
            found = [_score(method, variant, photo, trial) for variant in method.variants]
            yield max(found, key=lambda score: score.psnr_db)


def _score(method: EvaluatedMethod[T], variant: Callable[[T], Pixels], photo: str, trial: T) -> Score:
    before = _cpu_s()
    result = variant(trial)
    seconds = _cpu_s() - before
    figures = trial.psnr(result), trial.psnr_inside(result), trial.ssim(result)
    return Score(trial.case.name, method.name, photo, *figures, seconds)


def _cpu_s() -> float:
    """Of this process, all its threads, and of programs it ran to their end."""
    times = os.times()
    return time.process_time() + times.children_user + times.children_system
