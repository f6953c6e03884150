"""What a project is, and how its file tells it."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from daps_desktop.base.i18n import N_, phrase
from daps_desktop.document.source import Source
from daps_desktop.document.version import Version
from daps_desktop.imaging.formats.png_codec import (
    pack_hole,
    pack_map,
    pack_pixels,
    unpack_hole,
    unpack_map,
    unpack_pixels,
)
from daps_desktop.imaging.mask import Hole
from daps_desktop.imaging.photo import Photo
from daps_desktop.jobs.recipe import Recipe
from daps_desktop.jobs.report import Report

SUFFIX = ".daps"
FORMAT, VERSION = "daps-project", 1
EMBED_UP_TO = 100 * 2**20  # bytes: a larger photo is better left where it is
MANIFEST, HOLE, ROOM = "manifest.json", "hole.png", "room"
_PIXELS, _OWN_HOLE, _MAP = ".png", ".hole.png", ".map.png"  # endings of what belongs to a version


@dataclass(frozen=True, slots=True)
class View:
    """How the photo was looked at; `scale` is 0 where it was fitted into the window."""

    scale: float = 0.0
    row: float = 0.0  # of the photo, in the middle of the window
    col: float = 0.0
    shown: int = 0  # number of the version that was shown; 0: none


@dataclass(frozen=True, slots=True)
class Project:
    """All that a person has done to one photo. `hole` is (H, W) bool."""

    photo: Photo
    source: Source
    hole: Hole
    recipe: Recipe
    versions: tuple[Version, ...] = ()
    view: View = field(default_factory=View)


@dataclass(frozen=True, slots=True)
class VersionEntry:
    """A version without its pictures, as project files and journals tell it."""

    number: int
    recipe: dict[str, object]
    report: Report | None = None
    name: str = ""
    scale: int = 1  # times the size of the photo
    hole: bool = False  # whether one is kept beside it
    painted: bool = False
    map: bool = False  # whether a residual map is kept beside it; projects of old say nothing of it

    @classmethod
    def of(cls, version: Version, photo: Photo) -> "VersionEntry":
        return cls(
            version.number,
            version.recipe.to_json(),
            version.report,
            version.name,
            scale=version.photo.height // photo.height,
            hole=version.hole is not None,
            painted=version.painted,
            map=version.residual_map is not None,
        )

    def version(self, photo: Photo, read: Callable[[str], bytes]) -> Version:
        """The version of `photo`; `read` gives the picture with that ending.

        Raises: ValueError, UserError where the parts contradict each other, and what `read` raises.
        """
        if not (1 <= self.scale <= 8 and 0 < self.number < 2**31):
            raise ValueError(phrase(N_("a version has an impossible number or size")))
        hole = unpack_hole(read(_OWN_HOLE), photo.height, photo.width) if self.hole else None
        if hole is not None:
            hole.setflags(write=False)
        return Version(
            self.number,
            unpack_pixels(read(_PIXELS), photo, self.scale),
            Recipe.from_json(self.recipe),
            hole,
            self.report,
            self.name,
            self.painted,
            unpack_map(read(_MAP), photo) if self.map else None,
        )


def pictures_of(version: Version) -> Iterator[tuple[str, bytes]]:
    """What belongs to a version beside its entry, one by one: the ending of the name, and the PNG."""
    yield _PIXELS, pack_pixels(version.photo)
    if version.hole is not None:
        yield _OWN_HOLE, pack_hole(version.hole)
    if version.residual_map is not None:
        yield _MAP, pack_map(version.residual_map)


@dataclass(frozen=True, slots=True)
class Manifest:
    source: Source
    embedded: str  # the name of the photo in the zip, or empty
    recipe: dict[str, object]
    versions: list[VersionEntry]
    view: View = field(default_factory=View)


def picture_name(number: int, ending: str) -> str:
    """Of a picture of version `number`, in the zip."""
    return f"versions/{number}{ending}"


def safe_suffix(name: str) -> str:
    """That of a file, or nothing where a copy of it had better not have the same."""
    suffix = Path(name).suffix.lower()
    return suffix if re.fullmatch(r"\.[a-z0-9]{1,5}", suffix) else ""
