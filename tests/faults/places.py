"""What the window works with is taken away: folders become read-only, the photo changes or goes."""

import random
from pathlib import Path

import numpy as np

from daps_desktop.document.project import read_project
from daps_desktop.imaging.formats.reader import read_photo
from tests.faults.disks import read_only, small_disk
from tests.faults.killing import after_kill
from tests.faults.play import Outcome, family, play, program
from tests.faults.stage import Scene, Stage, tell

HERE = "tests.faults.places"
ROWS, MORE = range(2, 30, 7), range(44, 70, 7)
HURTS = ("deleted", "cut off", "overwritten", "replaced by another photo", "replaced by a folder")


def read_only_scene(stage: Stage, home: str, disk: str) -> Scene:
    """Results and the project cannot lie next to the photo, and go elsewhere."""
    yield from stage.strokes(ROWS)
    yield from stage.run()
    yield from stage.save(Path(disk) / "work.daps")
    yield from stage.export(Path(disk) / "result.png")
    yield from stage.save(Path(home) / "work.daps")
    yield from stage.export(Path(home) / "result.png")


def no_data_scene(stage: Stage, home: str) -> Scene:
    """No journal can be written at all; everything else goes on."""
    yield lambda: "journal_failed" in stage.errors
    yield from stage.strokes(ROWS)
    yield from stage.run()
    yield from stage.export(Path(home) / "result.png")


def photo_scene(stage: Stage, home: str, hurt: str) -> Scene:
    """Painted, hurt, painted again, run, exported; then a save, and a stroke that only the journal has."""
    yield from stage.strokes(ROWS)
    _hurt(Path(home) / "photos" / "family.png", hurt)
    yield from stage.strokes(MORE)
    yield from stage.run()
    yield from stage.export(Path(home) / "result.png")
    yield from stage.save(Path(home) / "work.daps")
    yield from stage.stroke(90)
    yield 1.0
    tell("ready")
    yield lambda: False


def _hurt(photo: Path, hurt: str) -> None:
    data = photo.read_bytes()
    photo.unlink()
    if hurt == "cut off":
        photo.write_bytes(data[: len(data) // 2])
    elif hurt == "overwritten":
        photo.write_bytes(bytes(len(data)))
    elif hurt == "replaced by another photo":
        family(photo.parent, (100, 90))
    elif hurt == "replaced by a folder":
        photo.mkdir()


# From outside


def read_only_folder(home: Path, _rng: random.Random) -> Outcome:
    with small_disk(home / "small", 2**20) as disk:
        photo = family(disk)
        with read_only(disk):
            played = play(home, f"{HERE}:read_only_scene", photo, home, disk)
    outcome = after_kill(home, played)
    outcome.lost += played.faults("save_failed")
    outcome.lost += [] if played.values("exported") == [str(home / "result.png")] else ["the result"]
    return outcome


def read_only_data(home: Path, _rng: random.Random) -> Outcome:
    with small_disk(home / "small", 2**20) as disk, read_only(disk):
        played = play(home, f"{HERE}:no_data_scene", family(home), home, data=disk / "data")
    outcome = Outcome(played.faults("journal_failed"), played.said, len(played.told("stroke")))
    outcome.lost += [] if played.told("exported") else ["the result"]
    return outcome


def photo_hurt(home: Path, rng: random.Random) -> Outcome:
    """The project and the result hold the photo as it was when it was opened."""
    (home / "photos").mkdir()
    photo = family(home / "photos")
    pixels, hurt = read_photo(photo).pixels, rng.choice(HURTS)
    with program(home, f"{HERE}:photo_scene", photo, home, hurt) as running:
        running.hear("ready")
        played = running.kill()
    outcome = after_kill(home, played)
    project = read_project(home / "work.daps")
    unmarked, result = ~project.mask, read_photo(home / "result.png").pixels
    if not np.array_equal(project.photo.pixels, pixels):
        outcome.lost.append(f"{hurt}: the photo in the project")
    if not np.array_equal(result[unmarked], pixels[unmarked]):
        outcome.lost.append(f"{hurt}: the result")
    return outcome
