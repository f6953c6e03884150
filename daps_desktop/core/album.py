"""Several photos with one recipe: which they are, what became of each, how the work goes on after a break.

A plain value with pure steps; the command line runs them in a loop, the window one by one as jobs end. The
file of an album is written after every photo, so that nothing is done twice: before a result is written its
name and checksum are noted, and a noted result that is found on the disk is done.
"""

import hashlib
import re
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, cast

from daps_desktop.core.errors import UserError
from daps_desktop.core.export import (
    ADDED,
    ExportOptions,
    encoded,
    kept_elsewhere,
    sidecar_of,
    suggested,
    target,
    write,
)
from daps_desktop.core.files import saving as saving_to
from daps_desktop.core.files import write_file
from daps_desktop.core.hole import Hole
from daps_desktop.core.mask_io import read_mask
from daps_desktop.core.messages import Finished, JobRequest
from daps_desktop.core.photo import Photo
from daps_desktop.core.photo_reader import read_photo
from daps_desktop.core.plain import dump_json, from_plain, load_json, to_plain
from daps_desktop.core.recipe import Recipe, dump_recipe
from daps_desktop.core.sidecar import dump_sidecar, provenance_of, read_small
from daps_desktop.core.source import sha256_of
from daps_desktop.core.system_words import said_by_system
from daps_desktop.core.task import Scratches
from daps_desktop.core.verdict import judge
from daps_desktop.core.versions import Version

KIND, VERSION = "daps-desktop album", 1
WAITING, SAVING, DONE, FAILED, SKIPPED = STATES = ("waiting", "saving", "done", "failed", "skipped")
NO_MARKS, FROM_FILE, FOUND = MARKS = ("", "file", "found")
_READABLE = (".jpg", ".jpeg", ".png", ".webp", ".tif", ".tiff", ".bmp", ".avif")
_MASK_ADDED = ("_mask", "_marks")
_RESULT = re.compile(rf"(.+){ADDED}(?:_\d+)?", re.DOTALL)

FindScratches = Callable[[Photo], Hole]


@dataclass(frozen=True, slots=True)
class Row:
    """One photo and its fate. `key` is what the result was made from: photo, marks, recipe, export."""

    photo: str  # path
    state: str = WAITING
    output: str = ""  # path
    sha256: str = ""  # of the output
    key: str = ""
    marks: str = NO_MARKS  # where the marks came from
    agreement: str = ""
    residual: float = 0.0  # over the noise level
    redrawn: float | None = None  # share of the photo
    seconds: float = 0.0
    reason: str = ""  # why it failed or was skipped, or lacks what tells its origin, in words

    def __post_init__(self) -> None:
        if self.state not in STATES or self.marks not in MARKS:
            raise ValueError(f"a photo is {self.state!r}, its marks {self.marks!r}")

    @property
    def path(self) -> Path:
        return Path(self.photo)

    @property
    def open(self) -> bool:
        """Whether there is still something to do for this photo."""
        return self.state in (WAITING, SAVING)


@dataclass(frozen=True, slots=True)
class Album:
    """`folder` is "" for results beside their originals, `masks` "" for marks beside the photos."""

    recipe: Recipe = field(default_factory=Recipe)
    export: ExportOptions = field(default_factory=ExportOptions)
    folder: str = ""
    masks: str = ""
    find_scratches: bool = True
    rows: tuple[Row, ...] = ()

    def with_row(self, row: Row) -> "Album":
        """With `row` in place of the one of the same photo."""
        return replace(self, rows=tuple(row if old.photo == row.photo else old for old in self.rows))

    def with_photos(self, photos: list[Path]) -> "Album":
        """With these photos behind those it has; one it has already is not taken twice."""
        known = {row.photo for row in self.rows}
        fresh = [str(path) for path in photos if str(path) not in known]
        return replace(self, rows=self.rows + tuple(Row(photo) for photo in dict.fromkeys(fresh)))

    def next_row(self) -> Row | None:
        return next((row for row in self.rows if row.open), None)

    def count(self, state: str) -> int:
        return sum(row.state == state for row in self.rows)


@dataclass(frozen=True, slots=True)
class Order:
    """A photo and all that its result depends on; `mask` is the path of a picture of its marks, or ""."""

    row: Row
    mask: str
    recipe: Recipe
    export: ExportOptions
    find_scratches: bool


@dataclass(frozen=True, slots=True)
class Work:
    """A photo that was read and is ready to be restored; `row` says where its marks came from."""

    row: Row
    request: JobRequest

    @property
    def recipe(self) -> Recipe:
        return Recipe(self.request.task, self.request.settings)


@dataclass(frozen=True, slots=True)
class Made:
    """A restored photo as the bytes of its file; `origin`: those of the file beside it, if there is one."""

    row: Row
    data: bytes
    origin: bytes | None


# Which photos


def photos_in(folder: Path) -> list[Path]:
    """The photos of a folder by name, without the masks and the results that lie beside them.

    Raises: UserError (`album_empty`, `file_unreadable`).
    """
    try:
        names = sorted(path for path in folder.iterdir() if path.suffix.lower() in _READABLE)
    except OSError as error:
        raise UserError("file_unreadable", path=folder, detail=said_by_system(error)) from error
    photos = [path for path in names if path.is_file() and not path.name.startswith(".")]
    stems = {path.stem for path in photos}
    photos = [path for path in photos if not any(name in stems for name in _made_of(path.stem))]
    if not photos:
        raise UserError("album_empty", path=folder)
    return photos


def _made_of(stem: str) -> Iterator[str]:
    """The names of photos that a picture may be the marks or the result of; several results have numbers."""
    for added in _MASK_ADDED:
        if stem.endswith(added):
            yield stem.removesuffix(added)
    if result := _RESULT.fullmatch(stem):
        yield result[1]


def mask_of(photo: Path, masks: Path | None) -> Path | None:
    """The picture of marks that belongs to a photo: NAME_mask.png or NAME_marks.png beside it, or in the
    folder `masks`, where it may also be called NAME.png."""
    places = _masks_beside(photo, masks or photo.parent)
    if masks is not None:
        places.append(masks / f"{photo.stem}.png")
    return next((place for place in places if place.is_file()), None)


def _masks_beside(photo: Path, folder: Path) -> list[Path]:
    return [folder / f"{photo.stem}{added}.png" for added in _MASK_ADDED]


# One photo


def ordered(row: Row, album: Album) -> Order:
    """What is to be done to one photo. Raises: UserError where its result is to be left alone."""
    with _in_words():
        _leave_alone(row, album)
        return _order(row, album)


def _order(row: Row, album: Album) -> Order:
    mask = mask_of(row.path, Path(album.masks) if album.masks else None)
    return Order(row, str(mask) if mask else "", album.recipe, album.export, album.find_scratches)


def prepare(order: Order, job_id: str, find: FindScratches) -> Work:
    """Read the photo and find its marks. Without marks only what damages the whole photo is undone.

    Raises: UserError where it cannot be read, or nothing is left to undo (`album_nothing_to_do`), or the
    program is at fault (`bug`).
    """
    with _in_words():
        row, task = order.row, order.recipe.task
        photo = read_photo(row.path)
        hole, marks = None, NO_MARKS
        if task.has(Scratches):
            hole, marks = _marks(order, photo, find)
            task = task if hole is not None else task.without(Scratches)
        if not task.damages:
            raise UserError("album_nothing_to_do", path=row.path.name)
        request = JobRequest(job_id, photo, hole, task, order.recipe.settings)
        return Work(replace(row, marks=marks, key=key_of(order), reason=""), request)


@contextmanager
def _in_words() -> Generator[None]:
    """Whatever befalls one photo, a bug or want of memory included, must not take the others along."""
    try:
        yield
    except UserError:
        raise
    except Exception as error:
        raise UserError("bug", detail=f"{type(error).__name__}: {error}") from error


def _leave_alone(row: Row, album: Album) -> None:
    path = suggested_for(row, album)
    if album.export.policy == "skip" and path.exists() and str(path) not in _taken(row, album):
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
    """What a result depends on, as a hash: the same wherever the files lie.

    Raises: UserError where a file cannot be read.
    """
    try:
        files = [sha256_of(Path(path)) if path else "" for path in (order.row.photo, order.mask)]
    except OSError as error:
        raise UserError("file_unreadable", path=order.row.path, detail=said_by_system(error)) from error
    export = dump_json(order.export.to_json()).decode()
    asked = [dump_recipe(order.recipe), export, str(order.find_scratches)]
    return hashlib.sha256("\n".join(files + asked).encode()).hexdigest()


def judged(work: Work, finished: Finished, seconds: float) -> Row:
    """The row with what the result says about itself."""
    verdict = judge(finished.report, work.request.task, work.request.hole, work.request.settings.soft_edge)
    return replace(
        work.row,
        agreement=verdict.agreement.value,
        residual=verdict.residual_over_noise,
        redrawn=verdict.redrawn,
        seconds=seconds,
    )


def made(row: Row, work: Work, finished: Finished, export: ExportOptions) -> Made:
    """The result as it is to be written. Raises: UserError as `encoded`, or `bug`."""
    with _in_words():
        data = encoded(finished.photo, export)
        digest = hashlib.sha256(data).hexdigest()
        return Made(replace(row, sha256=digest), data, _origin(work, finished, digest, export))


def _origin(work: Work, finished: Finished, digest: str, export: ExportOptions) -> bytes | None:
    if not export.sidecar:
        return None
    version = Version(1, finished.photo, work.recipe, work.request.hole, finished.report)
    return dump_sidecar(provenance_of(work.request.photo, version, digest))


def stored(result: Made, album: Album) -> Iterator[Row]:
    """The row before its result is written, to be noted, and after.

    Raises: UserError (`save_...`); what could not be written where it belongs is then kept elsewhere.
    """
    try:
        yield (row := saving(result.row, album))
        yield save(row, album, result)
    except UserError as error:
        raise kept_elsewhere(result.data, suggested_for(result.row, album), error) from error


def saving(row: Row, album: Album) -> Row:
    """The row with the name under which its result is to be written, noted before it is.

    Raises: UserError (`save_...`).
    """
    suggested, taken = suggested_for(row, album), _taken(row, album)
    path, number = suggested, 2
    while str(path) in taken:
        path, number = suggested.with_stem(f"{suggested.stem}_{number}"), number + 1
    chosen = target(path, album.export.policy if path == suggested else "unique", row.path)
    if chosen is None:
        raise UserError("album_exists", path=path)
    return replace(row, state=SAVING, output=str(chosen))


def save(row: Row, album: Album, result: Made) -> Row:
    """Write the result, and where it comes from, beside each other.

    A result is done without the latter, too; the row then says why. Raises: UserError (`save_...`).
    """
    path, reason = Path(row.output), ""
    write(result.data, path, overwrite=album.export.policy == "overwrite", original=row.path)
    if result.origin is not None:
        try:
            write_file(sidecar_of(path), result.origin, overwrite=True)
        except UserError as error:
            reason = str(error)
    return replace(row, state=DONE, reason=reason)


def failed(row: Row, error: UserError) -> Row:
    """The row of a photo that could not be restored, or needs nothing of it."""
    skipped = error.code in ("album_exists", "album_nothing_to_do")
    return replace(row, state=SKIPPED if skipped else FAILED, reason=str(error))


def suggested_for(row: Row, album: Album) -> Path:
    """Where the result belongs if nothing is in its way."""
    return suggested(row.path, album.export.ending, Path(album.folder) if album.folder else None)


def _taken(row: Row, album: Album) -> set[str]:
    """Results of other photos of the album: two photos may have the same name but for its ending."""
    return {other.output for other in album.rows if other.output and other.photo != row.photo}


# Going on


def resumed(album: Album) -> Album:
    """The album as its files say: results that are there and are still what is asked for are done."""
    return replace(album, rows=tuple(_resumed(row, album) for row in album.rows))


def _resumed(row: Row, album: Album) -> Row:
    if row.state in (DONE, SAVING) and _is_there(row, album):
        return replace(row, state=DONE)
    return Row(row.photo)


def _is_there(row: Row, album: Album) -> bool:
    try:
        return key_of(_order(row, album)) == row.key and sha256_of(Path(row.output)) == row.sha256
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
        raise UserError("album_unreadable", path=path, detail=str(error)) from error


@dataclass(frozen=True, slots=True)
class _File:
    folder: str
    masks: str
    find_scratches: bool
    rows: tuple[Row, ...]


def _parsed(data: object) -> Album:
    told = cast(dict[str, Any], data) if isinstance(data, dict) else {}
    if told.get("kind") != KIND or told.get("version") != VERSION:
        raise ValueError(f"it is not of the kind {KIND}, version {VERSION}")
    file = from_plain(_File, told)
    if len({row.photo for row in file.rows}) != len(file.rows):
        raise ValueError("a photo is listed twice")
    recipe, export = Recipe.from_json(told.get("recipe")), _export(told.get("export"))
    return Album(recipe, export, file.folder, file.masks, file.find_scratches, file.rows)


def _export(data: object) -> ExportOptions:
    if not isinstance(data, dict):
        raise ValueError("it does not say how results are written")
    return ExportOptions.from_json(cast(dict[str, Any], data))
