"""A prior taught the photos of one person: a short run at a low rate, measured before and after."""

import shutil
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from threading import Event
from typing import Any

import psutil
import torch

from daps_desktop.core.errors import UserError
from daps_desktop.core.language import tr
from daps_desktop.core.system_words import said_by_system
from daps_desktop.networks.card import PriorCard, read_card
from daps_desktop.networks.catalogue import user_folder
from daps_desktop.networks.importers.importing import free_name
from daps_desktop.training.card import CREDITS, machine
from daps_desktop.training.checkpoint import damage_told, has_checkpoint, load_checkpoint
from daps_desktop.training.fit import Loop, pick_device
from daps_desktop.training.lesson import Lesson, Worth, gather, pace, worth
from daps_desktop.training.prior_folder import read_prior, valid_name, write_prior
from daps_desktop.training.settings import Budget, Recipe, RunSettings, read_settings, write_settings
from daps_desktop.training.trainer import Trainer

# A low rate that begins to fall early: what the prior knows is to be bent, not replaced.
RECIPE = Recipe(lr=5e-5, warmup_steps=100, decay_from=0.3)
TOLERATED = 0.2  # dB by which a prior may get worse without a question
MINUTES = 30.0  # where nothing else is asked for
_SHARE, _MOST_MB = 1 / 4, 8192  # of the free memory for decoded photos: the computer has other work

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Wish:
    """What is asked for; `resume` goes on with the run of that name, whose folder and start then count."""

    folder: Path
    name: str
    start: PriorCard
    minutes: float | None = None  # None: MINUTES, or those of the run that is continued
    resume: bool = False
    keep: bool = False  # install what has got worse, too
    device: str = "auto"
    recipe: Recipe = RECIPE
    steps: int = 0  # 0: by the clock


def teach(wish: Wish, stop: Event, say: Say, data_dir: Path | None = None) -> PriorCard | None:
    """The prior that was made and installed, or None where `stop` was set before the time was over.

    Raises: UserError where it cannot begin, where the numbers leave their range, and where the result is
    worse than TOLERATED and not to be kept.
    """
    target = user_folder(data_dir) / free_name(valid_name(wish.name), data_dir)
    settings = _settings(wish, user_folder(data_dir).parent / "lessons" / wish.name)
    device = pick_device(settings.device)
    lesson = gather(settings, device)
    _tell_found(lesson, say)
    _foretell(settings, lesson, pace(_beginner(settings, device), lesson), say)
    trainer = _beginner(settings, device)
    before = worth(trainer, lesson)
    if not _learn(settings, trainer, lesson, stop, say):
        return None
    gain = worth(trainer, lesson) - before
    say(
        tr("Gain: {own:+.2f} dB on your photos kept apart, {drawn:+.2f} dB on drawn pictures.").format(
            **asdict(gain)
        )
    )
    if gain.worst < -TOLERATED and not wish.keep:
        raise UserError("taught_worse", loss=f"{-gain.worst:.2f}", start=Path(settings.start_from).name)
    _install(target, settings, trainer, lesson, gain)
    shutil.rmtree(settings.out, ignore_errors=True)
    return read_card(target)


def _settings(wish: Wish, run: Path) -> RunSettings:
    if wish.resume:
        settings = replace(read_settings(run), out=str(run), device=wish.device)
        if wish.minutes is None:
            return settings
        return replace(settings, budget=replace(settings.budget, minutes=wish.minutes))
    if has_checkpoint(run):
        raise UserError("run_exists", path=run)
    shutil.rmtree(run, ignore_errors=True)
    return RunSettings(
        photos=(str(wish.folder.resolve()),),
        out=str(run),
        start_from=str(wish.start.folder),
        recipe=wish.recipe,
        budget=Budget(MINUTES if wish.minutes is None else wish.minutes, wish.steps),
        device=wish.device,
        photos_mb=_room_mb(),
        checkpoint_every_s=60.0,
    )


def _room_mb() -> int:
    """Megabytes that decoded photos may take."""
    return int(min(_MOST_MB, _SHARE * psutil.virtual_memory().available / 2**20))


def _beginner(settings: RunSettings, device: torch.device) -> Trainer:
    return Trainer(read_prior(Path(settings.start_from)), settings.recipe, device)


def _tell_found(lesson: Lesson, say: Say) -> None:
    words = tr(
        "{found} pictures found: {learn} to learn from, {apart} kept apart to measure; left out are {broken} "
        "that cannot be read and {small} that are too small."
    )
    counts = {"learn": len(lesson.photos), "apart": len(lesson.own), "broken": lesson.broken}
    say(words.format(found=lesson.found, small=lesson.small, **counts))
    if lesson.crowded:
        words = tr("Memory has no room for all of them: {crowded}, drawn at random, are left out as well.")
        say(words.format(crowded=lesson.crowded))


def _foretell(settings: RunSettings, lesson: Lesson, rate: float, say: Say) -> None:
    run = Path(settings.out)
    spent_s = load_checkpoint(run)["seconds"] if has_checkpoint(run) else 0.0
    minutes = max(round(settings.budget.minutes - spent_s / 60, 1), 0.0)
    words = tr(
        "It will take {minutes:g} minutes. This computer learns {rate:.1f} pieces a second, so it will look "
        "at every photo about {times:.0f} times. Ctrl+C stops; the same command with --resume goes on."
    )
    say(words.format(minutes=minutes, rate=rate, times=60 * minutes * rate / len(lesson.photos)))


def _learn(settings: RunSettings, trainer: Trainer, lesson: Lesson, stop: Event, say: Say) -> bool:
    """Run until the time is over; False where it was stopped before, with all that was learnt on the disk."""
    run, begin = Path(settings.out), time.monotonic()
    if has_checkpoint(run):
        state = load_checkpoint(run)
        with damage_told(run):
            trainer.restore(state)
        begin -= state["seconds"]
    write_settings(settings)

    def elapsed() -> float:
        return time.monotonic() - begin

    def hear(_: str) -> None:
        part = settings.budget.progress(elapsed(), trainer.done)
        say(tr("{part:.0%} after {minutes:.1f} minutes").format(part=part, minutes=elapsed() / 60))

    # One photo is enough to watch the run by: what it is worth is measured before and after.
    Loop(settings, trainer, begin, hear).run(lesson.photos, lesson.own[:1], stop)
    if settings.budget.progress(elapsed(), trainer.done) < 1:
        say(tr("Stopped. What was learnt is kept; the same command with --resume goes on."))
        return False
    return True


def _install(target: Path, settings: RunSettings, trainer: Trainer, lesson: Lesson, gain: Worth) -> None:
    start = read_card(Path(settings.start_from))
    words = tr(
        "{start}, taught {count} photos of {folder}: {own:+.2f} dB on others of them, {drawn:+.2f} dB on "
        "drawn pictures."
    )
    folder, count = Path(settings.photos[0]).name, len(lesson.photos)
    facts: dict[str, Any] = {
        "name": target.name,
        "description": words.format(start=start.name, count=count, folder=folder, **asdict(gain)),
        "start": start.name,
        "steps": trainer.done,
        "machine": machine(settings.device),
        "command": f"daps-desktop priors teach {folder} --name {target.name}",
        "taught": {"photos": count, "gain_db": asdict(gain)},
        "measured": {"own photos, dB gained": f"{gain.own:+.2f}", "others": f"{gain.drawn:+.2f}"},
    }
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        write_prior(target, trainer.prior, trainer.ema, facts)
        if (start.folder / CREDITS).is_file():
            shutil.copyfile(start.folder / CREDITS, target / CREDITS)
    except OSError as error:
        raise UserError("prior_write", path=target, detail=said_by_system(error)) from error
