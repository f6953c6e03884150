"""The journal: all that was done to a photo since it was last saved, kept for the case of a power cut.

One folder for each open document, private and locked for as long as the program lives that writes it:

    journal            records, each with its length and checksum, only ever appended to
    photo.png          a copy of the photo, where it is not too large or came from no file
    version-3.png      the pixels of version 3, and version-3.hole.png the hole it was made with

A record that a crash tore is the end of the journal; what stands before it is whole.
"""

import os
import shutil
import struct
import time
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from enum import IntEnum
from pathlib import Path
from secrets import token_hex
from threading import Lock
from typing import BinaryIO

import numpy as np

from daps_desktop.core.errors import UserError
from daps_desktop.core.files import write_private
from daps_desktop.core.hole import Hole, Rect
from daps_desktop.core.lock import FolderLock
from daps_desktop.core.packing import pack_hole, pack_pixels
from daps_desktop.core.photo import Photo
from daps_desktop.core.photo_reader import read_photo
from daps_desktop.core.photo_writer import write_photo
from daps_desktop.core.plain import dump_json, from_plain, load_json, to_plain
from daps_desktop.core.project import EMBED_UP_TO, Project, VersionEntry, read_original, read_project
from daps_desktop.core.recipe import Recipe
from daps_desktop.core.source import Source, still_there
from daps_desktop.core.user_folder import make_private
from daps_desktop.core.versions import Version

SYNC_S = 0.5  # at most so much work is lost when the power goes
_MAGIC = b"daps journal 1\n"
_NAME = "journal"
_RECORD = struct.Struct("<IIB")  # length of the payload, CRC-32 of kind and payload, kind
_RECT = struct.Struct("<4I")
_LONGEST = 2**30  # bytes of a payload
_FORGOTTEN_S = 24 * 3600.0


class Kind(IntEnum):
    START = 1
    PATCH = 2
    RECIPE = 3
    VERSION = 4
    STROKES = 5


@dataclass(frozen=True, slots=True)
class Start:
    """What the journal builds on: a photo of that size, and the project it was opened from or saved in."""

    source: Source
    height: int
    width: int
    project: str = ""


@dataclass(frozen=True, slots=True)
class Unsaved:
    """Work that a crash left behind, for the offer to recover it."""

    folder: Path
    name: str  # of the photo
    project: str
    path: str
    strokes: int
    versions: int
    changed: float  # seconds since 1970


def journal_folder(data: Path) -> Path:
    return data / "journal"


# Writing


class Journal:
    """The open journal of one document. Every method may be called from any thread; raises OSError."""

    def __init__(self, folder: Path, lock: FolderLock, file: BinaryIO) -> None:
        self.folder = folder
        self._lock, self._file = lock, file
        self._writing = Lock()
        self._unsynced = False
        self._open = True

    @property
    def open(self) -> bool:
        return self._open

    @classmethod
    def create(cls, parent: Path, start: Start) -> "Journal":
        folder = make_private(parent) / f"{int(time.time()):x}-{token_hex(4)}"
        folder.mkdir(mode=0o700)
        lock = FolderLock.take(folder)
        assert lock is not None  # nobody else knows the name
        file = write_private(folder / _NAME)
        file.write(_MAGIC)
        journal = cls(folder, lock, file)
        journal._append(Kind.START, dump_json(to_plain(start)))
        return journal

    def keep_photo(self, photo: Photo, source: Source, project: Path | None) -> None:
        """Put a copy of the photo beside the journal, unless it is large and has a file of its own."""
        target = self.folder / f"photo{Path(source.name).suffix.lower()}"
        if source.file is not None and still_there(source, source.file):
            if source.size <= EMBED_UP_TO:
                _copy(source.file, target)
        elif project is None or not read_original(project, target):
            write_photo(replace(photo, path=None), self.folder / "photo.png")

    def patch(self, rect: Rect, pixels: Hole) -> None:
        """The marks inside `rect` as they are from now on."""
        packed = zlib.compress(np.packbits(pixels).tobytes(), 1)
        where = _RECT.pack(rect.top, rect.left, rect.bottom, rect.right)
        self._append(Kind.PATCH, where + packed)

    def strokes(self, count: int) -> None:
        """How many strokes stand since the last save."""
        self._append(Kind.STROKES, struct.pack("<I", count))

    def recipe(self, recipe: Recipe) -> None:
        self._append(Kind.RECIPE, dump_json(recipe.to_json()))

    def version(self, version: Version, photo: Photo) -> None:
        """The pixels reach the disk before the record that tells of them."""
        self._keep(_picture(version.number), pack_pixels(version.photo))
        if version.hole is not None:
            self._keep(_hole(version.number), pack_hole(version.hole))
        self._append(Kind.VERSION, dump_json(to_plain(VersionEntry.of(version, photo))))

    def sync(self) -> None:
        """Bring what was written to the disk; cheap where nothing was."""
        with self._writing:
            if self._unsynced and self._open:
                self._unsynced = False
                os.fsync(self._file.fileno())

    def close(self) -> None:
        """Leave the journal where it is, for the next start to find."""
        self.sync()
        with self._writing:
            self._open = False
            self._file.close()
            self._lock.release()

    def discard(self) -> None:
        """End the journal and remove it: everything is saved, or was thrown away on purpose."""
        with self._writing:
            self._open = False
            self._file.close()
            self._lock.release()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _append(self, kind: Kind, payload: bytes) -> None:
        checksum = zlib.crc32(payload, zlib.crc32(bytes([kind])))
        with self._writing:
            if self._open:
                self._file.write(_RECORD.pack(len(payload), checksum, kind) + payload)
                self._file.flush()
                self._unsynced = True

    def _keep(self, name: str, data: bytes) -> None:
        if not self._open:
            return
        with write_private(self.folder / name) as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())


def _copy(original: Path, target: Path) -> None:
    with original.open("rb") as source, write_private(target) as file:
        shutil.copyfileobj(source, file)


# Reading


@dataclass
class _Told:
    """What the sound records of a journal say."""

    start: Start
    patches: list[tuple[Rect, bytes]] = field(default_factory=list[tuple[Rect, bytes]])
    recipe: Recipe = field(default_factory=Recipe)
    versions: dict[int, VersionEntry] = field(default_factory=dict[int, VersionEntry])
    strokes: int = 0

    def take(self, kind: Kind, payload: bytes) -> None:
        """Raises: ValueError, UserError, struct.error where the record means nothing."""
        match kind:
            case Kind.PATCH:
                self.patches.append((Rect(*_RECT.unpack_from(payload)), payload[_RECT.size :]))
            case Kind.RECIPE:
                self.recipe = Recipe.from_json(load_json(payload))
            case Kind.VERSION:
                entry = from_plain(VersionEntry, load_json(payload))
                self.versions[entry.number] = entry
            case Kind.STROKES:
                (self.strokes,) = struct.unpack("<I", payload)
            case Kind.START:
                self.start = from_plain(Start, load_json(payload))


def unsaved_work(parent: Path) -> list[Unsaved]:
    """Journals with work that no living program holds, the latest first; those without are removed."""
    found: list[Unsaved] = []
    for folder in sorted(parent.glob("*/"), reverse=True):
        lock = claim(folder)
        if lock is None:
            continue
        told = _read(folder)
        if told is not None and (told.strokes or told.versions):
            found.append(_unsaved(folder, told))
        elif told is not None or _age(folder) > _FORGOTTEN_S:
            shutil.rmtree(folder, ignore_errors=True)
        lock.release()
    return found


@dataclass(frozen=True, slots=True)
class Recovered:
    project: Project
    strokes: int
    path: Path | None  # of the project file that the work began from


def recover(folder: Path, photo_at: Path | None = None) -> Recovered:
    """The document that a journal tells of, with what its project held before.

    Raises: UserError (`recovery_failed`, `project_photo_missing`, `photo_...`).
    """
    told = _read(folder)
    if told is None:
        raise UserError("recovery_failed", name=folder.name, path=folder, detail="it is damaged")
    before = _project_before(told)
    photo = _photo(folder, told, before, photo_at)
    try:
        hole = _replayed(told, photo)
        versions = {version.number: version for version in before.versions} if before else {}
        versions |= {number: _version(folder, entry, photo) for number, entry in told.versions.items()}
    except (OSError, ValueError, MemoryError) as error:
        raise UserError(
            "recovery_failed", name=told.start.source.name, path=folder, detail=str(error)
        ) from error
    ordered = tuple(versions[number] for number in sorted(versions))
    project = Project(photo, told.start.source, hole, told.recipe, ordered)
    return Recovered(project, told.strokes, Path(told.start.project) if told.start.project else None)


def discard(folder: Path) -> None:
    """Remove a journal that no living program holds."""
    lock = claim(folder)
    if lock is not None:
        lock.release()
        shutil.rmtree(folder, ignore_errors=True)


def claim(folder: Path) -> FolderLock | None:
    """The journal for oneself, or None where a living program holds it."""
    try:
        return FolderLock.take(folder)
    except OSError:  # not ours to read, or gone meanwhile
        return None


def _age(folder: Path) -> float:
    try:
        return time.time() - folder.stat().st_mtime
    except OSError:
        return 0.0


def _unsaved(folder: Path, told: _Told) -> Unsaved:
    start = told.start
    return Unsaved(
        folder,
        start.source.name,
        start.project,
        start.source.path,
        told.strokes,
        len(told.versions),
        (folder / _NAME).stat().st_mtime,
    )


def _read(folder: Path) -> _Told | None:
    """What a journal says up to where it breaks off; None where it does not even begin."""
    told: _Told | None = None
    try:
        with (folder / _NAME).open("rb") as file:
            for kind, payload in _records(file):
                if told is None:
                    told = _Told(from_plain(Start, load_json(payload)))
                else:
                    told.take(Kind(kind), payload)
    except (OSError, ValueError, UserError, struct.error):
        return told
    return told


def _records(file: BinaryIO) -> Iterator[tuple[int, bytes]]:
    if file.read(len(_MAGIC)) != _MAGIC:
        return
    while len(head := file.read(_RECORD.size)) == _RECORD.size:
        length, checksum, kind = _RECORD.unpack(head)
        payload = file.read(length) if length <= _LONGEST else b""
        if len(payload) != length or zlib.crc32(payload, zlib.crc32(bytes([kind]))) != checksum:
            return
        yield kind, payload


def _project_before(told: _Told) -> Project | None:
    """The project that the journal builds on; without it the journal alone still counts for much."""
    if not told.start.project:
        return None
    try:
        return read_project(Path(told.start.project))
    except UserError:
        return None


def _photo(folder: Path, told: _Told, before: Project | None, photo_at: Path | None) -> Photo:
    source = told.start.source
    path = source.file
    for copy in sorted(folder.glob("photo*")):
        if not source.sha256 or still_there(source, copy) or copy.suffix == ".png":
            return replace(read_photo(copy), path=path)
    place = photo_at or path
    if place is not None and still_there(source, place):
        return read_photo(place)
    if before is not None:
        return before.photo
    raise UserError("project_photo_missing", path=path or source.name)


def _replayed(told: _Told, photo: Photo) -> Hole:
    hole = np.zeros((photo.height, photo.width), dtype=bool)
    if hole.shape != (told.start.height, told.start.width):
        raise ValueError("the photo is of another size")
    for rect, packed in told.patches:
        clipped = rect.clipped(*hole.shape)
        if clipped != rect or rect.empty:
            raise ValueError("a stroke lies outside the photo")
        hole[rect.slices] = _unpacked(packed, rect)
    return hole


def _unpacked(packed: bytes, rect: Rect) -> Hole:
    size = (rect.pixels + 7) // 8
    try:
        bits = np.frombuffer(zlib.decompressobj().decompress(packed, size), dtype=np.uint8)
    except zlib.error as error:
        raise ValueError("a stroke is damaged") from error
    if len(bits) != size:
        raise ValueError("a stroke is damaged")
    shape = (rect.bottom - rect.top, rect.right - rect.left)
    return np.unpackbits(bits, count=rect.pixels).astype(bool).reshape(shape)


def _version(folder: Path, entry: VersionEntry, photo: Photo) -> Version:
    hole = (folder / _hole(entry.number)).read_bytes() if entry.hole else None
    return entry.version(photo, (folder / _picture(entry.number)).read_bytes(), hole)


def _picture(number: int) -> str:
    return f"version-{number}.png"


def _hole(number: int) -> str:
    return f"version-{number}.hole.png"
