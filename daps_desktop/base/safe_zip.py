"""Zips that may be hostile: neither their table of contents nor their texts take memory without bound."""

import zipfile
from collections.abc import Generator
from contextlib import contextmanager
from typing import BinaryIO, cast

from daps_desktop.base.i18n import N_, phrase

_MAX_CONTENTS = 2**20  # bytes of the table of contents, some 10,000 entries
_MAX_TEXT = 32 * 2**20  # bytes, unpacked; a manifest of 1000 versions with 150 steps each


@contextmanager
def open_zip(file: BinaryIO) -> Generator[zipfile.ZipFile]:
    """The zip in `file`, whose table of contents is measured before it is taken into memory."""
    guarded = _Guarded(file)
    with zipfile.ZipFile(cast(BinaryIO, guarded)) as archive:
        guarded.most = None
        yield archive


class _Guarded:
    """A file that refuses to hand out much at once for as long as `most` says how much that is."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self.most: int | None = _MAX_CONTENTS

    def read(self, size: int = -1) -> bytes:
        if self.most is not None and size > self.most:
            raise ValueError(phrase(N_("its table of contents is too large")))
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
    if info.file_size > _MAX_TEXT:
        raise ValueError(phrase(N_("{name} is too large"), name=name))
    with archive.open(info) as file:
        data = file.read(_MAX_TEXT + 1)  # what the header says of the size may be a lie
    if len(data) > _MAX_TEXT:
        raise ValueError(phrase(N_("{name} is too large"), name=name))
    return data
