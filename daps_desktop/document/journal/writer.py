"""Writing the journal of an open document."""

import contextlib
import os
import shutil
import struct
import time
from dataclasses import replace
from pathlib import Path
from secrets import token_hex
from threading import Lock
from typing import BinaryIO

from daps_desktop.base.files import create_private
from daps_desktop.base.locks import FolderLock
from daps_desktop.base.paths import make_private
from daps_desktop.base.serialization import dump_json, to_jsonable
from daps_desktop.document.journal.records import (
    MAGIC,
    NAME,
    ORIGINAL_MASK,
    JournalHeader,
    Kind,
    image_name,
    patch,
    record,
    remove,
)
from daps_desktop.document.project import EMBED_UP_TO, VersionEntry, named_images, read_original, safe_suffix
from daps_desktop.document.source import SourceFile, is_unchanged
from daps_desktop.document.version import Version
from daps_desktop.imaging.formats.png_codec import encode_mask
from daps_desktop.imaging.formats.writer import write_photo
from daps_desktop.imaging.mask import Mask
from daps_desktop.imaging.photo import Photo
from daps_desktop.imaging.rect import Rect
from daps_desktop.jobs.recipe import Recipe


class Journal:
    """The open journal of one document. Every method may be called from any thread; raises OSError."""

    def __init__(self, folder: Path, lock: FolderLock, file: BinaryIO) -> None:
        self.folder = folder
        self._lock, self._file = lock, file
        self._writing = Lock()
        self._unsynced = False
        self._open = True
        self._versions: set[int] = set()  # the numbers of those whose pictures are kept

    @property
    def open(self) -> bool:
        return self._open

    @classmethod
    def create(cls, parent: Path, start: JournalHeader) -> "Journal":
        """Raises: OSError, and nothing is left."""
        lock = _locked_folder(parent)
        try:
            journal = cls(lock.folder, lock, create_private(lock.folder / NAME))
        except OSError:
            remove(lock)
            raise
        try:
            journal._file.write(MAGIC)
            journal._append(Kind.START, dump_json(to_jsonable(start)))
        except OSError:
            journal.discard()
            raise
        return journal

    def keep_photo(self, photo: Photo, source: SourceFile, project: Path | None) -> None:
        """Put a copy of the photo next to the journal, unless it is large and has a file of its own."""
        part = self.folder / "part"  # what is called a photo is whole
        try:
            if source.file is not None and is_unchanged(source, source.file):
                if source.size <= EMBED_UP_TO:
                    _copy(source.file, part)
            elif project is None or not read_original(project, part):
                write_photo(replace(photo, path=None), self.folder / "photo.png")
            if part.exists():
                part.replace(self.folder / f"photo{safe_suffix(source.name)}")
        finally:
            part.unlink(missing_ok=True)

    def keep_marks(self, marks: Mask) -> None:
        """Put the marks on the photo, from which those in its frame began, next to the journal."""
        self._store(ORIGINAL_MASK, encode_mask(marks))

    def patch(self, rect: Rect, pixels: Mask) -> None:
        """The marks inside `rect` as they are from now on."""
        self._append(Kind.PATCH, patch(rect, pixels))

    def strokes(self, count: int) -> None:
        """How many strokes stand since the last save."""
        self._append(Kind.STROKES, struct.pack("<I", count))

    def recipe(self, recipe: Recipe) -> None:
        self._append(Kind.RECIPE, dump_json(recipe.to_json()))

    def version(self, version: Version, photo: Photo) -> None:
        """The pictures reach the disk before the record that names them. Recorded again, it was renamed."""
        if version.number not in self._versions:
            for ending, image in named_images(version):
                self._store(image_name(version.number, ending), image)
            self._versions.add(version.number)
        self._append(Kind.VERSION, dump_json(to_jsonable(VersionEntry.of(version, photo))))

    def gone(self, number: int) -> None:
        """The version with that number was deleted; its pictures stay, as it may come back."""
        self._append(Kind.GONE, struct.pack("<I", number))

    def sync(self) -> None:
        """Bring what was written to the disk; cheap where nothing was."""
        with self._writing:
            if self._unsynced and self._open:
                self._unsynced = False
                os.fsync(self._file.fileno())

    def close(self) -> None:
        """Leave the journal where it is, for the next start to find."""
        try:
            self.sync()
            self._end()
        finally:
            self._lock.release()

    def discard(self) -> None:
        """End the journal and remove it: everything is saved, or was thrown away on purpose."""
        with contextlib.suppress(OSError):  # the last record may have found no room
            self._end()
        remove(self._lock)

    def _end(self) -> None:
        with self._writing:
            self._open = False
            self._file.close()

    def _append(self, kind: Kind, payload: bytes) -> None:
        with self._writing:
            if self._open:
                self._file.write(record(kind, payload))
                self._file.flush()
                self._unsynced = True

    def _store(self, name: str, data: bytes) -> None:
        if not self._open:
            return
        try:
            with create_private(self.folder / name) as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
        except OSError:  # half a picture would only take the room of strokes
            (self.folder / name).unlink(missing_ok=True)
            raise


def _locked_folder(parent: Path) -> FolderLock:
    """A new folder of one's own. Another program that looks for work left behind may be faster to lock it."""
    while True:
        folder = make_private(parent) / f"{int(time.time()):x}-{token_hex(4)}"
        folder.mkdir(mode=0o700)
        try:
            lock = FolderLock.acquire(folder)
        except OSError:
            shutil.rmtree(folder, ignore_errors=True)
            raise
        if lock is not None:
            return lock


def _copy(original: Path, target: Path) -> None:
    with original.open("rb") as source, create_private(target) as file:
        shutil.copyfileobj(source, file)
