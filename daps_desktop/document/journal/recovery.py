"""What the journals left behind by a crash contain, and the work they bring back."""

import struct
import time
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np

from daps_desktop.base.errors import UserError
from daps_desktop.base.i18n import N_, phrase, words_of
from daps_desktop.base.locks import FolderLock
from daps_desktop.base.serialization import from_jsonable, load_json
from daps_desktop.document.framing import Framing
from daps_desktop.document.journal.records import (
    NAME,
    ORIGINAL_MASK,
    JournalHeader,
    Kind,
    decode_marks,
    decode_patch,
    image_name,
    records,
    remove,
)
from daps_desktop.document.project import Project, VersionEntry, read_project, read_versions
from daps_desktop.document.source import FileStamp, SourceFile, is_unchanged, read_source
from daps_desktop.document.version import Version
from daps_desktop.imaging.formats.png_codec import decode_mask
from daps_desktop.imaging.formats.reader import read_photo
from daps_desktop.imaging.frame import Frame
from daps_desktop.imaging.mask import Mask
from daps_desktop.imaging.photo import Photo
from daps_desktop.imaging.rect import Rect
from daps_desktop.jobs.recipe import Recipe

_FORGOTTEN_S = 24 * 3600.0


@dataclass(frozen=True, slots=True)
class UnsavedWork:
    """Work that a crash left behind, for the offer to recover it."""

    folder: Path
    name: str  # of the photo
    project: str
    path: str
    strokes: int
    versions: int


@dataclass
class Replay:
    """What the sound records of a journal say."""

    start: JournalHeader
    patches: list[tuple[Rect, bytes]] = field(default_factory=list[tuple[Rect, bytes]])
    recipe: Recipe = field(default_factory=Recipe)
    versions: dict[int, VersionEntry] = field(default_factory=dict[int, VersionEntry])
    gone: set[int] = field(default_factory=set[int])  # versions that were deleted, from the project, too
    strokes: int = 0

    def apply(self, kind: Kind, payload: bytes) -> None:
        """Raises: ValueError, UserError, struct.error where the record means nothing."""
        match kind:
            case Kind.PATCH:
                self.patches.append(decode_patch(payload))
            case Kind.RECIPE:
                self.recipe = Recipe.from_json(load_json(payload))
            case Kind.VERSION:
                entry = from_jsonable(VersionEntry, load_json(payload))
                self.versions[entry.number] = entry
                self.gone.discard(entry.number)
            case Kind.GONE:
                (number,) = struct.unpack("<I", payload)
                self.versions.pop(number, None)
                self.gone.add(number)
            case Kind.STROKES:
                (self.strokes,) = struct.unpack("<I", payload)
            case Kind.START:
                self.start = from_jsonable(JournalHeader, load_json(payload))


def unsaved_work(parent: Path) -> list[UnsavedWork]:
    """Journals with work that no living program holds, the latest first; those without are removed."""
    found: list[UnsavedWork] = []
    for folder in sorted(parent.glob("*/"), reverse=True):
        lock = lock_folder(folder)
        if lock is None:
            continue
        told = _read(folder)
        if told is not None and (told.strokes or told.versions or told.gone):
            found.append(_unsaved(folder, told))
        elif told is not None or _age(folder) > _FORGOTTEN_S:
            remove(lock)
        lock.release()
    return found


@dataclass(frozen=True, slots=True)
class RecoveredWork:
    project: Project
    strokes: int
    path: Path | None  # of the project file that the work began from; None where that can no longer be read
    stamp: FileStamp | None  # of that file, then


def recover(folder: Path, photo_at: Path | None = None) -> RecoveredWork:
    """The document that a journal describes, with what its project held before.

    `photo_at` is where the photo is, if not where it was.

    Where the project cannot be read any more the work alone comes back, without the path of the project: to
    save it there would take the place of versions that may yet be rescued from that file.

    Raises: UserError (`recovery_failed`, `project_photo_missing`, `photo_...`).
    """
    told = _read(folder)
    if told is None:
        raise UserError("recovery_failed", name=folder.name, path=folder, detail=phrase(N_("it is damaged")))
    original = _photo(folder, told, photo_at)
    framing = _framing(folder, told, original)
    photo = framing.framed_photo() if framing else original
    before = _versions_before(told, photo)
    try:
        mask = _replay_mask(told, photo)
        versions = {version.number: version for version in before or () if version.number not in told.gone}
        versions |= {number: _version(folder, entry, photo) for number, entry in told.versions.items()}
    except (OSError, ValueError, MemoryError) as error:
        raise UserError(
            "recovery_failed", name=told.start.source.name, path=folder, detail=words_of(error)
        ) from error
    ordered = tuple(versions[number] for number in sorted(versions))
    project = Project(photo, _source(told, photo), mask, told.recipe, ordered, framing=framing)
    path = None if before is None else Path(told.start.project)
    return RecoveredWork(project, told.strokes, path, told.start.stamp)


def discard(folder: Path) -> None:
    """Remove a journal that no living program holds."""
    lock = lock_folder(folder)
    if lock is not None:
        remove(lock)


def lock_folder(folder: Path) -> FolderLock | None:
    """The journal for oneself, or None where a living program holds it."""
    try:
        return FolderLock.acquire(folder, first=False)
    except OSError:  # not ours to read, or gone meanwhile
        return None


def _age(folder: Path) -> float:
    try:
        return time.time() - folder.stat().st_mtime
    except OSError:
        return 0.0


def _unsaved(folder: Path, replay: Replay) -> UnsavedWork:
    start = replay.start
    return UnsavedWork(
        folder,
        start.source.name,
        start.project,
        start.source.path,
        replay.strokes,
        len(replay.versions),
    )


def _read(folder: Path) -> Replay | None:
    """What a journal says up to where it breaks off; None where it does not even begin."""
    told: Replay | None = None
    try:
        with (folder / NAME).open("rb") as file:
            for kind, payload in records(file):
                if told is None:
                    told = Replay(from_jsonable(JournalHeader, load_json(payload)))
                else:
                    told.apply(Kind(kind), payload)
    except (OSError, ValueError, UserError, struct.error):
        return told
    return told


def _photo(folder: Path, replay: Replay, photo_at: Path | None) -> Photo:
    """From the copy next to the journal, else from where it was, else from inside the project."""
    source = replay.start.source
    path = source.file
    for copy in sorted(folder.glob("photo*")):
        same = is_unchanged(source, copy)  # else the pixels alone
        if same or not source.sha256 or copy.suffix == ".png":
            return replace(read_source(source, copy) if same else read_photo(copy), path=path)
    place = photo_at or path
    if place is not None and is_unchanged(source, place):
        return read_source(source, place)
    if replay.start.project:
        with suppress(UserError):
            return read_project(Path(replay.start.project)).original
    raise UserError("project_photo_missing", path=path or source.name)


def _framing(folder: Path, replay: Replay, original: Photo) -> Framing | None:
    """Where the marks outside of the frame are lost, those inside still count for much."""
    if replay.start.frame is None:
        return None
    marks = np.zeros((original.height, original.width), dtype=bool)
    with suppress(OSError, ValueError):
        marks = decode_mask((folder / ORIGINAL_MASK).read_bytes(), original.height, original.width)
    return Framing(original, replay.start.frame, marks)


def _source(replay: Replay, photo: Photo) -> SourceFile:
    """Where the photo was found, which has the same bytes wherever it lies."""
    source = replay.start.source
    if photo.path is None or photo.path == source.file:
        return source
    return replace(source, name=photo.path.name, path=str(photo.path.resolve()))


def _versions_before(replay: Replay, photo: Photo) -> tuple[Version, ...] | None:
    """Those of the project that the journal builds on; the journal alone still counts for much."""
    if not replay.start.project:
        return None
    try:
        return read_versions(Path(replay.start.project), photo, replay.start.frame or Frame())
    except UserError:
        return None


def _replay_mask(replay: Replay, photo: Photo) -> Mask:
    mask = np.zeros((photo.height, photo.width), dtype=bool)
    if mask.shape != (replay.start.height, replay.start.width):
        raise ValueError(phrase(N_("the photo is of another size")))
    for rect, packed in replay.patches:
        clipped = rect.clipped(*mask.shape)
        if clipped != rect or rect.empty:
            raise ValueError(phrase(N_("a stroke lies outside the photo")))
        mask[rect.slices] = decode_marks(packed, rect)
    return mask


def _version(folder: Path, entry: VersionEntry, photo: Photo) -> Version:
    return entry.version(photo, lambda ending: (folder / image_name(entry.number, ending)).read_bytes())
