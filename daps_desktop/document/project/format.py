"""What a project is, and how its file stores it."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from daps_desktop.base.i18n import N_, phrase
from daps_desktop.document.framing import Framing
from daps_desktop.document.source import SourceFile
from daps_desktop.document.version import Version
from daps_desktop.imaging.formats.png_codec import (
    decode_map,
    decode_mask,
    decode_pixels,
    encode_map,
    encode_mask,
    encode_pixels,
)
from daps_desktop.imaging.frame import Frame
from daps_desktop.imaging.mask import Mask
from daps_desktop.imaging.photo import Photo
from daps_desktop.imaging.profile.photo_profile import PhotoProfile
from daps_desktop.jobs.recipe import Recipe
from daps_desktop.jobs.report import Report

SUFFIX = ".daps"
FORMAT, VERSION = "daps-project", 1
EMBED_UP_TO = 100 * 2**20  # bytes: a larger photo is better left where it is
MANIFEST, MASK, ROOM = "manifest.json", "hole.png", "room"
ORIGINAL_MASK, REFUSED = "original.hole.png", "refused.png"
_PIXELS, _OWN_MASK, _MAP = ".png", ".hole.png", ".map.png"  # endings of what belongs to a version


@dataclass(frozen=True, slots=True)
class ViewState:
    """How the photo was looked at; `scale` is 0 where it was fitted into the window."""

    scale: float = 0.0
    row: float = 0.0  # of the photo, in the middle of the window
    col: float = 0.0
    shown: int = 0  # number of the version that was shown; 0: none


@dataclass(frozen=True, slots=True)
class Project:
    """All that a person has done to one photo. `mask` is (H, W) bool, of the photo in its frame."""

    photo: Photo
    source: SourceFile
    mask: Mask
    recipe: Recipe
    versions: tuple[Version, ...] = ()
    view: ViewState = field(default_factory=ViewState)
    profile: PhotoProfile | None = None  # where it is known
    framing: Framing | None = None  # None: `photo` is the original
    refused: Mask | None = None  # what was found and is no damage, as the user says

    @property
    def original(self) -> Photo:
        """The photo as its file holds it."""
        return self.framing.original if self.framing else self.photo


@dataclass(frozen=True, slots=True)
class VersionEntry:
    """A version without its pictures, as project files and journals store it."""

    number: int
    recipe: dict[str, object]
    report: Report | None = None
    name: str = ""
    scale: int = 1  # times the size of the photo
    hole: bool = False  # whether one is kept with it
    painted: bool = False
    map: bool = False  # whether a residual map is kept with it; older projects say nothing of it

    @classmethod
    def of(cls, version: Version, photo: Photo) -> "VersionEntry":
        return cls(
            version.number,
            version.recipe.to_json(),
            version.report,
            version.name,
            scale=version.photo.height // photo.height,
            hole=version.mask is not None,
            painted=version.painted,
            map=version.residual_map is not None,
        )

    def version(self, photo: Photo, read: Callable[[str], bytes]) -> Version:
        """The version of `photo`; `read` gives the picture with that ending.

        Raises: ValueError, UserError where the parts contradict each other, and what `read` raises.
        """
        if not (1 <= self.scale <= 8 and 0 < self.number < 2**31):
            raise ValueError(phrase(N_("a version has an impossible number or size")))
        mask = decode_mask(read(_OWN_MASK), photo.height, photo.width) if self.hole else None
        if mask is not None:
            mask.setflags(write=False)
        trace = self.report.trace if self.report else None
        if trace is not None and not trace.fits(photo.height, photo.width):
            raise ValueError(phrase(N_("a value in it is impossible")))
        return Version(
            self.number,
            decode_pixels(read(_PIXELS), photo, self.scale),
            Recipe.from_json(self.recipe),
            mask,
            self.report,
            self.name,
            self.painted,
            decode_map(read(_MAP), photo) if self.map else None,
        )


def named_images(version: Version) -> Iterator[tuple[str, bytes]]:
    """What belongs to a version besides its entry, one by one: the ending of the name, and the PNG."""
    yield _PIXELS, encode_pixels(version.photo)
    if version.mask is not None:
        yield _OWN_MASK, encode_mask(version.mask)
    if version.residual_map is not None:
        yield _MAP, encode_map(version.residual_map)


@dataclass(frozen=True, slots=True)
class Manifest:
    source: SourceFile
    embedded: str  # the name of the photo in the zip, or empty
    recipe: dict[str, object]
    versions: list[VersionEntry]
    view: ViewState = field(default_factory=ViewState)
    profile: object = None  # projects of old say nothing of it
    frame: Frame | None = None  # nor of this
    refused: bool = False  # whether a mask of it is there; nor of this


def image_name(number: int, ending: str) -> str:
    """Of a picture of version `number`, in the zip."""
    return f"versions/{number}{ending}"


def safe_suffix(name: str) -> str:
    """That of a file, or nothing where a copy of it had better not have the same."""
    suffix = Path(name).suffix.lower()
    return suffix if re.fullmatch(r"\.[a-z0-9]{1,5}", suffix) else ""
