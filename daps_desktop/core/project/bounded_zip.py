"""Zips that may be hostile: nothing in them takes more memory than their file can honestly hold."""

import zipfile
from collections.abc import Generator
from contextlib import contextmanager
from typing import BinaryIO, cast

from daps_desktop.core.packing import unfolded_bytes

_LARGEST_CONTENTS = 2**20  # bytes of the table of contents, some 10,000 entries
_LARGEST_TEXT = 32 * 2**20  # bytes, unfolded; a manifest of 1000 versions with 150 steps each
# Pictures may unfold to this many times the file, and this much beside: a flat one packs tighter than 100.
_LARGEST_GAIN, _ALWAYS_ALLOWED = 100, 128 * 2**20


@contextmanager
def opened_zip(file: BinaryIO) -> Generator[zipfile.ZipFile]:
    """The zip in `file`, whose table of contents is measured before it is taken into memory."""
    guarded = _Guarded(file)
    with zipfile.ZipFile(cast(BinaryIO, guarded)) as archive:
        guarded.most = None
        yield archive


class _Guarded:
    """A file that refuses to hand out much at once for as long as `most` says how much that is."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self.most: int | None = _LARGEST_CONTENTS

    def read(self, size: int = -1) -> bytes:
        if self.most is not None and size > self.most:
            raise ValueError("its table of contents is too large")
        return self._file.read(size if size >= 0 or self.most is None else self.most)

    def seek(self, place: int, whence: int = 0) -> int:
        return self._file.seek(place, whence)

    def tell(self) -> int:
        return self._file.tell()

    def seekable(self) -> bool:
        return True


def read_text(archive: zipfile.ZipFile, name: str) -> bytes:
    """An entry of text, which may be compressed. Raises: ValueError where it is too large, KeyError."""
    info = archive.getinfo(name)
    if info.file_size > _LARGEST_TEXT:
        raise ValueError(f"{name} is too large")
    with archive.open(info) as file:
        data = file.read(_LARGEST_TEXT + 1)  # what the header says of the size may be a lie
    if len(data) > _LARGEST_TEXT:
        raise ValueError(f"{name} is too large")
    return data


def least_size(unfolded: int) -> int:
    """Bytes that a file must have before it is believed that its pictures take `unfolded` bytes of memory."""
    return -(-max(unfolded - _ALWAYS_ALLOWED, 0) // _LARGEST_GAIN)


class PictureReader:
    """Reads pictures, which altogether may take no more memory than a file of that size can honestly hold."""

    def __init__(self, archive: zipfile.ZipFile, file_size: int) -> None:
        self._archive, self._file_size = archive, file_size
        self._taken = 0

    def picture(self, name: str) -> bytes:
        """A picture of the zip, which must lie there as it is, so that it is no larger than the file.

        Raises: ValueError, and KeyError where there is none.
        """
        info = self._archive.getinfo(name)
        if info.compress_type != zipfile.ZIP_STORED or info.file_size > self._file_size:
            raise ValueError(f"{name} is not stored as this program stores it")
        data = self._archive.read(info)
        self._taken += unfolded_bytes(data)
        if self._file_size < least_size(self._taken):
            raise ValueError("it would unfold to more than it can honestly hold")
        return data
