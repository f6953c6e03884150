"""Kill -9 at a moment nobody chose, then look what is left."""

import os
import random
import signal
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from queue import Empty, Queue
from threading import Thread

import numpy as np

from daps_desktop.core.journal import journal_folder, recover, unsaved_work
from daps_desktop.core.photo import Photo
from daps_desktop.core.photo_writer import write_photo
from daps_desktop.core.project import read_project
from daps_desktop.core.user_folder import DATA_VARIABLE

START_S = 60.0
ALLOWED_S = 0.5  # what was done so short a time before may be lost
LONGEST_S = 2.5  # of work before the kill


@dataclass
class Loss:
    """What one kill cost; `wrong` is empty where nothing older than half a second was lost."""

    strokes: int
    versions: int
    wrong: list[str] = field(default_factory=list)
    lost_s: float = 0.0  # age of the oldest thing that is lost


def kill_once(folder: Path, what: str, rng: random.Random) -> Loss:
    """Run the program in the empty `folder`, kill it, and compare what it told with what is left."""
    photo = folder / "family.png"
    rows, cols = np.mgrid[:160, :200]
    pixels = np.stack([rows, cols, (rows * 7 + cols * 3) % 256], axis=-1).astype(np.uint8)
    write_photo(Photo(pixels), photo)
    told, killed = _until_killed(folder, photo, what, rng.uniform(0.3, LONGEST_S))
    return _left(folder, told, killed)


def _until_killed(
    folder: Path, photo: Path, what: str, work_s: float
) -> tuple[list[tuple[str, float, int]], float]:
    """What the program told, as (what, when, value), and when it was killed."""
    command = (sys.executable, "-m", "tests.faults.program", str(photo), str(folder / "work.daps"), what)
    environment = {
        **_environment(),
        DATA_VARIABLE: str(folder / "data"),
        "XDG_CONFIG_HOME": str(folder / "config"),
    }
    process = subprocess.Popen(
        command, env=environment, stdout=subprocess.PIPE, text=True, start_new_session=True
    )
    assert process.stdout is not None
    lines: Queue[str] = Queue()
    stream = process.stdout
    reader = Thread(target=lambda: [lines.put(line) for line in stream], daemon=True)
    reader.start()
    try:
        first = lines.get(timeout=START_S)
        time.sleep(work_s)
    finally:
        process.send_signal(signal.SIGKILL)
        killed = time.monotonic()
        process.wait()
    reader.join(5)
    stream.close()
    return [_parsed(line) for line in (first, *_drained(lines))], killed


def _environment() -> dict[str, str]:
    return {**os.environ, "QT_QPA_PLATFORM": "offscreen"}


def _drained(lines: "Queue[str]") -> list[str]:
    drained: list[str] = []
    while True:
        try:
            drained.append(lines.get_nowait())
        except Empty:
            return drained


def _parsed(line: str) -> tuple[str, float, int]:
    what, when, value = line.split()
    return what, float(when), int(value)


def _left(folder: Path, told: list[tuple[str, float, int]], killed: float) -> Loss:
    hole = np.zeros((160, 200), bool)
    versions: set[int] = set()
    work = folder / "work.daps"
    wrong: list[str] = []
    if work.exists():
        project = read_project(work)  # whole, or this raises
        hole |= project.hole
        versions |= {version.number for version in project.versions}
    for found in unsaved_work(journal_folder(folder / "data")):
        recovered = recover(found.folder).project
        hole |= recovered.hole
        versions |= {version.number for version in recovered.versions}
    lost = [(what, when, value) for what, when, value in told if not _kept(what, value, hole, versions)]
    wrong += [f"{what} {value}" for what, when, value in lost if killed - when > ALLOWED_S]
    oldest = max((killed - when for _, when, _ in lost), default=0.0)
    strokes = sum(what == "stroke" for what, _, _ in told)
    return Loss(strokes, len(versions), wrong, oldest)


def _kept(what: str, value: int, hole: np.ndarray, versions: set[int]) -> bool:
    if what == "stroke":
        return bool(hole[value, 80:120].all())
    return what != "version" or value in versions
