"""Days of work in a few minutes: does the program grow?

    python -m tests.faults.long_use [PART...] [COUNT]

`album` restores COUNT small photos with the real engine; `paint` draws COUNT strokes on 24 megapixels by the
mouse, with undo, redo and a run now and then; `runs` makes COUNT versions; `opens` opens COUNT photos. The
engine of the last three fills with grey. Memory is followed, a line is fitted to it after the first quarter,
and at the end, with nothing open again, files, threads and processes are counted as at the beginning.
"""

import ctypes
import gc
import os
import random
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import psutil
from PySide6.QtCore import QPointF
from PySide6.QtTest import QTest

from daps_desktop.album.model import DONE
from daps_desktop.base.paths import user_folder
from daps_desktop.jobs.damage import Noise
from daps_desktop.jobs.recipe import Recipe
from daps_desktop.jobs.settings import SolverSettings
from daps_desktop.jobs.task import Task
from tests.faults.play import Played, family, program
from tests.faults.stage import LEFT, NO_KEY, Scene, Stage, tell

HERE = "tests.faults.long_use"
PARTS = {"album": 500, "paint": 4800, "runs": 300, "opens": 60}  # eight hours: a stroke every six seconds
UNITS = {"album": 100, "paint": 1000, "runs": 100, "opens": 100}  # the slope is told for so many
SIZES = {"album": (128, 160), "paint": (4000, 6000), "runs": (1000, 1200), "opens": (1000, 1200)}
SAMPLES = 60  # of the memory, in all
COUNTED = ("open files", "threads", "processes", "nameless maps", "temporary files")
_SMALLEST, _LARGEST = 96, 128  # sides of the album's photos
_MB = 2**20
_REST_S = 0.5


# In the window


def album(stage: Stage, home: str, count: str) -> Scene:
    photos = [_small(Path(home) / "album", k) for k in range(int(count))]
    control = stage.window.album
    control.show()
    model = control.album
    assert model is not None
    recipe = Recipe(Task((Noise(),)), SolverSettings(preset="draft"))
    model.change(replace(model.album, recipe=recipe, folder=home, find_scratches=False))
    control.add(photos)
    yield from _closed(stage)
    model.start()
    for done in _steps(len(photos)):
        yield lambda done=done: model.album.count(DONE) >= done or not model.running
        _sample(model.album.count(DONE))
    yield lambda: not model.running
    yield from _ended(stage)


def paint(stage: Stage, home: str, count: str) -> Scene:
    yield from _warmed_up(stage)
    rng, samples = random.Random(5), set(_steps(int(count)))
    for k in range(1, int(count) + 1):
        _stroke(stage, rng)
        if k % 3 == 0:
            stage.trigger("undo")
        if k % 9 == 0:
            stage.trigger("redo")
        if k % 50 == 0:
            _look_elsewhere(stage, rng)
        if k % 400 == 100:
            yield from stage.run()
        yield 0
        if k in samples:
            yield from _at_rest()
            _sample(k)
    yield from _ended(stage)


def runs(stage: Stage, home: str, count: str) -> Scene:
    yield from _warmed_up(stage)
    rng, samples = random.Random(6), set(_steps(int(count)))
    for k in range(1, int(count) + 1):
        _stroke(stage, rng)
        yield from stage.run()
        if k % 3 == 0:
            stage.trigger("undo")
            stage.trigger("previous_version")
        if k % 20 == 0:
            yield from stage.export(Path(home) / "result.png")
        if k % 50 == 0:
            yield from stage.save(Path(home) / "work.daps")
        if k in samples:
            yield from _at_rest()
            _sample(k)
    yield from _ended(stage)


def opens(stage: Stage, home: str, count: str) -> Scene:
    photo = _photo_of(stage)
    yield from _worked_once(stage)
    rng, samples = random.Random(7), set(_steps(int(count)))
    for k in range(1, int(count) + 1):
        stage.window.open(photo)
        yield lambda: stage.window.model.document is not None
        yield 0.3
        _stroke(stage, rng)
        yield from stage.run()
        yield from stage.export(Path(home) / "result.png")
        yield from _closed(stage)
        if k in samples:
            yield from _at_rest()
            _sample(k)
    yield from _ended(stage)


def _photo_of(stage: Stage) -> Path:
    document = stage.window.model.document
    assert document is not None and document.photo.path is not None
    return document.photo.path


def _small(folder: Path, number: int) -> Path:
    folder.mkdir(exist_ok=True)
    rng = random.Random(number)
    shape = rng.randint(_SMALLEST, _LARGEST), rng.randint(_SMALLEST, _LARGEST)
    return family(folder, shape, f"photo-{number:03}.png")


def _steps(count: int) -> Sequence[int]:
    """When memory is looked at."""
    return [round(count * k / SAMPLES) for k in range(1, SAMPLES + 1) if count * k >= SAMPLES]


def _stroke(stage: Stage, rng: random.Random) -> None:
    """Ten movements of the mouse, anywhere that can be seen."""
    canvas = stage.window.canvas
    width, height = canvas.width(), canvas.height()
    at = QPointF(rng.uniform(0.2, 0.8) * width, rng.uniform(0.2, 0.8) * height)
    QTest.mousePress(canvas, LEFT, NO_KEY, at.toPoint())
    for _ in range(10):
        at += QPointF(rng.uniform(-20, 20), rng.uniform(-20, 20))
        QTest.mouseMove(canvas, at.toPoint())
    QTest.mouseRelease(canvas, LEFT, NO_KEY, at.toPoint())


def _look_elsewhere(stage: Stage, rng: random.Random) -> None:
    stage.trigger(rng.choice(("zoom_in", "zoom_in", "zoom_out", "fit", "actual")))


def _worked_once(stage: Stage) -> Scene:
    """All that is only loaded or made when it is first used has been; then count."""
    yield from stage.stroke(50)
    yield from stage.run()
    yield from stage.export(_photo_of(stage).with_name("first.png"))
    yield from _closed(stage)


def _warmed_up(stage: Stage) -> Scene:
    """Worked once, and the photo is open again."""
    photo = _photo_of(stage)
    yield from _worked_once(stage)
    stage.window.open(photo)
    yield lambda: stage.window.model.document is not None
    yield 0.5


def _closed(stage: Stage) -> Scene:
    """Nothing is open any more."""
    stage.window.model.mark_saved()
    stage.trigger("close")
    yield lambda: stage.window.model.document is None
    yield from _calm()


def _ended(stage: Stage) -> Scene:
    if stage.window.model.document is not None:
        yield from _closed(stage)
    else:
        yield from _calm()


def _calm() -> Scene:
    yield 0.6
    gc.collect()
    yield 0.2
    _census()


def _at_rest() -> Scene:
    """Until nothing is being packed for the journal: what waits for that in memory is no growth."""
    used, now = -1.0, _busy()
    while now - used > _REST_S / 10:
        yield _REST_S
        used, now = now, _busy()


def _busy() -> float:
    """Seconds that this process has computed so far."""
    times = psutil.Process().cpu_times()
    return times.user + times.system


def _sample(done: int) -> None:
    gc.collect()
    with suppress(OSError, AttributeError):  # what the allocator only keeps for later does not count
        ctypes.CDLL(None).malloc_trim(0)
    own, engine = _anonymous(os.getpid()), sum(_anonymous(p.pid) for p in psutil.Process().children())
    tell("sample", f"{done} {own:.1f} {psutil.Process().memory_info().rss / _MB:.1f} {engine:.1f}")


def _anonymous(pid: int) -> float:
    """Megabytes that a process holds for itself; pixels that are mapped from files are not among them."""
    for line in Path(f"/proc/{pid}/status").read_text(encoding="utf-8").splitlines():
        if line.startswith("RssAnon"):
            return int(line.split()[1]) / 1024
    return 0.0


def _census() -> None:
    """Open files, threads, processes, mapped files without a name, and temporary files."""
    this = psutil.Process()
    nameless = sum(line.endswith("(deleted)") for line in Path("/proc/self/maps").read_text().splitlines())
    places = (Path(tempfile.gettempdir()), user_folder() / "spool", user_folder() / "journal")
    files = [path for place in places for path in place.rglob("*")]
    tell("census", f"{this.num_fds()} {this.num_threads()} {len(this.children())} {nameless} {len(files)}")
    tell("left", " ".join(str(path) for path in files))


# From outside


@dataclass(frozen=True, slots=True)
class Growth:
    """Megabytes for so many photos, strokes or runs, after the first quarter, and what is left at the end."""

    part: str
    count: int
    seconds: float
    first_mb: float
    last_mb: float
    slope: float  # of the window's own memory
    rss_slope: float
    engine_slope: float
    before: str
    after: str
    wrong: list[str]

    @property
    def left(self) -> list[str]:
        """What there is more of at the end than there was at first."""
        pairs = zip(COUNTED, self.before.split(), self.after.split(), strict=True)
        return [f"{int(now) - int(then)} {name}" for name, then, now in pairs if int(now) > int(then)]

    @property
    def line(self) -> str:
        unit = UNITS[self.part]
        memory = f"{self.first_mb:.0f} → {self.last_mb:.0f} MB"
        return (
            f"| {self.part} | {self.count} | {self.seconds / 60:.0f} min | {memory} "
            f"| {self.slope:+.1f} / {self.rss_slope:+.1f} / {self.engine_slope:+.1f} MB for {unit} "
            f"| {self.before} | {', '.join(self.left) or 'nothing'} | {', '.join(self.wrong) or 'nothing'} |"
        )  # fmt: skip


HEAD = (
    "| part | times | took | window's own memory | slope: own / with mapped files / engine "
    f"| {', '.join(COUNTED)}: at first | more at the end | went wrong |"
)


def grown(home: Path, part: str, count: int) -> Growth:
    """Work that long in the empty folder `home`."""
    (home / "photo").mkdir()
    photo, started = family(home / "photo", SIZES[part]), time.monotonic()
    load = "real" if part == "album" else "grey"
    with program(home, f"{HERE}:{part}", photo, home, count, load=load) as running:
        played = running.end(timeout_s=7200)
    return _growth(part, count, time.monotonic() - started, played)


def _growth(part: str, count: int, seconds: float, played: Played) -> Growth:
    rows = np.array([[float(word) for word in value.split()] for value in played.values("sample")])
    late = rows[len(rows) // 4 :]
    slopes = [slope(late[:, 0], late[:, k]) * UNITS[part] for k in (1, 2, 3)]
    census = played.values("census")
    return Growth(
        part, count, seconds, late[0, 1], late[-1, 1], *slopes, census[0], census[-1], played.faults()
    )


def slope(done: np.ndarray, memory: np.ndarray) -> float:
    """Megabytes a piece, by least squares; nothing can be said from a single look."""
    return float(np.polyfit(done, memory, 1)[0]) if len(done) > 1 else 0.0


def main() -> int:
    words = sys.argv[1:]
    count = int(words.pop()) if words and words[-1].isdigit() else 0
    print(HEAD + "\n" + "|---" * 8 + "|", flush=True)
    wrong = 0
    for part in words or PARTS:
        with tempfile.TemporaryDirectory() as folder:
            growth = grown(Path(folder), part, count or PARTS[part])
        print(growth.line, flush=True)
        wrong += len(growth.wrong) + len(growth.left)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
