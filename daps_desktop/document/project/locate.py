"""Where the photo of a project is that lies outside of it, and where results of a photo inside belong."""

import re
from collections.abc import Callable
from pathlib import Path

from daps_desktop.document.source import SourceFile


def original_path(source: SourceFile) -> Path | None:
    """Where the photo was, if this computer can have such a place: the project may come from another one.

    A path in the network is not followed automatically, since asking for it reveals who asks.
    """
    place = Path(source.path)
    in_network = source.path.replace("/", "\\").startswith("\\\\")
    return place if place.is_absolute() and not in_network else None


def candidates(source: SourceFile, project: Path) -> list[Path]:
    """Files that may be the photo: the one where it was, and the one of its name next to the project."""
    name = _name(source)
    places = (original_path(source), project.parent / name if name else None)
    return [place for place in places if place is not None and _seen(place.is_file)]


def results_folder(source: SourceFile, project: Path) -> Path | None:
    """The original where its folder is still there, else as if it lay next to the project."""
    place, name = original_path(source), _name(source)
    if place is not None and _seen(place.parent.is_dir):
        return place
    return project.parent / name if source.path and name else None


def _name(source: SourceFile) -> str:
    name = re.split(r"[\\/]", source.path or source.name)[-1]
    return "" if name in (".", "..") else name


def _seen(look: Callable[[], bool]) -> bool:
    try:
        return look()
    except OSError:  # it belongs to another user, or has a name that cannot be
        return False
