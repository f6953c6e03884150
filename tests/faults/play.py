"""Plays a scene in a program of its own, and hears what it reports."""

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from queue import Empty, Queue
from threading import Thread

import numpy as np

from daps_desktop.base.paths import DATA_VARIABLE
from daps_desktop.imaging.formats.writer import write_photo
from daps_desktop.imaging.photo import Photo

START_S = 60.0
SHAPE = (160, 200)


@dataclass(frozen=True, slots=True)
class Line:
    what: str
    at: float  # monotonic
    value: str


@dataclass
class Outcome:
    """What a fault came to; `lost` is empty where nothing was lost, torn, stuck or left unsaid."""

    lost: list[str] = field(default_factory=list[str])
    said: list[str] = field(default_factory=list[str])  # codes of the sentences that the program showed
    work: int = 0  # strokes and versions that were at stake
    oldest_s: float = 0.0  # age of the oldest stroke that is lost, if only such as may be


Fault = Callable[[Path, random.Random], Outcome]  # in an empty folder


@dataclass
class Played:
    """All that a program reported, and how it ended."""

    lines: list[Line]
    code: int
    ended: float  # monotonic

    def told(self, what: str) -> list[Line]:
        return [line for line in self.lines if line.what == what]

    def values(self, what: str) -> list[str]:
        return [line.value for line in self.told(what)]

    @property
    def said(self) -> list[str]:
        return [value.split(":")[0] for value in self.values("error")]

    def faults(self, *expected: str) -> list[str]:
        """What went wrong with the program itself: it is stuck or crashed, or was silent about something."""
        last = self.lines[-1].what if self.lines else "nothing"
        wrong = [] if self.told("done") else [f"ended with {self.code} after {last}"]
        wrong += ["stuck"] if self.told("stuck") else []
        wrong += [f"did not say {code}" for code in expected if code not in self.said]
        return wrong + [f"said {code}" for code in self.said if code not in expected]


class Program:
    """The real program under way, in folders of its own below `home`."""

    def __init__(
        self, home: Path, scene: str, photo: Path, *words: object, load: str = "slow_grey",
        data: Path | None = None,
    ) -> None:  # fmt: skip
        command = (sys.executable, "-m", "tests.faults.stage", scene, load, str(photo), *map(str, words))
        for name in ("config", "temporary"):
            (home / name).mkdir(exist_ok=True)
        environment = {
            **os.environ,
            "QT_QPA_PLATFORM": "offscreen",
            "PYTHONFAULTHANDLER": "1",
            "PYSIDE6_OPTION_LAZY": "0",  # as the program starts; here Qt is imported before it
            DATA_VARIABLE: str(data or home / "data"),
            "XDG_CONFIG_HOME": str(home / "config"),
            "TMPDIR": str(home / "temporary"),
            "HOME": str(home),
        }
        with (home / "stderr").open("ab") as errors:
            self.process = subprocess.Popen(
                command, env=environment, stdout=subprocess.PIPE, stderr=errors, text=True,
                start_new_session=True,
            )  # fmt: skip
        self._waiting: Queue[str] = Queue()
        self._lines: list[Line] = []
        stream = self.process.stdout
        assert stream is not None
        self._reader = Thread(target=lambda: [self._waiting.put(line) for line in stream], daemon=True)
        self._reader.start()

    def hear(self, what: str, timeout_s: float = START_S) -> Line:
        """The next line of that kind. Raises: Empty where none comes."""
        until = time.monotonic() + timeout_s
        while True:
            line = _parsed(self._waiting.get(timeout=max(until - time.monotonic(), 0.01)))
            self._lines.append(line)
            if line.what == what:
                return line

    def kill(self) -> Played:
        """By force, as a power cut would."""
        self.process.send_signal(signal.SIGKILL)
        return self._ended()

    def end(self, timeout_s: float = 300.0) -> Played:
        """All that it told once its scene is over; it is killed where it does not end."""
        try:
            self.process.wait(timeout_s)
        except subprocess.TimeoutExpired:
            self.process.kill()
        return self._ended()

    def _ended(self) -> Played:
        at = time.monotonic()
        self.process.wait()
        self._reader.join(5)
        assert self.process.stdout is not None
        self.process.stdout.close()
        while True:
            try:
                self._lines.append(_parsed(self._waiting.get_nowait()))
            except Empty:
                return Played(self._lines, self.process.returncode, at)


@contextmanager
def program(
    home: Path, scene: str, photo: Path, *words: object, load: str = "slow_grey", data: Path | None = None
) -> Iterator[Program]:
    """A program that is gone at the end, whatever happens."""
    running = Program(home, scene, photo, *words, load=load, data=data)
    try:
        yield running
    finally:
        if running.process.poll() is None:
            running.kill()


def play(
    home: Path, scene: str, photo: Path, *words: object, load: str = "slow_grey", data: Path | None = None
) -> Played:
    """The whole scene, to its end."""
    with program(home, scene, photo, *words, load=load, data=data) as running:
        return running.end()


def family(folder: Path, shape: tuple[int, int] = SHAPE, name: str = "family.png") -> Path:
    """A photo of noise: no file format makes it much smaller."""
    pixels = np.random.default_rng(1).integers(0, 256, (*shape, 3), np.uint8)
    write_photo(Photo(pixels), folder / name)
    return folder / name


def _parsed(line: str) -> Line:
    try:
        what, at, value = line.rstrip("\n").split(" ", 2)
        return Line(what, float(at), value)
    except ValueError:  # the kill came in the middle of it, or somebody else printed it
        return Line("?", 0.0, line)
