"""The engine dies, has no memory or loses its card: the window and the next run do not mind."""

import os
import random
import signal
import time
from pathlib import Path

import psutil

from daps_desktop.jobs.damage import MissingPixels, Noise
from daps_desktop.jobs.task import Task
from tests.faults.killing import after_kill
from tests.faults.play import Outcome, family, play
from tests.faults.stage import Scene, Stage

HERE = "tests.faults.engines_hurt"
ROWS, MORE = range(2, 30, 7), range(44, 90, 7)
LARGE = (3000, 4000)  # height and width: twelve megapixels
DEATHS = ("SIGABRT", "SIGSEGV", "SIGKILL")


def death_scene(stage: Stage, home: str, name: str, after_s: str) -> Scene:
    """A run whose process dies while strokes go on, and another run."""
    stage.draft()
    yield from stage.strokes(ROWS)
    stage.trigger("restore")
    yield lambda: stage.window.job.progress is not None or not stage.window.job.running
    until = time.monotonic() + float(after_s)
    rows = iter(MORE)
    while time.monotonic() < until:
        yield from stage.stroke(next(rows, 97))
    for process in _engines():
        os.kill(process.pid, signal.Signals[name])
    yield lambda: not stage.window.job.running
    yield from stage.run()
    yield from stage.save(Path(home) / "work.daps")


def _engines() -> list[psutil.Process]:
    """The process that computes; the other child of multiprocessing only keeps count of shared things."""
    children = psutil.Process().children()
    return [child for child in children if "spawn_main" in " ".join(child.cmdline())]


def card_scene(stage: Stage, home: str) -> Scene:
    """Runs until one comes to a version."""
    yield from stage.strokes(ROWS)
    stage.draft()
    for _ in range(3):
        yield from stage.run()
        if stage.window.model.document.versions:
            break
    yield from stage.save(Path(home) / "work.daps")


def memory_scene(stage: Stage, home: str) -> Scene:
    """The whole of a large photo, for which there is no room; then a few marks, for which there is."""
    stage.draft()
    model = stage.window.model
    model.set_task(Task((Noise(),)))
    yield from stage.run()
    model.set_task(Task((MissingPixels(),)))
    stage.dot(1500, 2000)
    yield from stage.run()


# From outside


def death(home: Path, rng: random.Random, name: str, load: str = "slower_grey") -> Outcome:
    """By that signal, at any moment of the run."""
    words = home, name, rng.uniform(0, 1)
    played = play(home, f"{HERE}:death_scene", family(home), *words, load=load)
    outcome = after_kill(home, played)
    outcome.lost += played.faults("engine_died")
    outcome.lost += [] if played.told("version") else ["no version afterwards"]
    return outcome


def real_death(home: Path, rng: random.Random) -> Outcome:
    """The real engine; by force, as the system does it that has no more memory."""
    return death(home, rng, "SIGKILL", "real")


def small_card(home: Path, _rng: random.Random) -> Outcome:
    return _card(home, "small_card")


def lost_card(home: Path, _rng: random.Random) -> Outcome:
    return _card(home, "lost_card", "device_lost")


def _card(home: Path, load: str, *expected: str) -> Outcome:
    played = play(home, f"{HERE}:card_scene", family(home), home, load=load)
    outcome = after_kill(home, played)
    outcome.lost += played.faults(*expected)
    outcome.lost += [] if played.told("version") else ["no version"]
    return outcome


def half_the_memory(home: Path, _rng: random.Random) -> Outcome:
    played = play(home, f"{HERE}:memory_scene", family(home, LARGE), home, load="short_of_memory")
    outcome = Outcome(played.faults("memory_short"), played.said, len(played.told("stroke")))
    outcome.lost += [] if played.told("version") else ["no version of the few marks"]
    return outcome
