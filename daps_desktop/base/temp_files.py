"""Files of the moment: for the eyes of their owner alone, gone at the end, or else at the next start.

A lock tells whether their program still lives; the system takes it away however that ends. What is younger
than a minute is left alone all the same, as its maker may be about to take the lock.
"""

import os
import re
import shutil
import tempfile
import time
from collections.abc import Generator, Iterator
from contextlib import contextmanager, suppress
from functools import lru_cache
from pathlib import Path
from secrets import token_hex
from typing import BinaryIO

from daps_desktop.base.locks import FolderLock, lock_file
from daps_desktop.base.paths import make_private, user_folder

_FRESH_S = 60.0
_NAME = re.compile(r"\.daps-[0-9a-f]{16}\.tmp")
_BINARY = getattr(os, "O_BINARY", 0)


def open_temporary(folder: Path) -> tuple[Path, BinaryIO]:
    """A new private file in a folder of the user's, to be renamed or removed; locked while it is open.

    What a crash left there before is removed first. Raises: OSError.
    """
    _tidy(folder)
    path = folder / f".daps-{token_hex(8)}.tmp"
    file = os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | _BINARY, 0o600), "wb")
    with suppress(OSError):  # a network drive may have no locks; there nothing is ever taken for left behind
        lock_file(file.fileno())
    return path, file


@lru_cache(maxsize=256)
def _tidy(folder: Path) -> None:
    """Once for each folder while the program runs: it may hold 100,000 photos."""
    with suppress(OSError), os.scandir(folder) as entries:
        for entry in entries:
            if _NAME.fullmatch(entry.name) and entry.is_file(follow_symlinks=False):
                _remove_if_left(Path(entry.path))


def _remove_if_left(path: Path) -> None:
    with suppress(OSError):
        if _fresh(path):
            return
        descriptor = os.open(path, os.O_RDWR | _BINARY)
        try:
            lock_file(descriptor)
        finally:
            os.close(descriptor)
        path.unlink()


@contextmanager
def temporary_folder() -> Generator[Path]:
    """A private folder of the program's own, until the block ends. Raises: OSError."""
    try:
        home = make_private(user_folder() / "temporary")
        folder = make_private(home / token_hex(8))
    except OSError:  # no room for anything at home; there may be some in the system's folder
        with tempfile.TemporaryDirectory(prefix="daps-") as elsewhere:
            yield Path(elsewhere)
        return
    lock = None
    with suppress(OSError):  # where there are no locks, what is left behind stays
        lock = FolderLock.acquire(folder)
    try:
        _remove_left_folders(home)
        yield folder
    finally:
        if lock is not None:
            lock.release()
        shutil.rmtree(folder, ignore_errors=True)


def _remove_left_folders(home: Path) -> None:
    for folder in _folders(home):
        with suppress(OSError):
            if not _fresh(folder) and (lock := FolderLock.acquire(folder)) is not None:
                lock.release()
                shutil.rmtree(folder, ignore_errors=True)


def _folders(home: Path) -> Iterator[Path]:
    with os.scandir(home) as entries:
        yield from [Path(entry.path) for entry in entries if entry.is_dir(follow_symlinks=False)]


def _fresh(path: Path) -> bool:
    return abs(time.time() - path.stat().st_mtime) < _FRESH_S
