"""The file a photo came from, as it was when it was read; it may move or change while the work goes on."""

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from daps_desktop.base.files import open_regular_file
from daps_desktop.imaging.formats.reader import read_photo
from daps_desktop.imaging.photo import Photo

PASTED = "pasted.png"
_CHUNK = 1 << 20


@dataclass(frozen=True, slots=True)
class SourceFile:
    """`path` is empty, like `sha256`, for a photo that came from no file."""

    name: str
    path: str = ""
    sha256: str = ""
    size: int = 0  # bytes
    page: int = 0  # of a file with several pictures; 0: the one that the file opens with

    @property
    def file(self) -> Path | None:
        return Path(self.path) if self.path else None


@dataclass(frozen=True, slots=True)
class FileStamp:
    """By what a file is known to have been written since."""

    size: int
    time_ns: int

    @classmethod
    def of(cls, path: Path) -> "FileStamp | None":
        """None where there is no such file."""
        try:
            status = path.stat()
        except OSError:
            return None
        return cls(status.st_size, status.st_mtime_ns)


def describe_source(photo: Photo) -> SourceFile:
    """Raises: OSError where the file of the photo can no longer be read."""
    if photo.path is None:
        return SourceFile(PASTED)
    path = photo.path.resolve()
    page = photo.page if photo.pages > 1 else 0
    return SourceFile(path.name, str(path), hash_file(path), path.stat().st_size, page)


def read_source(source: SourceFile, path: Path) -> Photo:
    """The photo of `source` from its file or a copy of that, at `path`. Raises: as `read_photo`."""
    return read_photo(path, source.page or None)


def hash_file(path: Path) -> str:
    """Raises: OSError."""
    with open_regular_file(path) as file:
        return hash_stream(file)


def hash_stream(file: BinaryIO) -> str:
    digest = hashlib.sha256()
    while chunk := file.read(_CHUNK):
        digest.update(chunk)
    return digest.hexdigest()


def is_unchanged(source: SourceFile, path: Path) -> bool:
    """True where the file at `path` holds the very bytes of `source`."""
    try:
        return path.is_file() and path.stat().st_size == source.size and hash_file(path) == source.sha256
    except OSError:
        return False
