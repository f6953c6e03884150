"""Photos a minute in one process and on a cluster: `python -m tests.benchmarks.cluster_speed [PHOTOS SIDE]`.

The cluster is on this computer, so it cannot be faster than its cores; what is seen is what the way there and
back costs, in seconds of the processors for each photo. Every process has one thread and has restored a photo
before the clock is started.
"""

import os
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

os.environ["OMP_NUM_THREADS"] = "1"

import numpy as np
import psutil
import skimage.data

from daps_desktop.album.backend import Backend, InProcessBackend
from daps_desktop.album.change_log import AlbumLog
from daps_desktop.album.discovery import find_photos
from daps_desktop.album.model import DONE, Album
from daps_desktop.album.runner import run_album
from daps_desktop.cli.local_run import run_local
from daps_desktop.engine.cluster.dask_backend import DaskBackend
from daps_desktop.imaging.formats.writer import write_photo
from daps_desktop.imaging.photo import Photo
from daps_desktop.jobs.damage import Noise
from daps_desktop.jobs.recipe import Recipe
from daps_desktop.jobs.settings import SolverSettings
from daps_desktop.jobs.task import Task
from tests.fakes.yard import Yard

PHOTOS, SIDE = 24, 256
RECIPE = Recipe(Task((Noise(),)), SolverSettings(preset="draft", device="cpu", noise=15.0))


@dataclass(frozen=True, slots=True)
class Speed:
    photos: int
    seconds: float
    seconds_cpu: float  # of all processes that had to do with it

    def line(self, name: str) -> str:
        a_minute = 60 * self.photos / self.seconds
        return f"{name:<22}{a_minute:6.1f} photos a minute{self.seconds_cpu / self.photos:8.2f} s CPU a photo"


def measure(photos: int, side: int, workers: int) -> Speed:
    """`workers` 0: one process, this one."""
    with tempfile.TemporaryDirectory() as name, _backend(Path(name), workers) as backend:
        folder = Path(name)
        warm = _album(folder / "warm", 2 * max(workers, 1), side)
        _run(warm, backend)
        return _timed(_album(folder / "timed", photos, side), backend)


def _timed(album: Album, backend: Backend) -> Speed:
    cpu, started = _cpu_seconds(), time.perf_counter()
    _run(album, backend)
    return Speed(len(album.rows), time.perf_counter() - started, _cpu_seconds() - cpu)


def _run(album: Album, backend: Backend) -> None:
    notes = AlbumLog(Path(album.folder) / "album.json")
    done = run_album(album, backend, notes, lambda _: None, threading.Event())
    assert done.count(DONE) == len(done.rows), [row.reason for row in done.rows]


def _cpu_seconds() -> float:
    own = psutil.Process()
    return sum(sum(process.cpu_times()[:2]) for process in (own, *own.children()))


def _album(folder: Path, count: int, side: int) -> Album:
    folder.mkdir()
    pixels = skimage.data.astronaut()
    for number in range(count):
        top, left = (number * 17) % (pixels.shape[0] - side + 1), (number * 29) % (pixels.shape[1] - side + 1)
        crop = np.ascontiguousarray(pixels[top : top + side, left : left + side])
        write_photo(Photo(crop), folder / f"{number:03}.png")
    out = folder / "out"
    out.mkdir()
    return replace(Album(RECIPE, folder=str(out)), find_scratches=False).with_photos(find_photos(folder))


@contextmanager
def _backend(folder: Path, workers: int) -> Iterator[Backend]:
    if not workers:
        yield InProcessBackend(run_local)
        return
    with closing(Yard(folder / "yard", workers)) as yard:
        yard.wait(workers)
        with closing(DaskBackend(yard.address, print)) as cluster:
            yield cluster


if __name__ == "__main__":
    photos, side = (int(word) for word in sys.argv[1:3]) if len(sys.argv) == 3 else (PHOTOS, SIDE)
    for workers in (0, 1, 2):
        name = f"{workers} workers" if workers else "one process"
        print(measure(photos, side, workers).line(name), flush=True)
