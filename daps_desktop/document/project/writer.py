"""Writing a project file, whole or not at all."""

import shutil
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import IO, BinaryIO

from daps_desktop.base.files import write_atomically
from daps_desktop.base.serialization import dump_json, to_jsonable
from daps_desktop.base.temp_files import temporary_folder
from daps_desktop.document.project.format import (
    FORMAT,
    MANIFEST,
    MASK,
    ORIGINAL_MASK,
    REFUSED,
    ROOM,
    VERSION,
    Manifest,
    Project,
    VersionEntry,
    image_name,
    named_images,
    safe_suffix,
)
from daps_desktop.document.project.picture_reader import least_size
from daps_desktop.document.source import PASTED, SourceFile, is_unchanged
from daps_desktop.imaging.formats.png_codec import decoded_size, encode_mask
from daps_desktop.imaging.formats.writer import write_photo
from daps_desktop.imaging.photo import Photo


def write_project(
    project: Project, path: Path, *, embed: bool, spare: Path | None = None, overwrite: bool = False
) -> None:
    """The project in the file `path`, whole or not at all.

    With `embed` the bytes of the original go inside: from its own file where that is unchanged, else from
    `spare`, a copy of it, else as a PNG of the pixels. Without it only the name and the checksum do; a
    photo that came from no file, or whose file has changed, is embedded all the same.
    Raises: UserError (`save_exists`, `save_failed`).
    """
    write_atomically(path, lambda file: _write(project, file, embed, spare), overwrite)


def _write(project: Project, file: BinaryIO, embed: bool, spare: Path | None) -> None:
    original = _original(project.source, spare)
    embed = embed or original is None or original == spare
    suffix = safe_suffix(project.source.name) if original else ".png"
    with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as archive:
        if embed:
            with archive.open(_entry(f"photo{suffix}"), "w", force_zip64=True) as entry:
                _copy_photo(project.original, original, entry)
        unfolded = 0
        for name, image in _images(project):
            archive.writestr(_entry(name), image)
            unfolded += decoded_size(image)
        if (missing := least_size(unfolded) - file.tell()) > 0:
            archive.writestr(_entry(ROOM), bytes(missing))
        manifest = Manifest(
            project.source if original else replace(project.source, sha256="", size=0, page=0),
            f"photo{suffix}" if embed else "",
            project.recipe.to_json(),
            [VersionEntry.of(version, project.photo) for version in project.versions],
            project.view,
            project.profile,
            project.framing.frame if project.framing else None,
            project.refused is not None,
        )
        told = {"format": FORMAT, "version": VERSION, **to_jsonable(manifest)}
        archive.writestr(_entry(MANIFEST), dump_json(told), zipfile.ZIP_DEFLATED)


def _images(project: Project) -> Iterator[tuple[str, bytes]]:
    """Name and PNG of each, one by one."""
    yield MASK, encode_mask(project.mask)
    if project.framing is not None:
        yield ORIGINAL_MASK, encode_mask(project.framing.marked(project.mask).marks)
    if project.refused is not None:
        yield REFUSED, encode_mask(project.refused)
    for version in project.versions:
        for ending, image in named_images(version):
            yield image_name(version.number, ending), image


def _entry(name: str) -> zipfile.ZipInfo:
    """Without a date: a computer whose clock has stopped may live in a year that a zip cannot store."""
    entry = zipfile.ZipInfo(name)
    entry.external_attr = 0o600 << 16
    return entry


def _original(source: SourceFile, spare: Path | None) -> Path | None:
    """A file that holds the bytes the photo was read from."""
    places = [place for place in (source.file, spare) if place is not None]
    return next((place for place in places if is_unchanged(source, place)), None)


def _copy_photo(photo: Photo, original: Path | None, entry: IO[bytes]) -> None:
    if original is not None:
        with original.open("rb") as file:
            shutil.copyfileobj(file, entry)
        return
    with temporary_folder() as folder:
        copy = folder / PASTED
        write_photo(replace(photo, path=None), copy)
        _copy_photo(photo, copy, entry)
