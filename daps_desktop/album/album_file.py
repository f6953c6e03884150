"""The file of an album, and what is still to be done when work goes on."""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, cast

from daps_desktop.album.item_job import key_of, unchecked_job_for
from daps_desktop.album.model import DONE, SAVING, Album, AlbumItem
from daps_desktop.base.errors import UserError
from daps_desktop.base.files import save_errors as saving_to
from daps_desktop.base.files import write_file
from daps_desktop.base.i18n import N_, phrase, words_of
from daps_desktop.base.serialization import dump_json, from_jsonable, load_json, to_jsonable
from daps_desktop.document.sidecar import read_limited
from daps_desktop.document.source import hash_file
from daps_desktop.imaging.export import ExportOptions
from daps_desktop.jobs.proposals import DEFAULT, SENSITIVITY
from daps_desktop.jobs.recipe import Recipe

KIND, VERSION = "daps-desktop album", 1


def revalidated(album: Album) -> Album:
    """The album as its files say: results that are there and are still what is asked for are done."""
    return replace(album, rows=tuple(_revalidated(row, album) for row in album.rows))


def _revalidated(item: AlbumItem, album: Album) -> AlbumItem:
    if item.state in (DONE, SAVING) and _is_there(item, album):
        return replace(item, state=DONE)
    return AlbumItem(item.photo, sensitivity=item.sensitivity)


def _is_there(item: AlbumItem, album: Album) -> bool:
    if item.prior_sha256 and album.prior_sha256 not in ("", item.prior_sha256):
        return False  # the prior of that name is another one since
    try:
        return (
            key_of(unchecked_job_for(item, album)) == item.key and hash_file(Path(item.output)) == item.sha256
        )
    except (OSError, UserError):
        return False


def dump_album(album: Album) -> bytes:
    return dump_json(
        {
            "kind": KIND,
            "version": VERSION,
            "recipe": album.recipe.to_json(),
            "export": album.export.to_json(),
            "folder": album.folder,
            "masks": album.masks,
            "find_scratches": album.find_scratches,
            "sensitivity": album.sensitivity,
            "suggested": album.suggested,
            "rows": to_jsonable(album.rows),
        }
    )


def write_album(album: Album, path: Path) -> None:
    """Its folder is made where it is missing. Raises: UserError (`save_failed`)."""
    with saving_to(path):
        path.parent.mkdir(parents=True, exist_ok=True)
    write_file(path, dump_album(album), overwrite=True)


def read_album(path: Path) -> Album:
    """Raises: UserError (`file_unreadable`, `album_unreadable`)."""
    data = read_limited(path)
    try:
        return _parse(load_json(data))
    except (ValueError, UserError) as error:
        raise UserError("album_unreadable", path=path, detail=words_of(error)) from error


@dataclass(frozen=True, slots=True)
class _File:
    folder: str
    masks: str
    find_scratches: bool
    rows: tuple[AlbumItem, ...]
    sensitivity: float = DEFAULT  # one of an earlier version does not say it
    suggested: bool = False


def _parse(data: object) -> Album:
    told = cast(dict[str, Any], data) if isinstance(data, dict) else {}
    if told.get("kind") != KIND or told.get("version") != VERSION:
        raise ValueError(
            phrase(N_("it is not of the kind {kind}, version {version}"), kind=KIND, version=VERSION)
        )
    file = from_jsonable(_File, told)
    if len({row.photo for row in file.rows}) != len(file.rows):
        raise ValueError(phrase(N_("a photo is listed twice")))
    if refusal := SENSITIVITY.refusal("sensitivity", file.sensitivity):
        raise ValueError(refusal)
    recipe, export = Recipe.from_json(told.get("recipe")), _export(told.get("export"))
    finding = file.find_scratches, file.sensitivity
    return Album(recipe, export, file.folder, file.masks, *finding, file.rows, suggested=file.suggested)


def _export(data: object) -> ExportOptions:
    if not isinstance(data, dict):
        raise ValueError(phrase(N_("it does not say how results are written")))
    return ExportOptions.from_json(cast(dict[str, Any], data))
