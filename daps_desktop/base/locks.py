"""A lock on a folder that ends with the process that holds it, however that ends."""

import os
import sys
from pathlib import Path

_NAME = "lock"


class FolderLock:
    """Held from `acquire` until `release`, or until the process dies; the system sees to that."""

    def __init__(self, folder: Path, descriptor: int) -> None:
        self.folder = folder
        self._descriptor: int | None = descriptor

    @classmethod
    def acquire(cls, folder: Path, *, first: bool = True) -> "FolderLock | None":
        """The lock on an existing folder, or None where another process holds it.

        Any but the first finds it there, or the folder is about to go.
        Raises: OSError, also on a drive that knows no locks.
        """
        descriptor = os.open(folder / _NAME, os.O_RDWR | (os.O_CREAT if first else 0), 0o600)
        try:
            lock_file(descriptor)
        except OSError as error:
            os.close(descriptor)
            if isinstance(error, BlockingIOError | PermissionError):  # by that a held lock is known
                return None
            raise
        return cls(folder, descriptor)

    def release(self) -> None:
        if self._descriptor is not None:
            os.close(self._descriptor)
        self._descriptor = None


if sys.platform == "win32":
    import msvcrt

    def lock_file(descriptor: int) -> None:
        """Raises: OSError where another program holds it, or the drive knows no locks."""
        msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)

else:
    import fcntl

    def lock_file(descriptor: int) -> None:
        """Raises: OSError where another program holds it, or the drive knows no locks."""
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
