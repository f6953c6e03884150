"""One photo of an album, from its file to a request."""

import hashlib
import uuid
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeVar

from daps_desktop.album.discovery import default_path_for, find_mask, folded, taken_names
from daps_desktop.album.model import FOUND, FROM_FILE, NO_MARKS, Album, AlbumItem
from daps_desktop.analysis.diagnosis import suggested_task
from daps_desktop.base.errors import UserError
from daps_desktop.base.i18n import join_sentences
from daps_desktop.base.os_errors import describe_os_error
from daps_desktop.base.serialization import dump_json
from daps_desktop.document.kernel_file import with_kernel_read
from daps_desktop.document.source import hash_file
from daps_desktop.imaging.export import ExportOptions
from daps_desktop.imaging.formats.mask_file import read_mask
from daps_desktop.imaging.formats.reader import read_photo
from daps_desktop.imaging.mask import Mask
from daps_desktop.imaging.photo import Photo
from daps_desktop.jobs.damage_text import format_damage
from daps_desktop.jobs.messages import Cancelled, Failed, FindResult, Message, ProfileResult, file_notices
from daps_desktop.jobs.proposals import DEFAULT
from daps_desktop.jobs.recipe import Recipe, dump_recipe
from daps_desktop.jobs.requests import FindRequest, ProfileRequest, Request, RestoreRequest

Ask = Callable[[Request], Message]  # the last message of the job
Answer = TypeVar("Answer")


class StoppedError(Exception):
    """The job was given up on request."""


@dataclass(frozen=True, slots=True)
class ItemJob:
    """A photo and all that its result depends on; `mask` is the path of a picture of its marks, or ""."""

    item: AlbumItem
    mask: str
    recipe: Recipe
    export: ExportOptions
    find_scratches: bool
    sensitivity: float = DEFAULT
    prior_sha256: str = ""  # that the result is to be made with; "": any
    suggested: bool = False  # in place of the task of the recipe


@dataclass(frozen=True, slots=True)
class PreparedItem:
    """A photo that was read and is ready to be restored; `item` says where its marks came from."""

    item: AlbumItem
    request: RestoreRequest

    @property
    def recipe(self) -> Recipe:
        return Recipe(self.request.task, self.request.settings)


def job_for(item: AlbumItem, album: Album) -> ItemJob:
    """What is to be done to one photo. Raises: UserError where its result is to be left alone."""
    _leave_alone(item, album)
    return unchecked_job_for(item, album)


def unchecked_job_for(item: AlbumItem, album: Album) -> ItemJob:
    """What a result of the photo depends on, whether or not it is to be made."""
    mask = find_mask(item.path, Path(album.masks) if album.masks else None)
    recipe = replace(album.recipe, task=with_kernel_read(album.recipe.task))
    finding = album.find_scratches, album.sensitivity if item.sensitivity is None else item.sensitivity
    prior, suggested = album.prior_sha256, album.suggested
    return ItemJob(item, str(mask) if mask else "", recipe, album.export, *finding, prior, suggested)


def prepare(job: ItemJob, ask: Ask) -> PreparedItem:
    """Read the photo and find its marks. Without marks only what damages the whole photo is undone.

    Raises: UserError where it cannot be read or looked through, or nothing is left to undo
    (`album_nothing_to_do`); StoppedError.
    """
    photo, task, profile, marked = read_photo(job.item.path), job.recipe.task, None, _Marked()
    if job.suggested:
        profile = answer(ask(ProfileRequest(uuid.uuid4().hex, photo)), ProfileResult).profile
        marked = _marks(job, photo, ask)
        task = suggested_task(profile, 0 if marked.mask is None else 1)
    elif task.needs_mask:
        marked = _marks(job, photo, ask)
    if marked.mask is None:
        task = task.maskless_part
    if not task.damages:
        raise UserError("album_nothing_to_do", path=job.item.path.name)
    notices = file_notices(photo)
    row = replace(
        job.item,
        marks=marked.source,
        places=marked.places,
        undone=tuple(map(format_damage, task.damages)),
        key=key_of(job),
        reason=join_sentences(*map(str, notices.values())),
    )
    settings, job_id = job.recipe.settings, uuid.uuid4().hex
    request = RestoreRequest(
        job_id, photo, marked.mask, task, settings, prior_sha256=job.prior_sha256, profile=profile
    )
    return PreparedItem(row, request)


def answer(message: Message, kind: type[Answer]) -> Answer:
    """The answer of that kind. Raises: UserError where there is none, StoppedError."""
    if isinstance(message, Cancelled):
        raise StoppedError
    if isinstance(message, Failed):
        raise UserError(message.code, **message.params)
    assert isinstance(message, kind)
    return message


def _leave_alone(item: AlbumItem, album: Album) -> None:
    path = default_path_for(item, album)
    if album.export.policy == "skip" and path.exists() and folded(path) not in taken_names(item, album):
        raise UserError("album_exists", path=path)


@dataclass(frozen=True, slots=True)
class _Marked:
    """What is marked in a photo, where that came from, and how many places were found."""

    mask: Mask | None = None
    source: str = NO_MARKS
    places: int | None = None


def _marks(job: ItemJob, photo: Photo, ask: Ask) -> _Marked:
    places = None
    if job.mask:
        mask, source = read_mask(Path(job.mask), photo, inverted=None), FROM_FILE
    elif job.find_scratches:
        request = FindRequest(uuid.uuid4().hex, photo, job.recipe.settings.device)
        found = answer(ask(request), FindResult).proposals
        places = found.shown(job.sensitivity)
        mask, source = found.mask(places), FOUND
    else:
        return _Marked()
    if not mask.any():
        return _Marked(places=places)
    mask.setflags(write=False)
    return _Marked(mask, source, places)


def key_of(job: ItemJob) -> str:
    """What a result depends on besides the prior, as a hash: the same wherever the files lie.

    Raises: UserError where a file cannot be read.
    """
    try:
        files = [hash_file(Path(path)) if path else "" for path in (job.item.photo, job.mask)]
    except OSError as error:
        raise UserError("file_unreadable", path=job.item.path, detail=describe_os_error(error)) from error
    export = dump_json(job.export.to_json()).decode()
    asked = [dump_recipe(job.recipe), export, str(job.find_scratches)]
    if job.sensitivity != DEFAULT:  # else results of earlier versions would be made again
        asked.append(str(job.sensitivity))
    if job.suggested:
        asked.append("suggested")
    return hashlib.sha256("\n".join(files + asked).encode()).hexdigest()
