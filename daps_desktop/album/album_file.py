"""The file of an album, and what is still to be done when work goes on."""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, cast

from daps_desktop.album.item_job import key_of, order_for
from daps_desktop.album.model import DONE, SAVING, Album, Row
from daps_desktop.base.errors import UserError
from daps_desktop.base.files import saving as saving_to
from daps_desktop.base.files import write_file
from daps_desktop.base.i18n import N_, phrase, words_of
from daps_desktop.base.serialization import dump_json, from_plain, load_json, to_plain
from daps_desktop.document.sidecar import read_small
from daps_desktop.document.source import sha256_of
from daps_desktop.imaging.export import ExportOptions
from daps_desktop.jobs.recipe import Recipe

KIND, VERSION = "daps-desktop album", 1


# Going on


def resumed(album: Album) -> Album:
    """The album as its files say: results that are there and are still what is asked for are done."""
    return replace(album, rows=tuple(_resumed(row, album) for row in album.rows))


def _resumed(row: Row, album: Album) -> Row:
    if row.state in (DONE, SAVING) and _is_there(row, album):
        return replace(row, state=DONE)
    return Row(row.photo)


def _is_there(row: Row, album: Album) -> bool:
    if row.prior_sha256 and album.prior_sha256 not in ("", row.prior_sha256):
        return False  # the prior of that name is another one since
    try:
        return key_of(order_for(row, album)) == row.key and sha256_of(Path(row.output)) == row.sha256
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
            "rows": to_plain(album.rows),
        }
    )


def write_album(album: Album, path: Path) -> None:
    """Its folder is made where it is missing. Raises: UserError (`save_failed`)."""
    with saving_to(path):
        path.parent.mkdir(parents=True, exist_ok=True)
    write_file(path, dump_album(album), overwrite=True)


def read_album(path: Path) -> Album:
    """Raises: UserError (`file_unreadable`, `album_unreadable`)."""
    data = read_small(path)
    try:
        return _parsed(load_json(data))
    except (ValueError, UserError) as error:
        raise UserError("album_unreadable", path=path, detail=words_of(error)) from error


@dataclass(frozen=True, slots=True)
class _File:
    folder: str
    masks: str
    find_scratches: bool
    rows: tuple[Row, ...]


def _parsed(data: object) -> Album:
    told = cast(dict[str, Any], data) if isinstance(data, dict) else {}
    if told.get("kind") != KIND or told.get("version") != VERSION:
        raise ValueError(
            phrase(N_("it is not of the kind {kind}, version {version}"), kind=KIND, version=VERSION)
        )
    file = from_plain(_File, told)
    if len({row.photo for row in file.rows}) != len(file.rows):
        raise ValueError(phrase(N_("a photo is listed twice")))
    recipe, export = Recipe.from_json(told.get("recipe")), _export(told.get("export"))
    return Album(recipe, export, file.folder, file.masks, file.find_scratches, file.rows)


def _export(data: object) -> ExportOptions:
    if not isinstance(data, dict):
        raise ValueError(phrase(N_("it does not say how results are written")))
    return ExportOptions.from_json(cast(dict[str, Any], data))
