"""A result on its way out: in which format, how large, with which sidecar, and under which name."""

import hashlib
import tempfile
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from daps_desktop.base.errors import UserError
from daps_desktop.base.files import save_errors, write_file
from daps_desktop.base.i18n import N_, Phrase, phrase, words_of
from daps_desktop.base.serialization import from_jsonable
from daps_desktop.base.validation import check_choice, check_range, check_value
from daps_desktop.imaging.formats.limits import LIMIT_MP
from daps_desktop.imaging.formats.metadata import exif
from daps_desktop.imaging.formats.writer import check_target, encode_photo, lost_in
from daps_desktop.imaging.photo import Metadata, Photo
from daps_desktop.imaging.resize import resize

ENDINGS = {"png": ".png", "tiff": ".tif", "jpeg": ".jpg", "webp": ".webp"}
FORMATS = tuple(ENDINGS)
POLICIES = ("unique", "ask", "overwrite", "skip")  # what to do where a file of that name exists
IMAGES = ("result", "side_by_side", "split")
EXACT = ("png", "tiff")  # keep every pixel bit for bit, and may have 16 bits
SIDECAR = ".daps.json"
ADDED = "_restored"
CM_PER_INCH = 2.54

VERSION = 1


@dataclass(frozen=True, slots=True)
class ExportOptions:
    """All that is chosen in the export dialog but the place; what is remembered, and what an album uses."""

    file_format: str = "png"
    bits: int = 0  # 8 or 16; 0: as the photo. JPEG and WebP always have 8
    quality: int = 95  # of JPEG and WebP
    longest_side: int = 0  # pixels; 0: as the result
    dpi: float = 0.0  # written into the file; 0: what the photo says
    metadata: bool = True  # EXIF, XMP, IPTC; the colour profile always goes along
    policy: str = "unique"
    picture: str = "result"
    sidecar: bool = True

    def __post_init__(self) -> None:
        check_choice("format", self.file_format, FORMATS)
        check_choice("policy", self.policy, POLICIES)
        check_choice("picture", self.picture, IMAGES)
        check_value(
            "bits", self.bits in (0, 8, 16), phrase(N_("must be 8 or 16, not {bits}"), bits=self.bits)
        )
        check_range("quality", self.quality, 1, 100)
        check_range("size", self.longest_side, 0, 65_500)
        if self.dpi != 0:
            check_range("dpi", self.dpi, 1, 9600)

    @property
    def ending(self) -> str:
        return ENDINGS[self.file_format]

    @property
    def is_16_bit(self) -> bool:
        """Whether the format can hold 16 bits."""
        return self.file_format in EXACT

    def to_json(self) -> dict[str, Any]:
        return {"version": VERSION, **asdict(self)}

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> "ExportOptions":
        """Raises: UserError if a value is missing, of another kind or out of range."""
        check_value("export", data.get("version") == VERSION, phrase(N_("it is of another version")))
        try:
            return from_jsonable(cls, data)
        except ValueError as error:
            raise UserError("setting_value", name="export", detail=words_of(error)) from None


def export_size(photo: Photo, longest_side: int) -> tuple[int, int]:
    """(height, width) with the longest side as asked for, 0 for its own, and the proportions kept."""
    longest = max(photo.height, photo.width)
    if not longest_side:
        return photo.height, photo.width
    height, width = (max(1, round(side * longest_side / longest)) for side in (photo.height, photo.width))
    return height, width


def prepared(photo: Photo, options: ExportOptions) -> Photo:
    """The photo at the size asked for, carrying what it is to say about itself.

    Raises: UserError (`setting_value`) where it would become larger than this program opens.
    """
    height, width = export_size(photo, options.longest_side)
    words = N_("{width} × {height} pixels are more than {most} megapixels")
    detail = phrase(words, width=width, height=height, most=LIMIT_MP)
    check_value("size", height * width <= LIMIT_MP * 1_000_000, detail)
    photo = resize(photo, height, width)
    return replace(photo, metadata=_metadata(photo.metadata, options))


def _metadata(metadata: Metadata, options: ExportOptions) -> Metadata:
    if not options.metadata:
        metadata = Metadata(icc=metadata.icc, dpi=metadata.dpi)
    if not options.dpi:
        return metadata
    dpi = (options.dpi, options.dpi)
    block = exif.set_dpi(metadata.exif, dpi) if metadata.exif else None
    return replace(metadata, dpi=dpi, exif=block)


def encode(photo: Photo, options: ExportOptions) -> bytes:
    """The very bytes of the file. Raises: UserError as `prepared` and `write_photo`."""
    bits = options.bits or None if options.is_16_bit else None
    return encode_photo(
        prepared(photo, options), Path(f"photo{options.ending}"), quality=options.quality, bits=bits
    )


def lost(photo: Photo, options: ExportOptions) -> tuple[Phrase, ...]:
    """What of that which the photo is to say about itself that format has no place for."""
    told = replace(photo, metadata=_metadata(photo.metadata, options))
    return lost_in(told, Path(f"photo{options.ending}"))


def default_path(original: Path, ending: str, folder: Path | None = None) -> Path:
    """NAME_restored next to the original, or in `folder`."""
    return (folder or original.parent) / f"{original.stem}{ADDED}{ending}"


def free_path(path: Path) -> Path:
    """`path`, or the first of NAME_2, NAME_3 ... that does not exist.

    Raises: UserError (`save_failed`) where it cannot be known.
    """
    number = 2
    candidate = path
    with save_errors(path):
        while candidate.exists():
            candidate = path.with_stem(f"{path.stem}_{number}")
            number += 1
    return candidate


def sidecar_path(path: Path) -> Path:
    """Where the provenance of the picture at `path` is written down."""
    return path.with_name(path.name + SIDECAR)


def resolve_conflict(path: Path, policy: str, original: Path | None) -> Path | None:
    """Under which name to write, or None where a file of that name is to be left alone.

    Never the original, whatever the policy: then another name is chosen, too.
    Raises: UserError (`save_exists` under `ask`, or as `check_target`).
    """
    with save_errors(path):
        if policy == "skip" and path.exists():
            return None
        if policy == "unique" or (policy == "overwrite" and _is_same(path, original)):
            path = free_path(path)
    check_target(path, original, overwrite=policy == "overwrite")
    return path


def _is_same(path: Path, original: Path | None) -> bool:
    return original is not None and path.exists() and original.exists() and path.samefile(original)


def write(data: bytes, path: Path, *, overwrite: bool, original: Path | None) -> str:
    """`data` in the file `path`, whole or not at all; its SHA-256.

    Raises: UserError (`save_...`), for the original even where files may be replaced.
    """
    check_target(path, original, overwrite=overwrite)
    write_file(path, data, overwrite)
    return hashlib.sha256(data).hexdigest()


def save_fallback(data: bytes, path: Path, error: UserError) -> UserError:
    """The error to report after `data` could not be written to `path`: where else it was put, if it could be.

    Hours may have gone into it, and a full disk is often not the only one.
    """
    if error.code != "save_failed":
        return error
    for folder in (Path(tempfile.gettempdir()), Path.home()):
        try:
            place = free_path(folder / path.name)
            write_file(place, data, private=True)  # that folder may be everybody's
        except UserError:
            continue
        return UserError("save_elsewhere", path=path, detail=error.params["detail"], place=place)
    return error
