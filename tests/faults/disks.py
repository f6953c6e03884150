"""Small disks and read-only ones: file systems in memory, for which one has to be root."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_BLOCK = 4096
_FILLER = "filler"


def can_mount() -> bool:
    return hasattr(os, "geteuid") and os.geteuid() == 0


@contextmanager
def small_disk(folder: Path, size: int) -> Iterator[Path]:
    """An empty disk of `size` bytes at `folder`."""
    folder.mkdir()
    _mount("-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(folder))
    try:
        yield folder
    finally:
        subprocess.run(("umount", "--lazy", folder), check=True)


@contextmanager
def read_only(folder: Path) -> Iterator[None]:
    """The small disk at `folder`, as it is, for reading alone."""
    _mount("-o", "remount,ro", str(folder))
    try:
        yield
    finally:
        _mount("-o", "remount,rw", str(folder))


def fill(disk: Path, leave: int = 0) -> None:
    """Until there is room for `leave` bytes alone, in whole blocks."""
    status = os.statvfs(disk)
    count = max(status.f_bavail * status.f_frsize - leave, 0) // _BLOCK
    (disk / _FILLER).write_bytes(bytes(count * _BLOCK))


def clear(disk: Path) -> None:
    (disk / _FILLER).unlink()


def _mount(*words: str) -> None:
    subprocess.run(("mount", *words), check=True)
