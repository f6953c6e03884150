"""A disk runs full while the journal, a version, the project or a result is written to it."""

import random
from collections.abc import Callable
from pathlib import Path

import numpy as np

from daps_desktop.document.journal import journal_folder
from daps_desktop.document.spool import MIN_BYTES
from daps_desktop.imaging.formats.reader import read_photo
from tests.faults.disks import clear, fill, small_disk
from tests.faults.killing import after_kill
from tests.faults.play import Outcome, Played, family, play, program
from tests.faults.stage import Scene, Stage, tell

MB = 2**20
LARGE = (700, 800)  # height and width: above SMALLEST, so that versions go to the disk
FIRST, MORE, LAST = range(2, 40, 7), range(44, 90, 7), range(100, 140, 7)
HERE = "tests.faults.full_disk"


# In the window


def journal_scene(stage: Stage, home: str, disk: str, leave: str) -> Scene:
    """The journal's disk runs full between two strokes; it is saved elsewhere, there is room again."""
    yield from stage.strokes(FIRST)
    fill(Path(disk), int(leave))
    yield from stage.strokes(MORE)
    rng = np.random.default_rng(2)
    for _ in range(4):  # marks that take some room
        stage.window.model.set_mask(stage.hole | (rng.random(stage.hole.shape) < 0.5), "speckle")
        yield 0.2
        stage.window.model.undo()
        yield 0.2
    clear(Path(disk))
    yield from stage.save(Path(home) / "work.daps")
    yield from stage.strokes(LAST)
    yield 1.0
    tell("ready")


def version_scene(stage: Stage, home: str, disk: str, leave: str) -> Scene:
    """There is no room for the pixels of a version; strokes after it are kept all the same."""
    yield from stage.strokes(FIRST)
    fill(Path(disk), int(leave))
    yield from stage.run()
    yield lambda: "journal_failed" in stage.errors
    yield from stage.strokes(MORE)
    yield from stage.export(Path(home) / "result.png")
    yield 1.0
    tell("ready")
    yield lambda: False


def project_scene(stage: Stage, home: str, disk: str, leave: str) -> Scene:
    """A project is saved again where there is no more room, and once more when there is."""
    path = Path(disk) / "work.daps"
    yield from stage.strokes(FIRST)
    yield from stage.save(path)
    before = path.read_bytes()
    fill(Path(disk), int(leave))
    yield from stage.run()
    yield from stage.strokes(MORE)
    yield from stage.save(path)
    tell("intact", path.read_bytes() == before)
    clear(Path(disk))
    yield from stage.save(path)
    _copy(path, home)


def export_scene(stage: Stage, home: str, disk: str, leave: str) -> Scene:
    """The same with a result."""
    path = Path(disk) / "result.png"
    yield from stage.strokes(FIRST)
    yield from stage.run()
    yield from stage.export(path)
    before = path.read_bytes()
    fill(Path(disk), int(leave))
    yield from stage.export(path)
    tell("intact", path.read_bytes() == before)
    clear(Path(disk))
    yield from stage.export(path)
    tell("intact", sorted(p.name for p in Path(disk).iterdir()) == ["result.png", "result.png.daps.json"])
    _copy(path, home)


def _copy(path: Path, home: str) -> None:
    (Path(home) / path.name).write_bytes(path.read_bytes())


# From outside


def journal(home: Path, rng: random.Random) -> Outcome:
    """Nothing is lost, and nothing is left to recover once all is saved and the window closed."""
    with small_disk(home / "small", MB) as disk:
        words = home, disk, rng.randrange(3 * 4096)
        played = play(home, f"{HERE}:journal_scene", family(home), *words, data=disk / "data")
        outcome = Outcome(played.faults("journal_failed"), played.said, len(played.told("stroke")))
        left = list(journal_folder(disk / "data").iterdir())
        outcome.lost += [f"{len(left)} journals are left"] if left else []
    saved = after_kill(home, Played([line for line in played.told("stroke") if int(line.value) not in LAST],
                                    0, played.ended + 1))  # fmt: skip
    outcome.lost += saved.lost
    return outcome


def version(home: Path, rng: random.Random) -> Outcome:
    """The version stays and can be exported; strokes after it survive a kill."""
    with small_disk(home / "small", 4 * MB) as disk:
        words = home, disk, rng.randrange(20 * 4096, MIN_BYTES)
        photo = family(home, LARGE)
        load = "slow_noise"
        with program(home, f"{HERE}:version_scene", photo, *words, data=disk / "data", load=load) as running:
            running.hear("ready")
            played = running.kill()
        strokes = Played([line for line in played.lines if line.what != "version"], played.code, played.ended)
        outcome = after_kill(home, strokes, disk / "data")
    outcome.lost += [] if played.said == ["journal_failed"] else [f"said {played.said}"]
    result = read_photo(home / "result.png")
    outcome.lost += [] if np.ptp(result.pixels[FIRST[0], 200:500]) > 200 else ["the result"]
    return outcome


def project(home: Path, rng: random.Random) -> Outcome:
    return _saved(home, project_scene, rng.randrange(4096, 96 * 1024))


def export(home: Path, rng: random.Random) -> Outcome:
    return _saved(home, export_scene, rng.randrange(60 * 1024))


def _saved(home: Path, scene: Callable[..., Scene], leave: int) -> Outcome:
    with small_disk(home / "small", MB) as disk:
        played = play(home, f"{HERE}:{scene.__name__}", family(home), home, disk, leave)
    outcome = after_kill(home, played) if scene is project_scene else Outcome(said=played.said)
    outcome.lost += played.faults("save_failed")
    outcome.lost += ["what was there before"] if "False" in played.values("intact") else []
    outcome.lost += [] if played.told("intact") else ["no second try"]
    return outcome
