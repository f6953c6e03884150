"""Does an installed build work? Each step is a line with its seconds; the exit code is 0 when all went well.

    python packaging/smoke_test.py                    # the `daps-desktop` on the PATH
    python packaging/smoke_test.py dist/daps-desktop/daps-desktop
    python packaging/smoke_test.py python -m daps_desktop

Needs numpy and Pillow. The step with a real window needs Linux, Xvfb, xdotool and the project's dependencies,
and is told as skipped where one of them is missing. The network is cut by `unshare` where that is allowed.
"""

import argparse
import hashlib
import json
import os
import queue
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
import zipfile
from collections.abc import Callable
from contextlib import ExitStack
from io import BytesIO
from pathlib import Path
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray
from PIL import Image

ROOT = Path(__file__).resolve().parents[1]
SAMPLE = ROOT / "resources" / "sample"
PART = (420, 250, 740, 490)  # of the sample, for the window: left, top, right, bottom
START_S, RUN_S, END_S = 180, 1200, 60  # limits, for a machine with other work
READY = {"DAPS_DESKTOP_READY": "1", "PYTHONUNBUFFERED": "1"}
Pixels = NDArray[np.uint8]
Found = TypeVar("Found")


class SmokeError(Exception):
    """What a step found; its words are the last line."""


class Build:
    """The program under test, in an environment where nothing of the user's is touched."""

    def __init__(self, command: list[str], folder: Path) -> None:
        self.command, self.folder = [*_cut_network(), *command], folder
        homes = {name: str(folder / name.lower()) for name in ("HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME")}
        self.environment = {**os.environ, **homes, "DAPS_DESKTOP_DATA": str(folder / "data")}
        self.environment.setdefault("QT_QPA_PLATFORM", "offscreen")
        for home in homes.values():
            Path(home).mkdir(exist_ok=True)

    def run(self, *words: object, code: int = 0, says: str = "") -> str:
        """What a command says. Raises: SmokeError where it ends with another code, or other words."""
        told = subprocess.run(
            [*self.command, *map(str, words)],
            env=self.environment, capture_output=True, text=True, timeout=RUN_S, encoding="utf-8",
        )  # fmt: skip
        if told.returncode != code or says not in told.stderr:
            raise SmokeError(f"{words[0]} ended with {told.returncode}: {told.stderr.strip()[-2000:]}")
        return told.stdout

    def open_window(self, *words: object, **environment: str) -> "Window":
        errors = self.folder / f"errors-{len(list(self.folder.iterdir()))}.txt"
        command = [*self.command, *map(str, words)]
        return Window(command, {**self.environment, **READY, **environment}, errors)


class Window:
    """The program with a window, in a group of its own; `wait` reads the lines that it tells."""

    def __init__(self, command: list[str], environment: dict[str, str], errors: Path) -> None:
        self.began, self.errors = time.monotonic(), errors
        with errors.open("w") as told:
            self.process = subprocess.Popen(
                command,
                env=environment,
                stdout=subprocess.PIPE,
                stderr=told,
                text=True,
                start_new_session=True,
            )
        self._lines: queue.Queue[str] = queue.Queue()
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self._lines.put(line.strip())
        self._lines.put("")

    def wait(self, line: str) -> float:
        """Seconds from the start to that line."""
        while (seen := self._next(line)) != line:
            if not seen:
                raise SmokeError(f"the window ended before it said {line!r}")
        return time.monotonic() - self.began

    def _next(self, line: str) -> str:
        try:
            return self._lines.get(timeout=START_S)
        except queue.Empty:
            raise SmokeError(f"no line {line!r} within {START_S} s") from None

    def end(self) -> None:
        """Ask it to end, as the system does. Raises: SmokeError where it does not answer with 128 + 15."""
        self.process.terminate()
        self.ended(128 + signal.SIGTERM if os.name == "posix" else 1)

    def ended(self, code: int) -> None:
        """Wait for its end. Raises: SmokeError for another exit code, a process left, a bug told."""
        found = self.process.wait(timeout=END_S)
        if found != code:
            raise SmokeError(f"the window ended with {found}, not {code}")
        if "Traceback" in (told := self.errors.read_text(errors="replace")):
            raise SmokeError(told[-2000:])
        if os.name == "posix":
            _until(
                lambda: None if _left_of(self.process.pid) else True, END_S, "for its other processes to end"
            )

    def kill(self) -> None:
        if os.name == "posix" and _left_of(self.process.pid):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.kill()
        self.process.wait()


# Steps


def tells_its_version(build: Build) -> str:
    return build.run("--version").strip()


def lists_its_priors(build: Build) -> str:
    listed = build.run("priors", "list")
    if "photo-" not in listed:
        raise SmokeError(f"no built-in prior among: {listed}")
    build.run("priors", "verify")
    return f"{listed.count('photo-')} built in, checksums right"


def refuses_in_words(build: Build) -> str:
    build.run(
        "restore",
        build.folder / "nowhere.png",
        "-o",
        build.folder / "out.png",
        code=2,
        says="There is no file",
    )
    return "exit code 2 for a photo that is not there"


def fetches_when_asked(build: Build) -> str:
    """All that a connection needs is there, and only the connection is not."""
    if not _cut_network():
        return "not tried: the network is not cut"
    build.run("priors", "fetch", "somebody/something", code=2, says="could not be fetched")
    return "a prior could not be fetched, and it says so"


def restores_the_sample(build: Build) -> str:
    """Read as a TIFF with LZW, written as a PNG: two codecs that are loaded only when asked for."""
    photo, marks, result = (build.folder / name for name in ("sample.tif", "marks.png", "result.png"))
    before, mask = sample()
    Image.fromarray(before).save(photo, compression="tiff_lzw")
    Image.fromarray(mask).save(marks)
    build.run("restore", photo, "-o", result, "--mask", marks, "--preset", "draft", "--device", "cpu")
    return compared(before, np.asarray(Image.open(result)), mask)


def opens_a_window(build: Build) -> str:
    window = build.open_window()
    try:
        painted, answers = window.wait("ready window"), window.wait("ready engine")
        window.end()
    finally:
        window.kill()
    platform = build.environment["QT_QPA_PLATFORM"]
    return f"{platform}: window {painted:.2f} s, engine {answers:.2f} s, nothing left"


def restores_in_a_window(build: Build) -> str:
    """By keys: a project is opened, Ctrl+Return restores, Ctrl+S saves, Ctrl+Q ends."""
    project = build.folder / "part.daps"
    before, mask = write_part(project)
    with ExitStack() as closing:
        display = _display(build.folder, closing)
        window = build.open_window(project, QT_QPA_PLATFORM="xcb", DISPLAY=display)
        closing.callback(window.kill)
        window.wait("ready window")
        window.wait("ready engine")
        keys = _Keys(display)
        keys.press("ctrl+Return")
        after = _until(lambda: keys.press("ctrl+s") or _version_in(project), RUN_S, "for a version")
        keys.press("ctrl+q")
        window.ended(0)
    return compared(before, after, mask)


# Pictures


def sample() -> tuple[Pixels, NDArray[np.bool_]]:
    """The photo that ships with the program and its marks."""
    photo = np.asarray(Image.open(SAMPLE / "sample.jpg").convert("RGB"))
    return photo, np.asarray(Image.open(SAMPLE / "mask.png").convert("L")) > 127


def write_part(path: Path) -> tuple[Pixels, NDArray[np.bool_]]:
    """A project with a part of the sample and its marks."""
    sys.path.insert(0, str(ROOT))
    from daps_desktop.document.project import Project, write_project
    from daps_desktop.document.source import describe_source
    from daps_desktop.imaging.formats.reader import read_photo
    from daps_desktop.jobs.damage import MissingPixels
    from daps_desktop.jobs.recipe import Recipe
    from daps_desktop.jobs.settings import SolverSettings
    from daps_desktop.jobs.task import Task

    left, top, right, bottom = PART
    photo, marks = sample()
    pixels, mask = photo[top:bottom, left:right], marks[top:bottom, left:right]
    photo_path = path.with_suffix(".png")
    Image.fromarray(pixels).save(photo_path)
    opened = read_photo(photo_path)
    recipe = Recipe(Task((MissingPixels(),)), SolverSettings(preset="draft"))
    write_project(Project(opened, describe_source(opened), mask, recipe), path, embed=True)
    return pixels, mask


def compared(before: Pixels, after: Pixels, mask: NDArray[np.bool_]) -> str:
    """Raises: SmokeError where a pixel outside the marks changed, or none inside did."""
    if after.shape != before.shape:
        raise SmokeError(f"the result is {after.shape}, the photo {before.shape}")
    first, second = (hashlib.sha256(image[~mask].tobytes()).hexdigest() for image in (before, after))
    if first != second:
        raise SmokeError(f"untouched pixels differ: {first[:16]} before, {second[:16]} after")
    changed = (before[mask] != after[mask]).any(axis=-1).mean()
    if changed < 0.5:
        raise SmokeError(f"only {changed:.0%} of the marked pixels changed")
    return f"untouched pixels {first[:16]} before and after, {changed:.0%} of the marked ones new"


def _version_in(project: Path) -> Pixels | None:
    with zipfile.ZipFile(project) as file:
        pictures = [name for name in file.namelist() if name.startswith("versions/") and "hole" not in name]
        return np.asarray(Image.open(BytesIO(file.read(pictures[0])))) if pictures else None


# The machine


def _cut_network() -> list[str]:
    """A command before the command, under which there is no network; nothing where that is not possible."""
    unshare = shutil.which("unshare")
    for words in (["-n"], ["-rn"]):
        if unshare and subprocess.run([unshare, *words, "true"], capture_output=True).returncode == 0:
            return [unshare, *words]
    return []


def _left_of(group: int) -> bool:
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    return True


def _display(folder: Path, closing: ExitStack) -> str:
    """The name of a virtual screen that lives as long as `closing`."""
    read, write = os.pipe()
    words = ["Xvfb", "-displayfd", str(write), "-screen", "0", "1280x800x24", "-nolisten", "tcp"]
    with (folder / "xvfb.log").open("w") as log:
        server = subprocess.Popen(words, pass_fds=(write,), stderr=log)
    os.close(write)
    closing.callback(lambda: (server.terminate(), server.wait()))
    with os.fdopen(read) as told:
        return f":{told.readline().strip()}"


class _Keys:
    """Presses keys in the window, which is given the focus first: there is no window manager."""

    def __init__(self, display: str) -> None:
        self.environment = {**os.environ, "DISPLAY": display}
        self.window = _until(self._find, 30, "for the window's title")

    def press(self, keys: str) -> None:
        self._xdotool("windowfocus", "--sync", self.window, "key", "--clearmodifiers", keys)

    def _find(self) -> str | None:
        found = self._xdotool("search", "--onlyvisible", "--name", "part.*DAPS Desktop").split()
        return found[0] if found else None

    def _xdotool(self, *words: str) -> str:
        told = subprocess.run(
            ["xdotool", *words], env=self.environment, capture_output=True, text=True, timeout=30
        )
        return told.stdout


def _until(look: Callable[[], Found | None], limit_s: float, what: str) -> Found:
    end = time.monotonic() + limit_s
    while time.monotonic() < end:
        if (seen := look()) is not None:
            return seen
        time.sleep(1.0)
    raise SmokeError(f"waited {limit_s:.0f} s in vain {what}")


STEPS: dict[str, Callable[[Build], str]] = {
    "version": tells_its_version,
    "priors": lists_its_priors,
    "refusal": refuses_in_words,
    "fetch": fetches_when_asked,
    "start": opens_a_window,
    "sample": restores_the_sample,
    "window": restores_in_a_window,
}


def main() -> int:
    options = argparse.ArgumentParser(description="Does an installed build work?")
    options.add_argument("--steps", default=",".join(STEPS), help="some of: %(default)s")
    options.add_argument("--json", type=Path, help="write the seconds of each step here")
    options.add_argument("command", nargs=argparse.REMAINDER)
    chosen = options.parse_args()
    command = chosen.command or [shutil.which("daps-desktop") or "daps-desktop"]
    seconds: dict[str, float] = {}
    with tempfile.TemporaryDirectory(prefix="daps-smoke-") as folder:
        build = Build(command, Path(folder))
        print(f"{' '.join(build.command)}  ({'no network' if _cut_network() else 'the network is not cut'})")
        for name in chosen.steps.split(","):
            if name == "window" and not (shutil.which("Xvfb") and shutil.which("xdotool")):
                print(f"{name:<10} skipped: there is no Xvfb or no xdotool")
                continue
            began = time.monotonic()
            try:
                found = STEPS[name](build)
            except (SmokeError, OSError, subprocess.SubprocessError) as trouble:
                print(f"{name:<10} FAILED: {trouble}")
                return 1
            seconds[name] = time.monotonic() - began
            print(f"{name:<10} {seconds[name]:7.2f} s  {found}", flush=True)
    if chosen.json:
        chosen.json.write_text(json.dumps(seconds) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
