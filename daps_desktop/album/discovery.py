"""Which photos and masks a folder holds, and where results belong."""

import re
from collections.abc import Iterator
from pathlib import Path

from daps_desktop.album.model import Album, AlbumItem
from daps_desktop.base.errors import UserError
from daps_desktop.base.os_errors import describe_os_error
from daps_desktop.imaging.export import ADDED, default_path
from daps_desktop.imaging.formats.endings import READABLE

_MASK_ADDED = ("_mask", "_marks")
_RESULT = re.compile(rf"(.+){ADDED}(?:_\d+)?", re.DOTALL)


def find_photos(folder: Path) -> list[Path]:
    """The photos of a folder by name, without the masks and the results that lie next to them.

    Raises: UserError (`album_empty`, `file_unreadable`).
    """
    try:
        names = sorted(path for path in folder.iterdir() if path.suffix.lower() in READABLE)
    except OSError as error:
        raise UserError("file_unreadable", path=folder, detail=describe_os_error(error)) from error
    photos = [path for path in names if path.is_file() and not path.name.startswith(".")]
    stems = {path.stem for path in photos}
    photos = [path for path in photos if not any(name in stems for name in _made_of(path.stem))]
    if not photos:
        raise UserError("album_empty", path=folder)
    return photos


def _made_of(stem: str) -> Iterator[str]:
    """The names of photos that a picture may be the marks or the result of; several results are numbered."""
    for added in _MASK_ADDED:
        if stem.endswith(added):
            yield stem.removesuffix(added)
    if result := _RESULT.fullmatch(stem):
        yield result[1]


def find_mask(photo: Path, masks: Path | None) -> Path | None:
    """The picture of marks that belongs to a photo: NAME_mask.png or NAME_marks.png next to it, or in the
    folder `masks`, where it may also be called NAME.png."""
    places = _masks_beside(photo, masks or photo.parent)
    if masks is not None:
        places.append(masks / f"{photo.stem}.png")
    return next((place for place in places if place.is_file()), None)


def _masks_beside(photo: Path, folder: Path) -> list[Path]:
    return [folder / f"{photo.stem}{added}.png" for added in _MASK_ADDED]


def default_path_for(item: AlbumItem, album: Album) -> Path:
    """Where the result belongs if nothing is in its way."""
    return default_path(item.path, album.export.ending, Path(album.folder) if album.folder else None)


def taken_names(item: AlbumItem, album: Album) -> set[str]:
    """Results of other photos of the album: the names of two photos may differ in ending or case alone."""
    return {folded(other.output) for other in album.rows if other.output and other.photo != item.photo}


def folded(path: str | Path) -> str:
    """Paths that are one on some systems are one here: A.png and a.png on those of Windows and macOS."""
    return str(path).casefold()
