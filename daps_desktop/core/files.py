"""Files written whole or not at all."""

import os
import secrets
import shutil
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from daps_desktop.core.errors import UserError


def write_file(path: Path, data: bytes, overwrite: bool = False) -> None:
    """`data` in the file `path`: complete, or the file as it was; see `write_whole`."""
    write_whole(path, lambda file: file.write(data), overwrite)


def write_whole(path: Path, write: Callable[[BinaryIO], object], overwrite: bool = False) -> None:
    """What `write` puts into a file, in the file `path`: complete, or the file as it was.

    Written beside it under another name, brought to the disk, then renamed. A link is followed, so that
    what it leads to is replaced and not the link.
    Raises: UserError (`save_exists`, `save_failed`).
    """
    with saving(path):
        if path.exists() and not overwrite:
            raise UserError("save_exists", path=path)
        _replace(Path(os.path.realpath(path)), write)


def write_private(path: Path) -> BinaryIO:
    """The file, empty and open for writing, for the eyes of its owner alone. Raises: OSError."""
    binary = getattr(os, "O_BINARY", 0)
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | binary, 0o600), "wb")


def check_place(path: Path) -> None:
    """Raises: UserError (`save_failed`) where no file of that name could be written; nothing is tried."""
    with saving(path):
        if not path.parent.is_dir():
            raise FileNotFoundError
        if path.is_dir():
            raise IsADirectoryError
        path.exists()  # raises where no file can have that name
        if not os.access(Path(os.path.realpath(path)).parent, os.W_OK):
            raise PermissionError("you may not write into that folder")


@contextmanager
def saving(path: Path) -> Generator[None]:
    """What goes wrong with the disk inside becomes a UserError (`save_failed`)."""
    try:
        yield
    except (OSError, ValueError) as error:  # ValueError: no file can have that name
        raise UserError("save_failed", path=path, detail=_in_words(error, path)) from error


def _replace(target: Path, write: Callable[[BinaryIO], object]) -> None:
    if target.exists() and not target.is_file():
        raise IsADirectoryError if target.is_dir() else OSError("it is not an ordinary file")
    temporary = target.with_name(f".daps-{secrets.token_hex(8)}.tmp")
    try:
        with temporary.open("xb") as file:
            write(file)
            file.flush()
            os.fsync(file.fileno())
        if target.exists():
            shutil.copymode(target, temporary)
        temporary.replace(target)
    except BaseException:  # Ctrl+C too leaves nothing behind
        temporary.unlink(missing_ok=True)
        raise


def _in_words(error: OSError | ValueError, path: Path) -> str:
    if isinstance(error, FileNotFoundError):
        return f"there is no folder {path.parent}"
    if isinstance(error, IsADirectoryError):
        return "it is a folder"
    strerror = error.strerror if isinstance(error, OSError) else None
    return (strerror or str(error)).lower()
