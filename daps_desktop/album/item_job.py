"""One photo of an album, from its file to a request."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from daps_desktop.album.discovery import folded, mask_of, suggested_for, taken_names
from daps_desktop.album.model import FOUND, FROM_FILE, NO_MARKS, Album, Row
from daps_desktop.base.errors import UserError
from daps_desktop.base.os_errors import said_by_system
from daps_desktop.base.serialization import dump_json
from daps_desktop.document.kernel_file import with_kernel_read
from daps_desktop.document.source import sha256_of
from daps_desktop.imaging.export import (
    ExportOptions,
)
from daps_desktop.imaging.formats.mask_file import read_mask
from daps_desktop.imaging.formats.reader import read_photo
from daps_desktop.imaging.mask import Hole
from daps_desktop.imaging.photo import Photo
from daps_desktop.jobs.recipe import Recipe, dump_recipe
from daps_desktop.jobs.requests import JobRequest

FindScratches = Callable[[Photo], Hole]


@dataclass(frozen=True, slots=True)
class Order:
    """A photo and all that its result depends on; `mask` is the path of a picture of its marks, or ""."""

    row: Row
    mask: str
    recipe: Recipe
    export: ExportOptions
    find_scratches: bool
    prior_sha256: str = ""  # that the result is to be made with; "": any


@dataclass(frozen=True, slots=True)
class Work:
    """A photo that was read and is ready to be restored; `row` says where its marks came from."""

    row: Row
    request: JobRequest

    @property
    def recipe(self) -> Recipe:
        return Recipe(self.request.task, self.request.settings)


# One photo


def ordered(row: Row, album: Album) -> Order:
    """What is to be done to one photo. Raises: UserError where its result is to be left alone."""
    _leave_alone(row, album)
    return order_for(row, album)


def order_for(row: Row, album: Album) -> Order:
    mask = mask_of(row.path, Path(album.masks) if album.masks else None)
    recipe = replace(album.recipe, task=with_kernel_read(album.recipe.task))
    return Order(
        row, str(mask) if mask else "", recipe, album.export, album.find_scratches, album.prior_sha256
    )


def prepare(order: Order, job_id: str, find: FindScratches) -> Work:
    """Read the photo and find its marks. Without marks only what damages the whole photo is undone.

    Raises: UserError where it cannot be read, or nothing is left to undo (`album_nothing_to_do`).
    """
    row, task = order.row, order.recipe.task
    photo = read_photo(row.path)
    hole, marks = None, NO_MARKS
    if task.needs_mask:
        hole, marks = _marks(order, photo, find)
        task = task if hole is not None else task.maskless_part
    if not task.damages:
        raise UserError("album_nothing_to_do", path=row.path.name)
    request = JobRequest(job_id, photo, hole, task, order.recipe.settings, prior_sha256=order.prior_sha256)
    return Work(replace(row, marks=marks, key=key_of(order), reason=""), request)


def _leave_alone(row: Row, album: Album) -> None:
    path = suggested_for(row, album)
    if album.export.policy == "skip" and path.exists() and folded(path) not in taken_names(row, album):
        raise UserError("album_exists", path=path)


def _marks(order: Order, photo: Photo, find: FindScratches) -> tuple[Hole | None, str]:
    if order.mask:
        hole, marks = read_mask(Path(order.mask), photo), FROM_FILE
    elif order.find_scratches:
        hole, marks = find(photo), FOUND
    else:
        return None, NO_MARKS
    if not hole.any():
        return None, NO_MARKS
    hole.setflags(write=False)
    return hole, marks


def key_of(order: Order) -> str:
    """What a result depends on beside the prior, as a hash: the same wherever the files lie.

    Raises: UserError where a file cannot be read.
    """
    try:
        files = [sha256_of(Path(path)) if path else "" for path in (order.row.photo, order.mask)]
    except OSError as error:
        raise UserError("file_unreadable", path=order.row.path, detail=said_by_system(error)) from error
    export = dump_json(order.export.to_json()).decode()
    asked = [dump_recipe(order.recipe), export, str(order.find_scratches)]
    return hashlib.sha256("\n".join(files + asked).encode()).hexdigest()
