"""Files written whole or not at all, and read without waiting for ever or filling the memory."""

import errno
import os
import stat
from collections.abc import Callable, Generator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from daps_desktop.base.errors import UserError
from daps_desktop.base.i18n import N_, Phrase, phrase, words_of
from daps_desktop.base.os_errors import describe_os_error
from daps_desktop.base.temp_files import open_temporary

# It can only be read by setting it, which other threads might notice.
_UMASK = os.umask(0)
os.umask(_UMASK)


def write_file(path: Path, data: bytes, overwrite: bool = False, private: bool = False) -> None:
    """`data` in the file `path`: complete, or the file as it was; see `write_atomically`."""
    write_atomically(path, lambda file: file.write(data), overwrite, private)


def write_atomically(
    path: Path, write: Callable[[BinaryIO], object], overwrite: bool = False, private: bool = False
) -> None:
    """What `write` puts into a file, in the file `path`: complete, or the file as it was.

    Written next to it under another name, brought to the disk, then renamed. A link is followed, so that
    what it leads to is replaced and not the link. A new file may be read by whom the system lets read new
    files, or if `private` by its owner alone; until it is complete no one else may.
    Raises: UserError (`save_exists`, `save_failed`).
    """
    with save_errors(path):
        if path.exists() and not overwrite:
            raise UserError("save_exists", path=path)
        _replace(Path(os.path.realpath(path)), write, private)


def open_regular_file(path: Path) -> BinaryIO:
    """The file, open for reading; not a pipe or a device, which might never end. Raises: OSError."""
    if path.exists() and not path.is_file():
        raise OSError(errno.EINVAL, phrase(N_("it is not an ordinary file")))
    try:
        return path.open("rb")
    except ValueError as error:
        raise OSError(errno.EINVAL, phrase(N_("no file can have that name"))) from error


def read_bounded(path: Path, most: int) -> bytes:
    """All of an ordinary file. Raises: OSError, ValueError where it holds more than `most` bytes."""
    with open_regular_file(path) as file:
        data = file.read(most + 1)
    if len(data) > most:
        raise ValueError(phrase(N_("it is too large")))
    return data


def create_private(path: Path) -> BinaryIO:
    """The file, empty and open for writing, for the eyes of its owner alone. Raises: OSError."""
    binary = getattr(os, "O_BINARY", 0)
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | binary, 0o600), "wb")


def check_writable(path: Path) -> None:
    """Raises: UserError (`save_failed`) where no file of that name could be written; nothing is tried."""
    with save_errors(path):
        if not path.parent.is_dir():
            raise FileNotFoundError
        if path.is_dir():
            raise IsADirectoryError
        with suppress(FileNotFoundError):
            path.stat()  # raises where no file can have that name, which `exists` hides on some systems
        if not os.access(Path(os.path.realpath(path)).parent, os.W_OK):
            raise PermissionError(phrase(N_("you may not write into that folder")))


@contextmanager
def save_errors(path: Path) -> Generator[None]:
    """What goes wrong with the disk inside becomes a UserError (`save_failed`)."""
    try:
        yield
    except (OSError, ValueError, MemoryError) as error:  # ValueError: no file can have that name
        raise UserError("save_failed", path=path, detail=_error_code(error, path)) from error


def _replace(target: Path, write: Callable[[BinaryIO], object], private: bool) -> None:
    if target.exists() and not target.is_file():
        raise IsADirectoryError if target.is_dir() else OSError(phrase(N_("it is not an ordinary file")))
    temporary, file = open_temporary(target.parent)
    try:
        with file:
            write(file)
            file.flush()
            os.fsync(file.fileno())
        with suppress(OSError):  # not every drive knows modes
            temporary.chmod(_mode(target, private))
        temporary.replace(target)
    except BaseException:  # Ctrl+C too leaves nothing behind
        temporary.unlink(missing_ok=True)
        raise
    _sync_names(target.parent)


def _sync_names(folder: Path) -> None:
    """Bring the names in a folder to the disk: until then a power cut gives the file of before back."""
    with suppress(OSError):  # Windows sees to it itself, and not every drive can be asked
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _mode(target: Path, private: bool) -> int:
    """Who may do what with the file: as before, or as with any new one."""
    if target.exists():
        return stat.S_IMODE(target.stat().st_mode)
    return 0o600 if private else 0o666 & ~_UMASK


def _error_code(error: OSError | ValueError | MemoryError, path: Path) -> Phrase | str:
    if isinstance(error, MemoryError):
        return phrase(N_("the memory ran out"))
    if isinstance(error, FileNotFoundError):
        return phrase(N_("there is no folder {folder}"), folder=path.parent)
    if isinstance(error, IsADirectoryError):
        return phrase(N_("it is a folder"))
    return describe_os_error(error) if isinstance(error, OSError) else words_of(error)
