"""Kill -9 at a moment no one chose, then look what is left."""

import random
import time
from itertools import cycle
from pathlib import Path

import numpy as np

from daps_desktop.base.errors import UserError
from daps_desktop.document.journal import journal_folder, recover, unsaved_work
from daps_desktop.document.project import Project, read_project
from daps_desktop.document.sidecar import read_sidecar
from daps_desktop.imaging.formats.reader import read_photo
from tests.faults.play import Line, Outcome, Played, family, program
from tests.faults.stage import Scene, Stage

WORK = ("paint", "run", "save", "export")
ENDINGS = (".png", ".tif", ".jpg", ".webp")
ALLOWED_S = 0.5  # what was done so short a time before may be lost
LONGEST_S = 2.5  # of work before the kill


def restless(stage: Stage, what: str, folder: str) -> Scene:
    """Stroke after stroke, and whatever `what` asks for beside it, until somebody kills it."""
    if what == "export":
        yield from stage.stroke(2)
        yield from stage.run()
    for k, row in enumerate(cycle(range(2, stage.hole.shape[0] - 4, 7))):
        yield from stage.stroke(row)
        if what == "run" and not stage.window.job.running:
            stage.trigger("restore")
        if what == "save":
            yield from stage.save(Path(folder) / "work.daps")
        if what == "export":
            yield from stage.export(Path(folder) / f"result{ENDINGS[k % len(ENDINGS)]}")


def kill_once(home: Path, rng: random.Random, what: str) -> Outcome:
    """Run the program in the empty folder `home`, kill it, and compare what it told with what is left."""
    photo = family(home)
    before = photo.read_bytes()
    with program(home, "tests.faults.killing:restless", photo, what, home) as running:
        running.hear("exported" if what == "export" else "stroke")
        time.sleep(rng.uniform(0, LONGEST_S))
        played = running.kill()
    outcome = after_kill(home, played)
    if photo.read_bytes() != before:
        outcome.lost.append("the photo was changed")
    return outcome


def after_kill(home: Path, played: Played, data: Path | None = None) -> Outcome:
    """What the program told and what of it can still be had, from the project and the journal."""
    outcome = Outcome(said=played.said, work=len(played.told("stroke") + played.told("version")))
    kept = [*_saved(home, outcome), *recovered(data or home / "data", outcome)]
    for line in played.told("stroke") + played.told("version"):
        if not any(holds(project, line) for project in kept):
            age = played.ended - line.at
            outcome.oldest_s = max(outcome.oldest_s, age)
            if age > ALLOWED_S:
                outcome.lost.append(f"{line.what} {line.value}")
    outcome.lost += torn(home)
    return outcome


def _saved(home: Path, outcome: Outcome) -> list[Project]:
    projects: list[Project] = []
    for path in home.glob("*.daps"):
        try:
            projects.append(read_project(path))
        except UserError as error:
            outcome.lost.append(str(error))
    return projects


def recovered(data: Path, outcome: Outcome) -> list[Project]:
    """All that the next start would offer to go on with."""
    projects: list[Project] = []
    for found in unsaved_work(journal_folder(data)):
        try:
            projects.append(recover(found.folder).project)
        except UserError as error:
            outcome.lost.append(str(error))
    return projects


def holds(project: Project, line: Line) -> bool:
    """Whether the stroke or version that a line tells of is in there."""
    if line.what == "version":
        return any(version.number == int(line.value) for version in project.versions)
    width = project.mask.shape[1]
    return bool(project.mask[int(line.value), int(width * 0.4) : int(width * 0.6)].all())


def torn(home: Path) -> list[str]:
    """Pictures and reports among the results that do not open again."""
    wrong: list[str] = []
    for path in home.iterdir():
        try:
            if path.suffix in ENDINGS:
                assert np.ptp(read_photo(path).pixels) > 0
            elif path.name.endswith(".daps.json"):
                read_sidecar(path)
        except (UserError, AssertionError) as error:
            wrong.append(f"{path.name}: {error}")
    return wrong
