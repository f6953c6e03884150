"""What a journal is made of: records, each with its length and checksum, and how they are distinguished."""

import contextlib
import shutil
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum
from pathlib import Path
from typing import BinaryIO

import numpy as np

from daps_desktop.base.i18n import N_, phrase
from daps_desktop.base.locks import FolderLock
from daps_desktop.document.source import FileStamp, SourceFile
from daps_desktop.imaging.frame import Frame
from daps_desktop.imaging.mask import Mask
from daps_desktop.imaging.rect import Rect

NAME = "journal"
MAGIC = b"daps journal 1\n"
ORIGINAL_MASK = "original.hole.png"
_RECORD = struct.Struct("<IIB")  # length of the payload, CRC-32 of kind and payload, kind
_RECT = struct.Struct("<4I")
_MAX_PAYLOAD = 2**30  # bytes of a payload


class Kind(IntEnum):
    START = 1
    PATCH = 2
    RECIPE = 3
    VERSION = 4
    STROKES = 5
    GONE = 6


@dataclass(frozen=True, slots=True)
class JournalHeader:
    """What the journal builds on: a photo of that size in its frame, and the project it was opened from or
    saved in.

    `stamp` shows whether that was saved since by another window.
    """

    source: SourceFile
    height: int
    width: int
    project: str = ""
    stamp: FileStamp | None = None
    frame: Frame | None = None


def journal_folder(data: Path) -> Path:
    return data / "journal"


def remove(lock: FolderLock) -> None:
    """Remove a journal that one holds: first what makes it one, so that it is not offered again."""
    with contextlib.suppress(OSError):
        (lock.folder / NAME).unlink()
    lock.release()
    shutil.rmtree(lock.folder, ignore_errors=True)


def image_name(number: int, ending: str) -> str:
    """Of a picture of version `number`, in the folder."""
    return f"version-{number}{ending}"


def record(kind: Kind, payload: bytes) -> bytes:
    """What is appended to the journal."""
    return _RECORD.pack(len(payload), _checksum(kind, payload), kind) + payload


def records(file: BinaryIO) -> Iterator[tuple[int, bytes]]:
    """Kind and payload of each, up to the first that is not whole."""
    if file.read(len(MAGIC)) != MAGIC:
        return
    while len(head := file.read(_RECORD.size)) == _RECORD.size:
        length, checksum, kind = _RECORD.unpack(head)
        payload = file.read(length) if length <= _MAX_PAYLOAD else b""
        if len(payload) != length or _checksum(kind, payload) != checksum:
            return
        yield kind, payload


def _checksum(kind: int, payload: bytes) -> int:
    return zlib.crc32(payload, zlib.crc32(bytes([kind])))


def patch(rect: Rect, pixels: Mask) -> bytes:
    """The payload that says what is marked inside `rect`."""
    where = _RECT.pack(rect.top, rect.left, rect.bottom, rect.right)
    return where + zlib.compress(np.packbits(pixels).tobytes(), 1)


def decode_patch(payload: bytes) -> tuple[Rect, bytes]:
    """Where the marks of a record belong, and the marks as they are packed. Raises: struct.error."""
    return Rect(*_RECT.unpack_from(payload)), payload[_RECT.size :]


def decode_marks(packed: bytes, rect: Rect) -> Mask:
    """The marks of a record, of the size of its `rect`. Raises: ValueError where they are damaged."""
    size = (rect.pixels + 7) // 8
    try:
        bits = np.frombuffer(zlib.decompressobj().decompress(packed, size), dtype=np.uint8)
    except zlib.error as error:
        raise ValueError(phrase(N_("a stroke is damaged"))) from error
    if len(bits) != size:
        raise ValueError(phrase(N_("a stroke is damaged")))
    shape = (rect.bottom - rect.top, rect.right - rect.left)
    return np.unpackbits(bits, count=rect.pixels).astype(bool).reshape(shape)
