"""Reading a project file without unpacking anything beyond its manifest to the disk.

Every size is checked before memory is taken for it.
"""

import re
import shutil
import zipfile
from collections.abc import Generator
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import cast

from daps_desktop.base.errors import UserError
from daps_desktop.base.files import create_private, open_regular_file
from daps_desktop.base.i18n import N_, Phrase, phrase, words_of
from daps_desktop.base.safe_zip import open_zip, read_text
from daps_desktop.base.serialization import from_jsonable, load_json
from daps_desktop.base.temp_files import temporary_folder
from daps_desktop.document.framing import Framing
from daps_desktop.document.project.format import (
    FORMAT,
    MANIFEST,
    MASK,
    ORIGINAL_MASK,
    REFUSED,
    SUFFIX,
    VERSION,
    Manifest,
    Project,
    VersionEntry,
    image_name,
    safe_suffix,
)
from daps_desktop.document.project.locate import candidates, original_path, results_folder
from daps_desktop.document.project.picture_reader import PictureReader
from daps_desktop.document.source import SourceFile, describe_source, hash_file, is_unchanged, read_source
from daps_desktop.document.version import Version
from daps_desktop.imaging.formats.png_codec import decode_mask
from daps_desktop.imaging.frame import Frame
from daps_desktop.imaging.photo import Photo
from daps_desktop.imaging.profile.photo_profile import PhotoProfile
from daps_desktop.jobs.recipe import Recipe

_MAX_VERSIONS = 5000  # a table of contents has no room for the pictures of more


def is_project(path: Path) -> bool:
    """True where the file says it is one, by its ending or by what it begins with."""
    try:
        with open_regular_file(path) as file:
            return path.suffix.lower() == SUFFIX or file.read(4) == b"PK\3\4"
    except (OSError, ValueError):
        return path.suffix.lower() == SUFFIX


def read_project(path: Path, photo_at: Path | None = None, accept_changed: bool = False) -> Project:
    """The project in a file. Its photo, where it is not inside, is sought where it was, next to the project,
    and at `photo_at`; one with other bytes is taken only with `accept_changed`, if it is as large. The source
    says where it was found.

    Raises: UserError (`project_...`, or `photo_...` about the photo outside), and nothing else;
    `file_unreadable` where the memory runs out.
    """
    path = Path(path)
    with _as_user_errors(path), open_regular_file(path) as file, open_zip(file) as archive:
        manifest = _read_manifest(archive, path)
        original = _read_photo(archive, manifest, path, photo_at, accept_changed)
        source = _source(manifest, original, accept_changed)
        return _compose(PictureReader(archive, path.stat().st_size), manifest, original, source)


def read_versions(path: Path, photo: Photo, frame: Frame) -> tuple[Version, ...]:
    """The versions in a project, whose photo is available in a frame; none where it has them of another.

    Raises: UserError (`project_...`).
    """
    with _as_user_errors(path), open_regular_file(path) as file, open_zip(file) as archive:
        manifest = _read_manifest(archive, path)
        if (manifest.frame or Frame()) != frame:
            return ()
        return _versions(PictureReader(archive, path.stat().st_size), manifest, photo)


def read_original(path: Path, target: Path) -> bool:
    """Copy the bytes of the photo inside the project `path` to `target`.

    False where that cannot be done; nothing is there then.
    """
    try:
        with _as_user_errors(path), open_regular_file(path) as file, open_zip(file) as archive:
            manifest = _read_manifest(archive, path)
            if manifest.embedded and manifest.source.sha256:
                _extract(archive, manifest, target)
            return target.exists()
    except UserError:
        target.unlink(missing_ok=True)
        return False


def _compose(reader: PictureReader, manifest: Manifest, original: Photo, source: SourceFile) -> Project:
    framing = None
    if manifest.frame is not None:
        marks = decode_mask(reader.picture(ORIGINAL_MASK), original.height, original.width)
        framing = Framing(original, manifest.frame, marks)
    photo = framing.framed_photo() if framing else original
    mask = decode_mask(reader.picture(MASK), photo.height, photo.width)
    versions = _versions(reader, manifest, photo)
    recipe = Recipe.from_json(manifest.recipe)
    profile = _profile(manifest, source)
    refused = None
    if manifest.refused:
        refused = decode_mask(reader.picture(REFUSED), photo.height, photo.width)
        refused.setflags(write=False)
    return Project(photo, source, mask, recipe, versions, manifest.view, profile, framing, refused)


def _profile(manifest: Manifest, source: SourceFile) -> PhotoProfile | None:
    """None where it is missing, damaged or of another version, or of a photo that has changed since."""
    same_photo = manifest.embedded or source.sha256 == manifest.source.sha256
    with suppress(ValueError):
        return from_jsonable(PhotoProfile, manifest.profile) if same_photo else None
    return None


def _versions(reader: PictureReader, manifest: Manifest, photo: Photo) -> tuple[Version, ...]:
    if len(manifest.versions) > _MAX_VERSIONS:
        raise ValueError(phrase(N_("it lists too many versions")))
    versions = tuple(_read_version(reader, entry, photo) for entry in manifest.versions)
    if len({version.number for version in versions}) != len(versions):
        raise ValueError(phrase(N_("two versions have the same number")))
    return versions


def _read_version(reader: PictureReader, entry: VersionEntry, photo: Photo) -> Version:
    return entry.version(photo, lambda ending: reader.picture(image_name(entry.number, ending)))


def _read_manifest(archive: zipfile.ZipFile, path: Path) -> Manifest:
    if MANIFEST not in archive.namelist():  # other programs make zips, too
        raise UserError("project_not", path=path)
    data = load_json(read_text(archive, MANIFEST))
    told = cast(dict[str, object], data) if isinstance(data, dict) else {}
    if told.get("format") != FORMAT:
        raise UserError("project_not", path=path)
    version = told.get("version")
    if type(version) is int and version > VERSION:
        raise UserError("project_newer", path=path, version=version)
    if version != VERSION:
        raise ValueError(phrase(N_("its version is missing")))
    return from_jsonable(Manifest, told)


def _read_photo(
    archive: zipfile.ZipFile, manifest: Manifest, path: Path, photo_at: Path | None, accept_changed: bool
) -> Photo:
    source = manifest.source
    if manifest.embedded:
        return _read_embedded(archive, manifest, path)
    if photo_at is not None:
        if not (accept_changed or is_unchanged(source, photo_at)):
            raise UserError("project_photo_changed", path=photo_at)
        return read_source(source, photo_at)
    found = candidates(source, path)
    for place in found:
        if is_unchanged(source, place):
            return read_source(source, place)
    if found:
        raise UserError("project_photo_changed", path=found[0])
    raise UserError("project_photo_missing", path=source.path or source.name)


def _source(manifest: Manifest, photo: Photo, accepted: bool) -> SourceFile:
    """Where the photo is now, so that it is not looked for where it was, or in the network."""
    source = manifest.source
    if not manifest.embedded and (accepted or str(photo.path) != source.path):
        return describe_source(photo)
    return source if original_path(source) else replace(source, path=str(photo.path or ""))


def _read_embedded(archive: zipfile.ZipFile, manifest: Manifest, path: Path) -> Photo:
    with temporary_folder() as folder:
        copy = folder / f"photo{safe_suffix(manifest.embedded)}"
        _extract(archive, manifest, copy)
        try:
            photo = read_source(manifest.source, copy)
        except UserError as error:
            if error.code == "file_unreadable":  # the user does not know the copy by its name
                raise MemoryError from error
            raise ValueError(phrase(N_("the photo inside is damaged"))) from error
    return replace(photo, path=results_folder(manifest.source, path))


def _extract(archive: zipfile.ZipFile, manifest: Manifest, target: Path) -> None:
    name, source = manifest.embedded, manifest.source
    if not re.fullmatch(r"photo(\.[a-z0-9]{1,5})?", name):
        raise ValueError(phrase(N_("the photo inside has a name that this program does not give")))
    info = archive.getinfo(name)
    if info.compress_type != zipfile.ZIP_STORED:
        raise ValueError(phrase(N_("the photo inside is not stored as this program stores it")))
    with archive.open(info) as entry, create_private(target) as file:
        shutil.copyfileobj(entry, file)
    if source.sha256 and hash_file(target) != source.sha256:
        target.unlink()
        raise ValueError(phrase(N_("the photo inside is not the one that was put there")))


@contextmanager
def _as_user_errors(path: Path) -> Generator[None]:
    """Whatever is wrong with a project becomes one sentence."""
    try:
        yield
    except UserError as error:
        if error.code.startswith(("project_", "photo_")) or error.code == "file_unreadable":
            raise
        raise UserError(
            "project_damaged", path=path, detail=phrase(N_("a value in it is impossible"))
        ) from error
    except FileNotFoundError as error:
        raise UserError("photo_missing", path=path) from error
    except PermissionError as error:
        raise UserError("photo_no_permission", path=path) from error
    except MemoryError as error:
        raise UserError("file_unreadable", path=path, detail=phrase(N_("the memory ran out"))) from error
    except zipfile.BadZipFile as error:
        raise UserError("project_damaged", path=path, detail=phrase(N_("it is incomplete"))) from error
    except KeyError as error:
        raise UserError("project_damaged", path=path, detail=phrase(N_("a part of it is missing"))) from error
    except Exception as error:  # zipfile and zlib raise what they like at mutilated files
        raise UserError("project_damaged", path=path, detail=_detail(error)) from error


def _detail(error: Exception) -> Phrase | str:
    told = words_of(error) if isinstance(error, ValueError) else ""
    return told or phrase(N_("its parts contradict each other"))
