"""The project file, .daps: a zip with the photo or a word where it is, the marks, the versions, the view.

    manifest.json      what is inside, with the version of the format
    photo.jpg          the bytes of the original, where it is embedded; its ending is that of the file
    hole.png           the marks, one bit a pixel, white = repair
    versions/3.png     the pixels of version 3 at its depth, and versions/3.hole.png the hole it was made with

Pictures lie in the zip as they are: they are compressed already. A project is read without unpacking
anything beyond its manifest to the disk, and every size is checked before memory is taken for it.
"""

import re
import shutil
import tempfile
import zipfile
from collections.abc import Generator, Iterable
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import IO, BinaryIO, cast

from daps_desktop.core.errors import UserError
from daps_desktop.core.files import write_private, write_whole
from daps_desktop.core.hole import Hole
from daps_desktop.core.messages import Report
from daps_desktop.core.packing import pack_hole, pack_pixels, unfolded_bytes, unpack_hole, unpack_pixels
from daps_desktop.core.photo import Photo
from daps_desktop.core.photo_reader import read_photo
from daps_desktop.core.photo_writer import write_photo
from daps_desktop.core.plain import dump_json, from_plain, load_json, to_plain
from daps_desktop.core.recipe import Recipe
from daps_desktop.core.source import PASTED, Source, sha256_of, still_there
from daps_desktop.core.versions import Version

SUFFIX = ".daps"
FORMAT, VERSION = "daps-project", 1
EMBED_UP_TO = 100 * 2**20  # bytes: a larger photo is better left where it is
_MANIFEST, _HOLE = "manifest.json", "hole.png"
_LARGEST_MANIFEST = 16 * 2**20  # bytes, unfolded
_LARGEST_CONTENTS = 2**20  # bytes of the table of contents, some 10,000 entries
_MOST_VERSIONS = 1000
# Pictures may unfold to this many times the file, and this much beside: a flat one packs tighter than 100.
_LARGEST_GAIN, _ALWAYS_ALLOWED = 100, 128 * 2**20


@dataclass(frozen=True, slots=True)
class View:
    """How the photo was looked at; `scale` is 0 where it was fitted into the window."""

    scale: float = 0.0
    row: float = 0.0  # of the photo, in the middle of the window
    col: float = 0.0
    shown: int = 0  # number of the version that was shown; 0: none


@dataclass(frozen=True, slots=True)
class Project:
    """All that a person has done to one photo. `hole` is (H, W) bool."""

    photo: Photo
    source: Source
    hole: Hole
    recipe: Recipe
    versions: tuple[Version, ...] = ()
    view: View = field(default_factory=View)


@dataclass(frozen=True, slots=True)
class VersionEntry:
    """A version without its pixels, as project files and journals tell it."""

    number: int
    recipe: dict[str, object]
    report: Report | None = None
    name: str = ""
    scale: int = 1  # times the size of the photo
    hole: bool = False  # whether one is kept beside it
    painted: bool = False

    @classmethod
    def of(cls, version: Version, photo: Photo) -> "VersionEntry":
        scale = version.photo.height // photo.height
        return cls(
            version.number,
            version.recipe.to_json(),
            version.report,
            version.name,
            scale,
            version.hole is not None,
            version.painted,
        )

    def version(self, photo: Photo, pixels: bytes, hole: bytes | None) -> Version:
        """Raises: ValueError, UserError where the parts contradict each other."""
        if not (1 <= self.scale <= 8 and 0 < self.number < 2**31):
            raise ValueError("a version has an impossible number or size")
        marks = unpack_hole(hole, photo.height, photo.width) if hole is not None else None
        if marks is not None:
            marks.setflags(write=False)
        picture = unpack_pixels(pixels, photo, self.scale)
        recipe = Recipe.from_json(self.recipe)
        return Version(self.number, picture, recipe, marks, self.report, self.name, self.painted)


@dataclass(frozen=True, slots=True)
class _Manifest:
    source: Source
    embedded: str  # the name of the photo in the zip, or empty
    recipe: dict[str, object]
    versions: list[VersionEntry]
    view: View = field(default_factory=View)


# Out


def write_project(
    project: Project, path: Path, *, embed: bool, spare: Path | None = None, overwrite: bool = False
) -> None:
    """The project in the file `path`, whole or not at all.

    With `embed` the bytes of the original go inside: from its own file where that is unchanged, else from
    `spare`, a copy of it, else as a PNG of the pixels. Without it only the name and the checksum do; a
    photo that came from no file, or whose file has changed, is embedded all the same.
    Raises: UserError (`save_exists`, `save_failed`).
    """
    write_whole(path, lambda file: _write(project, file, embed, spare), overwrite)


def _write(project: Project, file: BinaryIO, embed: bool, spare: Path | None) -> None:
    original = _original(project.source, spare)
    embed = embed or original is None or original == spare
    suffix = _safe_suffix(project.source.name) if original else ".png"
    with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as archive:
        if embed:
            with archive.open(f"photo{suffix}", "w", force_zip64=True) as entry:
                _copy_photo(project.photo, original, entry)
        archive.writestr(_HOLE, pack_hole(project.hole))
        for version in project.versions:
            archive.writestr(_picture(version.number), pack_pixels(version.photo))
            if version.hole is not None:
                archive.writestr(_hole(version.number), pack_hole(version.hole))
        manifest = _Manifest(
            project.source if original else replace(project.source, sha256="", size=0),
            f"photo{suffix}" if embed else "",
            project.recipe.to_json(),
            [VersionEntry.of(version, project.photo) for version in project.versions],
            project.view,
        )
        told = {"format": FORMAT, "version": VERSION, **to_plain(manifest)}
        archive.writestr(_MANIFEST, dump_json(told), zipfile.ZIP_DEFLATED)


def _original(source: Source, spare: Path | None) -> Path | None:
    """A file that holds the bytes the photo was read from."""
    places = [place for place in (source.file, spare) if place is not None]
    return next((place for place in places if still_there(source, place)), None)


def _copy_photo(photo: Photo, original: Path | None, entry: IO[bytes]) -> None:
    if original is not None:
        with original.open("rb") as file:
            shutil.copyfileobj(file, entry)
        return
    with _private_folder() as folder:
        write_photo(replace(photo, path=None), folder / PASTED)
        _copy_photo(photo, folder / PASTED, entry)


# In


def is_project(path: Path) -> bool:
    """True where the file says it is one, by its ending or by what it begins with."""
    try:
        with path.open("rb") as file:
            return path.suffix.lower() == SUFFIX or file.read(4) == b"PK\3\4"
    except (OSError, ValueError):
        return path.suffix.lower() == SUFFIX


def read_project(path: Path, photo_at: Path | None = None, accept_changed: bool = False) -> Project:
    """The project in a file. Its photo, where it is not inside, is sought where it was, beside the project,
    and at `photo_at`; one with other bytes is taken only with `accept_changed`, if it is as large.

    Raises: UserError (`project_...`, or `photo_...` about the photo outside), and nothing else.
    """
    path = Path(path)
    with _in_words(path), path.open("rb") as file, _opened(file) as archive:
        manifest = _read_manifest(archive, path)
        budget = _Budget(path.stat().st_size)
        photo = _read_photo(archive, manifest, path, photo_at, accept_changed)
        return _assemble(_Reader(archive, budget), manifest, photo)


def read_original(path: Path, target: Path) -> bool:
    """Copy the bytes of the photo inside the project `path` to `target`; False where that cannot be done."""
    try:
        with path.open("rb") as file, _opened(file) as archive:
            manifest = _read_manifest(archive, path)
            if manifest.embedded and manifest.source.sha256:
                _extract(archive, manifest, target)
            return target.exists()
    except (OSError, KeyError, ValueError, UserError, zipfile.BadZipFile):
        return False


def _assemble(reader: "_Reader", manifest: _Manifest, photo: Photo) -> Project:
    if len(manifest.versions) > _MOST_VERSIONS:
        raise ValueError("it lists too many versions")
    hole = unpack_hole(reader.picture(_HOLE), photo.height, photo.width)
    versions = tuple(_read_version(reader, entry, photo) for entry in manifest.versions)
    if len({version.number for version in versions}) != len(versions):
        raise ValueError("two versions have the same number")
    recipe = Recipe.from_json(manifest.recipe)
    return Project(photo, manifest.source, hole, recipe, versions, manifest.view)


def _read_version(reader: "_Reader", entry: VersionEntry, photo: Photo) -> Version:
    hole = reader.picture(_hole(entry.number)) if entry.hole else None
    return entry.version(photo, reader.picture(_picture(entry.number)), hole)


@dataclass
class _Budget:
    """What pictures may take in memory: no more than a file of `file_size` bytes can honestly hold."""

    file_size: int
    used: int = 0

    def take(self, amount: int) -> None:
        self.used += amount
        if self.used > _ALWAYS_ALLOWED + _LARGEST_GAIN * self.file_size:
            raise ValueError("it would unfold to more than it can honestly hold")


@dataclass(frozen=True)
class _Reader:
    archive: zipfile.ZipFile
    budget: _Budget

    def picture(self, name: str) -> bytes:
        """A picture of the zip, which must lie there as it is, so that it is no larger than the file."""
        info = self.archive.getinfo(name)
        if info.compress_type != zipfile.ZIP_STORED or info.file_size > self.budget.file_size:
            raise ValueError(f"{name} is not stored as this program stores it")
        data = self.archive.read(info)
        self.budget.take(unfolded_bytes(data))
        return data


def _read_manifest(archive: zipfile.ZipFile, path: Path) -> _Manifest:
    info = archive.getinfo(_MANIFEST)
    if info.file_size > _LARGEST_MANIFEST:
        raise ValueError("its manifest is too large")
    data = load_json(_unfold(archive, info))
    told = cast(dict[str, object], data) if isinstance(data, dict) else {}
    if told.get("format") != FORMAT:
        raise UserError("project_not", path=path)
    version = told.get("version")
    if type(version) is int and version > VERSION:
        raise UserError("project_newer", path=path, version=version)
    if version != VERSION:
        raise ValueError("its version is missing")
    return from_plain(_Manifest, told)


def _unfold(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> bytes:
    with archive.open(info) as file:
        data = file.read(_LARGEST_MANIFEST + 1)  # what the header says of the size may be a lie
    if len(data) > _LARGEST_MANIFEST:
        raise ValueError("its manifest is too large")
    return data


def _read_photo(
    archive: zipfile.ZipFile, manifest: _Manifest, path: Path, photo_at: Path | None, accept_changed: bool
) -> Photo:
    source = manifest.source
    if manifest.embedded:
        return _read_embedded(archive, manifest, path)
    if photo_at is not None:
        if not (accept_changed or still_there(source, photo_at)):
            raise UserError("project_photo_changed", path=photo_at)
        return read_photo(photo_at)
    places = [place for place in _places(source, path) if place.is_file()]
    for place in places:
        if still_there(source, place):
            return read_photo(place)
    if places:
        raise UserError("project_photo_changed", path=places[0])
    raise UserError("project_photo_missing", path=source.path or source.name)


def _places(source: Source, project: Path) -> Iterable[Path]:
    """Where a photo outside the project may be. A path in the network is not followed by itself, since
    asking for it tells the other end who asks."""
    if source.path and not source.path.startswith(("\\\\", "//")):
        yield Path(source.path)
    name = re.split(r"[\\/]", source.path or source.name)[-1]
    if name and name not in (".", ".."):
        yield project.parent / name


def _read_embedded(archive: zipfile.ZipFile, manifest: _Manifest, path: Path) -> Photo:
    with _private_folder() as folder:
        copy = folder / f"photo{_safe_suffix(manifest.embedded)}"
        _extract(archive, manifest, copy)
        try:
            photo = read_photo(copy)
        except UserError as error:
            raise ValueError("the photo inside is damaged") from error
    return replace(photo, path=_whereabouts(manifest.source, path))


def _extract(archive: zipfile.ZipFile, manifest: _Manifest, target: Path) -> None:
    name, source = manifest.embedded, manifest.source
    if not re.fullmatch(r"photo(\.[a-z0-9]{1,5})?", name):
        raise ValueError("the photo inside has a name that this program does not give")
    info = archive.getinfo(name)
    if info.compress_type != zipfile.ZIP_STORED:
        raise ValueError("the photo inside is not stored as this program stores it")
    with archive.open(info) as entry, write_private(target) as file:
        shutil.copyfileobj(entry, file)
    if source.sha256 and sha256_of(target) != source.sha256:
        target.unlink()
        raise ValueError("the photo inside is not the one that was put there")


def _whereabouts(source: Source, project: Path) -> Path | None:
    """Where results belong: beside the original where its folder is still there, else beside the project."""
    if not source.path:
        return None
    original = Path(source.path)
    try:
        return original if original.parent.is_dir() else project.parent / original.name
    except (OSError, ValueError):
        return None


@contextmanager
def _opened(file: BinaryIO) -> Generator[zipfile.ZipFile]:
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


@contextmanager
def _in_words(path: Path) -> Generator[None]:
    """Whatever is wrong with a project becomes one sentence."""
    try:
        yield
    except UserError as error:
        if error.code.startswith(("project_", "photo_")):
            raise
        raise UserError("project_damaged", path=path, detail="a value in it is impossible") from error
    except FileNotFoundError as error:
        raise UserError("photo_missing", path=path) from error
    except PermissionError as error:
        raise UserError("photo_no_permission", path=path) from error
    except MemoryError as error:
        raise UserError("project_damaged", path=path, detail="it asks for too much memory") from error
    except zipfile.BadZipFile as error:
        raise UserError("project_damaged", path=path, detail="it is incomplete") from error
    except KeyError as error:
        raise UserError("project_damaged", path=path, detail="a part of it is missing") from error
    except Exception as error:  # zipfile and zlib raise what they like at mutilated files
        raise UserError("project_damaged", path=path, detail=_detail(error)) from error


def _detail(error: Exception) -> str:
    return str(error) if isinstance(error, ValueError) and str(error) else "its parts contradict each other"


@contextmanager
def _private_folder() -> Generator[Path]:
    with tempfile.TemporaryDirectory(prefix="daps-") as folder:
        yield Path(folder)


def _picture(number: int) -> str:
    return f"versions/{number}.png"


def _hole(number: int) -> str:
    return f"versions/{number}.hole.png"


def _safe_suffix(name: str) -> str:
    suffix = Path(name).suffix.lower()
    return suffix if re.fullmatch(r"\.[a-z0-9]{1,5}", suffix) else ""
