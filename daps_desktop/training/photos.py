"""Photos decoded once into one flat uint8 buffer, from which crops are drawn on the training device."""

import io
import os
import tarfile
from collections.abc import Generator, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image
from torch import Tensor

from daps_desktop.core.errors import UserError
from daps_desktop.core.files import open_ordinary
from daps_desktop.core.photo_limits import check_claim, check_size

LONGEST_SIDE = 1024  # pixels: grain and optics of a camera's 12 MP say little about pictures at viewing size
ENDINGS = {".avif", ".bmp", ".jpeg", ".jpg", ".png", ".tif", ".tiff", ".webp"}
# Pillow knows many formats more, of which one runs another program.
_FORMATS = ("JPEG", "PNG", "WEBP", "TIFF", "BMP", "AVIF", "MPO")


@dataclass(frozen=True, slots=True)
class PhotoFile:
    """A picture on disk: a whole file, or `length` bytes at `offset` inside an archive, called `member`."""

    path: Path
    offset: int = 0
    length: int = -1
    member: str = ""

    @property
    def name(self) -> str:
        """Short, for tables: the file's own, with that of the archive where it is in one."""
        return f"{self.path.name}/{self.member}" if self.member else self.path.name

    @contextmanager
    def open(self) -> Generator[Image.Image]:
        """The picture, of which no more than its size was read so far. Raises: what decoders raise."""
        with open_ordinary(self.path) as file:
            length = self.length if self.member else os.fstat(file.fileno()).st_size
            file.seek(self.offset)
            source = io.BytesIO(file.read(length)) if self.member else file
            with Image.open(source, formats=_FORMATS) as image:
                check_size(self.path, image.height, image.width)
                check_claim(self.path, image.height * image.width * 4, length)
                yield image


Sized = tuple[PhotoFile, tuple[int, int]]
"""With the (height, width) it will have in the buffer."""


@dataclass(frozen=True, slots=True)
class PhotoBuffer:
    """`pixels` is (P, 3) uint8, photo after photo, row after row; the others (N,) int64, one per photo."""

    pixels: Tensor
    starts: Tensor  # index of the first pixel
    heights: Tensor
    widths: Tensor

    def __len__(self) -> int:
        return len(self.starts)

    def to(self, device: torch.device) -> "PhotoBuffer":
        return PhotoBuffer(*(t.to(device) for t in (self.pixels, self.starts, self.heights, self.widths)))

    def photo(self, index: int) -> Tensor:
        """(H, W, 3) uint8, a view."""
        start, height, width = (int(t[index]) for t in (self.starts, self.heights, self.widths))
        return self.pixels[start : start + height * width].view(height, width, 3)


def find_photos(places: Sequence[str | Path]) -> list[PhotoFile]:
    """All pictures in the folders (at any depth), archives (tar) and files named, in a fixed order.

    Raises: UserError where one of the places is not there, or is an archive that cannot be read.
    """
    return [found for place in places for found in _find(Path(place))]


def _find(place: Path) -> Iterator[PhotoFile]:
    if place.is_dir():
        yield from (PhotoFile(p) for p in sorted(place.rglob("*")) if p.suffix.lower() in ENDINGS)
    elif place.suffix == ".tar" and place.is_file():
        yield from (
            PhotoFile(place, m.offset_data, m.size, m.name)
            for m in _members(place)
            if Path(m.name).suffix.lower() in ENDINGS
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
        raise UserError("file_unreadable", path=archive, detail=str(error)) from error


def read_rgb(file: PhotoFile) -> NDArray[np.uint8] | None:
    """(H, W, 3) at the size that photos are learnt at; None if the file cannot be read."""
    size = buffer_size(file)
    if size is None:
        return None
    pixels = np.empty((*size, 3), np.uint8)
    return pixels if _decode_into(file, pixels) else None


def load_photos(
    files: Sequence[PhotoFile], shortest: int, memory_mb: int = 8192, seed: int = 0
) -> PhotoBuffer:
    """Decode the photos whose shorter side is at least `shortest` pixels, in RGB, at most LONGEST_SIDE long.

    Files that cannot be read are left out. Where all together need more than `memory_mb`, a random part is
    taken. EXIF orientation is ignored: quarter turns are drawn anyway.
    Raises: UserError if nothing is left.
    """
    sizes = zip(files, buffer_sizes(files), strict=True)
    usable = [(file, size) for file, size in sizes if size and min(size) >= shortest]
    buffer = decoded(within_memory(usable, memory_mb, seed))
    if buffer is None:
        raise UserError("photos_missing", count=len(files), shortest=shortest)
    return buffer


def decoded(chosen: Sequence[Sized]) -> PhotoBuffer | None:
    """Those of the photos that can be read; None if there is none."""
    starts = [0, *accumulate(h * w for _, (h, w) in chosen)]
    pixels = np.empty((starts[-1], 3), np.uint8)
    targets = [pixels[a:b].reshape(*s, 3) for a, b, (_, s) in zip(starts, starts[1:], chosen, strict=False)]
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        readable = list(pool.map(_decode_into, [f for f, _ in chosen], targets))
    kept = [i for i, ok in enumerate(readable) if ok]
    if not kept:
        return None
    heights, widths = torch.tensor([chosen[i][1] for i in kept]).unbind(1)
    return PhotoBuffer(torch.from_numpy(pixels), torch.tensor([starts[i] for i in kept]), heights, widths)


def within_memory(files: Sequence[Sized], memory_mb: int, seed: int) -> list[Sized]:
    """All of them, or as many, drawn at random, as a buffer of `memory_mb` has room for."""
    order = np.random.default_rng(seed).permutation(len(files))
    bytes_so_far = np.cumsum([3 * files[i][1][0] * files[i][1][1] for i in order])
    chosen = order[bytes_so_far <= memory_mb * 2**20]
    return [files[i] for i in sorted(chosen)]


def buffer_sizes(files: Sequence[PhotoFile]) -> list[tuple[int, int] | None]:
    """The `buffer_size` of each."""
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        return list(pool.map(buffer_size, files))


def buffer_size(file: PhotoFile) -> tuple[int, int] | None:
    """(height, width) the photo will have in the buffer; None if it cannot be read."""
    try:
        with file.open() as image:
            width, height = image.size
    except Exception:  # decoders raise what they like
        return None
    shrink = min(1.0, LONGEST_SIDE / max(width, height))
    return max(1, round(height * shrink)), max(1, round(width * shrink))


def _decode_into(file: PhotoFile, target: NDArray[np.uint8]) -> bool:
    """Fill `target` (H, W, 3); False if the file turns out damaged."""
    height, width = target.shape[:2]
    try:
        with file.open() as image:
            image.draft(
                "RGB", (width, height)
            )  # lets a JPEG decode at an eighth, quarter or half of its size
            rgb = image.convert("RGB")
    except Exception:
        return False
    if rgb.size != (width, height):
        rgb = rgb.resize((width, height), Image.Resampling.BOX)
    target[:] = np.asarray(rgb)
    return True
