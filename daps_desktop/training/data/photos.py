"""Photos of folders and archives: found, measured, decoded once into a file that is mapped into memory."""

import io
import math
import os
import tarfile
import tempfile
from collections.abc import Generator, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from daps_desktop.base.errors import UserError
from daps_desktop.base.files import open_regular_file, save_errors
from daps_desktop.base.i18n import words_of
from daps_desktop.imaging.formats.endings import READABLE
from daps_desktop.imaging.formats.limits import check_compression_ratio, check_size

MAX_SIDE = 1024  # pixels: grain and optics of a camera's 12 MP say little about pictures at viewing size
_AT_A_TIME = 64  # photos decoded before they are written
# Pillow knows many formats more, of which one runs another program.
_FORMATS = ("JPEG", "PNG", "WEBP", "TIFF", "BMP", "AVIF", "MPO")

Pixels8 = NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class PhotoFile:
    """A picture on disk: a whole file, or `length` bytes at `offset` inside an archive, called `member`."""

    path: Path
    offset: int = 0
    length: int = -1
    member: str = ""

    @property
    def place(self) -> str:
        """Where it is, in full."""
        return f"{self.path}/{self.member}" if self.member else str(self.path)

    @property
    def name(self) -> str:
        """Short, for tables: the file's own, with that of the archive where it is in one."""
        return f"{self.path.name}/{self.member}" if self.member else self.path.name

    @contextmanager
    def open(self) -> Generator[Image.Image]:
        """The picture, of which no more than its size was read so far. Raises: what decoders raise."""
        with open_regular_file(self.path) as file:
            length = self.length if self.member else os.fstat(file.fileno()).st_size
            file.seek(self.offset)
            source = io.BytesIO(file.read(length)) if self.member else file
            with Image.open(source, formats=_FORMATS) as image:
                check_size(self.path, image.height, image.width)
                check_compression_ratio(self.path, image.height * image.width * 4, length)
                yield image


Sized = tuple[PhotoFile, tuple[int, int]]
"""With the (height, width) it will have when it is decoded."""


def find_photos(places: Sequence[str | Path]) -> list[PhotoFile]:
    """All pictures in the folders (at any depth), archives (tar) and files named, in a fixed order.

    Raises: UserError where one of the places is not there, or is an archive that cannot be read.
    """
    return [found for place in places for found in _find(Path(place))]


def _find(place: Path) -> Iterator[PhotoFile]:
    if place.is_dir():
        yield from (PhotoFile(p) for p in sorted(place.rglob("*")) if p.suffix.lower() in READABLE)
    elif place.suffix == ".tar" and place.is_file():
        yield from (
            PhotoFile(place, m.offset_data, m.size, m.name)
            for m in _members(place)
            if Path(m.name).suffix.lower() in READABLE
        )
    elif place.is_file():
        yield PhotoFile(place)
    else:
        raise UserError("photo_missing", path=place)


def _members(archive: Path) -> list[tarfile.TarInfo]:
    try:
        with tarfile.open(archive, "r:") as opened:
            return sorted((member for member in opened if member.isfile()), key=lambda member: member.name)
    except (OSError, tarfile.TarError) as error:
        raise UserError("file_unreadable", path=archive, detail=words_of(error)) from error


def load_rgb(file: PhotoFile) -> Pixels8 | None:
    """(H, W, 3) in RGB, at most MAX_SIDE long; None if the file cannot be read.

    EXIF orientation is ignored: quarter turns are drawn anyway.
    """
    size = photo_size(file)
    if size is None:
        return None
    height, width = size
    try:
        with file.open() as image:
            # Lets a JPEG decode at an eighth, quarter or half of its size.
            image.draft("RGB", (width, height))
            rgb = image.convert("RGB")
    except Exception:
        return None
    if rgb.size != (width, height):
        rgb = rgb.resize((width, height), Image.Resampling.BOX)
    return np.asarray(rgb)


def decode_all(files: Sequence[PhotoFile], folder: Path) -> list[Pixels8]:
    """The photos that can be read, each (H, W, 3), decoded into a file without a name and mapped from there.

    So they take no memory that the system could not have back, and nothing of them is left on the disk when
    the program ends, however it ends. Raises: UserError (`save_failed`), also where the disk is full.
    """
    shapes: list[tuple[int, ...]] = []
    with save_errors(folder), tempfile.TemporaryFile(dir=folder) as file:
        for pixels in _decoded(files):
            file.write(pixels.data)
            shapes.append(pixels.shape)
        file.flush()
        if not shapes:
            return []
        flat = np.asarray(np.memmap(file, np.uint8, "r"))  # as a plain array it is cut much faster
    ends = list(accumulate(map(math.prod, shapes)))
    return [flat[end - math.prod(s) : end].reshape(s) for end, s in zip(ends, shapes, strict=True)]


def _decoded(files: Sequence[PhotoFile]) -> Iterator[Pixels8]:
    """A few at a time, so that they need not all fit into memory before they are written."""
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        for first in range(0, len(files), _AT_A_TIME):
            for pixels in pool.map(load_rgb, files[first : first + _AT_A_TIME]):
                if pixels is not None:
                    yield np.ascontiguousarray(pixels)


def sample_to_fit(files: Sequence[Sized], most_bytes: int, seed: int) -> list[Sized]:
    """All of them, or as many, drawn at random, as take no more than `most_bytes` when decoded."""
    order = np.random.default_rng(seed).permutation(len(files))
    bytes_so_far = np.cumsum([3 * math.prod(files[i][1]) for i in order])
    chosen = order[bytes_so_far <= most_bytes]
    return [files[i] for i in sorted(chosen)]


def photo_sizes(files: Sequence[PhotoFile]) -> list[tuple[int, int] | None]:
    """The `photo_size` of each."""
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        return list(pool.map(photo_size, files))


def photo_size(file: PhotoFile) -> tuple[int, int] | None:
    """(height, width) the photo will have when it is decoded; None if it cannot be read."""
    try:
        with file.open() as image:
            width, height = image.size
    except Exception:  # decoders raise what they like
        return None
    shrink = min(1.0, MAX_SIDE / max(width, height))
    return max(1, round(height * shrink)), max(1, round(width * shrink))
