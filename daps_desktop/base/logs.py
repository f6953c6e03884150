"""Logs of a few hundred kilobytes at most: an old one gives way to a new one when a process starts."""

import os
from contextlib import suppress
from pathlib import Path

import platformdirs

from daps_desktop.base.paths import DATA_VARIABLE, make_private, user_folder

ENGINE_LOG = "engine.log"
WINDOW_LOG = "window.log"
MAX_BYTES = 256 * 1024  # bytes
_TAIL = 16 * 1024  # bytes


def log_folder() -> Path:
    """Where logs are written; it may not exist yet."""
    if os.environ.get(DATA_VARIABLE):
        return user_folder() / "logs"
    return Path(platformdirs.user_log_dir("daps-desktop", appauthor=False))


def write_stderr_to(path: Path) -> None:
    """From now on everything this process says to stderr, native code included, ends up in `path`.

    A log that has grown too large becomes NAME.1 first. Where no log can be written stderr stays as it was.
    """
    try:
        _make_room(path)
        file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    except OSError:
        return
    os.dup2(file, 2)
    os.close(file)


def append(path: Path, text: str) -> None:
    """Add `text` to the log; a log that cannot be written is no reason to fail."""
    try:
        _make_room(path)
        with open(path, "a", encoding="utf-8", opener=_private) as file:
            file.write(text)
    except OSError:
        return


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def last_lines(path: Path, count: int) -> str:
    """The last lines of a log, or nothing where there is none."""
    try:
        with path.open("rb") as file:
            size = file.seek(0, os.SEEK_END)
            file.seek(max(0, size - _TAIL))
            words = file.read().decode("utf-8", errors="replace")
    except OSError:
        return ""
    return "\n".join(words.splitlines()[-count:])


def _make_room(path: Path) -> None:
    make_private(path.parent)
    if path.exists() and path.stat().st_size > MAX_BYTES:
        with suppress(OSError):  # Windows moves no file that another window has open
            path.replace(path.with_name(path.name + ".1"))
