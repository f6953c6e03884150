"""Two windows work on one project, and share the folder of journals."""

import random
from pathlib import Path

import numpy as np

from daps_desktop.document.journal import journal_folder, unsaved_work
from daps_desktop.document.project import Project, read_project, write_project
from daps_desktop.document.source import describe_source
from daps_desktop.imaging.formats.reader import read_photo
from daps_desktop.jobs.recipe import Recipe
from daps_desktop.ui.common import labels
from tests.faults.killing import holds, recovered
from tests.faults.play import Outcome, Played, family, program
from tests.faults.stage import Scene, Stage, tell

HERE = "tests.faults.two_windows"
FIRST, SECOND, LAST = range(2, 30, 7), range(44, 70, 7), range(90, 120, 7)


def first_scene(stage: Stage, home: str) -> Scene:
    """Paints, waits for the other one to paint, saves, paints on until it is killed."""
    yield from stage.strokes(FIRST)
    yield from _meet(home, "first painted", "second painted")
    stage.trigger("save_project")
    yield lambda: not stage.window.model.unsaved
    yield from _meet(home, "first saved", "second asked")
    yield from stage.strokes(LAST)
    yield 1.0
    tell("ready")
    yield lambda: False


def second_scene(stage: Stage, home: str) -> Scene:
    """Paints, and is asked before it replaces what the first one saved; it leaves that alone."""
    yield from stage.strokes(SECOND)
    yield from _meet(home, "second painted", "first saved")
    stage.trigger("save_project")
    yield from stage.press(labels.CANCEL)
    yield 1.0
    yield from _meet(home, "second asked", "first painted")
    tell("ready")
    yield lambda: False


def _meet(home: str, done: str, awaited: str) -> Scene:
    (Path(home) / done).touch()
    yield (Path(home) / awaited).exists


def one_project(home: Path, _rng: random.Random) -> Outcome:
    """Each window's work is in the project or can be recovered, and is not offered while the window lives."""
    photo = read_photo(family(home))
    mask = np.zeros((photo.height, photo.width), bool)
    work = home / "work.daps"
    write_project(Project(photo, describe_source(photo), mask, Recipe()), work, embed=True)
    outcome = Outcome()
    with (
        program(home, f"{HERE}:first_scene", work, home) as first,
        program(home, f"{HERE}:second_scene", work, home) as second,
    ):
        first.hear("ready")
        second.hear("ready")
        offered = unsaved_work(journal_folder(home / "data"))
        outcome.lost += ["offered while open"] if offered else []
        ended: list[Played] = [first.kill(), second.kill()]
    kept = [read_project(work), *recovered(home / "data", outcome)]
    outcome.lost += [] if len(kept) == 3 else [f"{len(kept) - 1} offers"]
    for line in ended[0].told("stroke") + ended[1].told("stroke"):
        outcome.work += 1
        if not any(holds(project, line) for project in kept):
            outcome.lost.append(f"stroke {line.value}")
    if kept[0].mask[44, 100]:
        outcome.lost.append("what the first one saved")
    outcome.lost += [] if ended[1].told("asked") else ["not asked"]
    outcome.said = ended[0].said + ended[1].said
    return outcome
