"""Which photos and masks a folder holds, and where results belong."""

import os
import re
import unicodedata
from collections.abc import Iterator
from functools import reduce
from itertools import islice
from pathlib import Path

from daps_desktop.album.model import Album, AlbumItem
from daps_desktop.base.errors import UserError
from daps_desktop.base.i18n import N_, Phrase, phrase
from daps_desktop.base.os_errors import describe_os_error
from daps_desktop.imaging.export import ADDED, default_path
from daps_desktop.imaging.formats.endings import INFRARED_ADDED, OTHER_PICTURES, READABLE
from daps_desktop.imaging.formats.reader import begins_like_a_photo

_MASK_ADDED = ("_mask", "_marks")
_MOST_FOLDERS = 1000  # that are looked through below one that is left out
_MOST_NAMED = 5  # in one sentence
_RESULT = re.compile(rf"(.+){ADDED}(?:_\d+)?", re.DOTALL)


def find_photos(folder: Path) -> list[Path]:
    """The photos of a folder by name, without the masks and the results that lie next to them.

    Raises: UserError (`album_empty`, `file_unreadable`).
    """
    photos = _pictures(folder)
    stems = {_plain(path.stem) for path in photos}
    photos = [path for path in photos if not any(name in stems for name in _made_of(_plain(path.stem)))]
    if not photos:
        raise UserError("album_empty", path=folder)
    return photos


def photos_at(paths: list[Path]) -> list[Path]:
    """The files among `paths`, and the photos of the folders among them.

    Raises: UserError (as `find_photos`) where there is none at all.
    """
    found: list[Path] = []
    empty: UserError | None = None
    for path in paths:
        try:
            found += find_photos(path) if path.is_dir() else [path]
        except UserError as error:
            empty = error
    if not found and empty is not None:
        raise empty
    return found


def passed_over(folder: Path, masks: Path | None = None) -> list[tuple[Path, Phrase]]:
    """What `find_photos` leaves out though a person could mean it, and what of the folder `masks` belongs to
    no photo, with the reason. Raises: UserError as that."""
    pictures = _pictures(folder)
    stems = {_plain(path.stem) for path in pictures}
    reasons = [(path, _why_not(path, stems)) for path in _visible(folder)]
    of_none = phrase(N_("marks of no photo in the folder"))
    for mask in _pictures(masks) if masks else []:
        stem = _plain(mask.stem)
        known = {stem, *(stem.removesuffix(added) for added in _MASK_ADDED)}
        reasons.append((mask, None if known & stems else of_none))
    return [(path, reason) for path, reason in reasons if reason is not None]


def left_out(paths: list[Path]) -> UserError | None:
    """What is passed over in the folders among `paths`, to be said; None where that is nothing.

    Raises: UserError as `passed_over`.
    """
    found = [each for path in paths if path.is_dir() for each in passed_over(path)]
    told = [phrase(N_("{name} ({reason})"), name=path.name, reason=reason) for path, reason in found]
    if len(told) > _MOST_NAMED:
        more = phrase(N_("{count} more"), count=len(told) - _MOST_NAMED)
        told = [*told[:_MOST_NAMED], more]
    if not told:
        return None
    return UserError("album_left_out", names=reduce(_and, told))


def _and(told: Phrase, more: Phrase) -> Phrase:
    return phrase(N_("{told}, {more}"), told=told, more=more)


def _why_not(path: Path, stems: set[str]) -> Phrase | None:
    """None for a photo of the album, a mask, and what is no photo."""
    if path.is_dir():
        return _why_not_folder(path)
    known = path.suffix.lower() in READABLE
    if not path.exists():
        return phrase(N_("a link to what is not there")) if known else None
    if path.suffix.lower() in OTHER_PICTURES:
        return phrase(N_("a kind of picture that is not read"))
    if not known:
        return phrase(N_("a picture whose name does not end like one")) if begins_like_a_photo(path) else None
    result = _RESULT.fullmatch(_plain(path.stem))
    if result and result[1] in stems:
        return phrase(N_("taken for the result of {name}"), name=result[1])
    for name in _without(_plain(path.stem), INFRARED_ADDED):
        if name in stems:
            return phrase(N_("taken for what a scanner saw of {name} in infrared"), name=name)
    return None


def _why_not_folder(path: Path) -> Phrase | None:
    try:
        next(path.iterdir(), None)
    except OSError:
        return phrase(N_("a folder that may not be looked into"))
    names = (name for _, _, files in islice(os.walk(path), _MOST_FOLDERS) for name in files)
    count = sum(Path(name).suffix.lower() in READABLE for name in names if not name.startswith("."))
    return phrase(N_("a folder of its own; pictures in it: {count}"), count=count) if count else None


def _pictures(folder: Path) -> list[Path]:
    """Raises: UserError (`file_unreadable`)."""
    return [path for path in _visible(folder) if path.suffix.lower() in READABLE and path.is_file()]


def _visible(folder: Path) -> list[Path]:
    try:
        return sorted(path for path in folder.iterdir() if not path.name.startswith("."))
    except OSError as error:
        raise UserError("file_unreadable", path=folder, detail=describe_os_error(error)) from error


def _plain(name: str) -> str:
    """A name without case, its accents in one piece: some systems and archives take them apart."""
    return unicodedata.normalize("NFC", name).casefold()


def _made_of(stem: str) -> Iterator[str]:
    """The names of photos that a picture may be the marks, the infrared channel or the result of; several
    results are numbered."""
    yield from _without(stem, (*_MASK_ADDED, *INFRARED_ADDED))
    if result := _RESULT.fullmatch(stem):
        yield result[1]


def _without(stem: str, added: tuple[str, ...]) -> Iterator[str]:
    return (stem.removesuffix(end) for end in added if stem.endswith(end))


def find_mask(photo: Path, masks: Path | None) -> Path | None:
    """The picture of marks that belongs to a photo: NAME_mask or NAME_marks with the ending of any picture,
    .png before others, next to it or in the folder `masks`, where it may also be called NAME."""
    folder = masks or photo.parent
    names = [f"{photo.stem}{added}" for added in _MASK_ADDED] + ([photo.stem] if masks else [])
    for name in names:
        if (exact := folder / f"{name}.png").is_file():
            return exact
    wanted = {_plain(name): rank for rank, name in enumerate(names)}
    try:
        found = [p for p in folder.iterdir() if p.suffix.lower() in READABLE and p != photo]
    except OSError:
        return None
    ranked = sorted((wanted.get(_plain(p.stem), len(names)), p) for p in found)
    return next((path for rank, path in ranked if rank < len(names) and path.is_file()), None)


def default_path_for(item: AlbumItem, album: Album) -> Path:
    """Where the result belongs if nothing is in its way."""
    return default_path(item.path, album.export.ending, Path(album.folder) if album.folder else None)


def taken_names(item: AlbumItem, album: Album) -> set[str]:
    """Results of other photos of the album: the names of two photos may differ in ending or case alone."""
    return {folded(other.output) for other in album.rows if other.output and other.photo != item.photo}


def folded(path: str | Path) -> str:
    """Paths that are one on some systems are one here: A.png and a.png on those of Windows and macOS."""
    return str(path).casefold()
