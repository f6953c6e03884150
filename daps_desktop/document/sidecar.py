"""Where a picture comes from: a JSON file next to it that says what was done to which photo, and repeats it.

What is repeated comes out bit for bit the same on the same machine with the same versions, which are noted.
"""

import base64
import binascii
import hashlib
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, cast

import numpy as np

from daps_desktop.base.errors import UserError
from daps_desktop.base.files import read_bounded
from daps_desktop.base.i18n import N_, Phrase, phrase, tr, words_of
from daps_desktop.base.os_errors import describe_os_error
from daps_desktop.base.serialization import dump_json, from_jsonable, load_json, to_jsonable
from daps_desktop.document.source import hash_file
from daps_desktop.document.version import Version
from daps_desktop.imaging.formats.limits import LIMIT_MP
from daps_desktop.imaging.formats.png_codec import decode_mask, encode_mask
from daps_desktop.imaging.frame import Frame
from daps_desktop.imaging.mask import Mask
from daps_desktop.imaging.photo import Photo, Pixels
from daps_desktop.jobs.messages import RestoreResult
from daps_desktop.jobs.recipe import Recipe, parse_recipe
from daps_desktop.jobs.report import Report

KIND, VERSION = "daps-desktop provenance", 1
_MAX_BYTES = 1 << 28  # bytes; the mask of the largest photo needs far less


@dataclass(frozen=True, slots=True)
class PhotoIdentity:
    """The photo a version was made from. The hashes are SHA-256 in hex; `file` is "" for a pasted photo."""

    name: str
    file: str
    pixels: str
    height: int
    width: int
    bits: int


@dataclass(frozen=True, slots=True)
class Provenance:
    """What made a picture. `report` is None where it was put together from several versions, as `name` says.

    `result` is the hash of the version's pixels before it was exported; `exported` that of the file.
    """

    origin: PhotoIdentity
    recipe: Recipe
    mask: Mask | None  # (H, W) of the origin in its frame
    report: Report | None
    name: str
    result: str
    exported: str = ""
    frame: Frame = field(default_factory=Frame)  # in which the origin was restored

    def repeated(self) -> Recipe:
        """The recipe with what was chosen automatically at that time written out.

        Raises: UserError (`sidecar_composite`) where no single run made the picture.
        """
        if self.report is None:
            raise UserError("sidecar_composite", name=self.name)
        settings = self.recipe.settings
        if settings.prior == "auto":
            settings = replace(settings, prior=self.report.prior)
        return replace(self.recipe, settings=settings)

    def matches(self, photo: Photo) -> bool:
        """Whether `photo`, without a frame, is the one this was made from, to the last bit.

        Its file may have moved.
        """
        return hash_pixels(photo.pixels) == self.origin.pixels


@dataclass(frozen=True, slots=True)
class _Mask:
    """A PNG of one bit a pixel, white = repair, in base64, and the hash of what it shows."""

    png: str
    sha256: str


@dataclass(frozen=True, slots=True)
class _File:
    photo: PhotoIdentity
    mask: _Mask | None
    report: Report | None
    name: str
    result_pixels: str
    exported_file: str
    frame: Frame | None = None  # files of old say nothing of it


def make_provenance(
    photo: Photo, version: Version, exported: str = "", frame: Frame | None = None
) -> Provenance:
    """Of a version made from `photo`, the original, in a frame; its file is read to be hashed if it is still
    there.
    """
    origin = PhotoIdentity(
        photo.path.name if photo.path else "",
        _hash_file(photo.path),
        hash_pixels(photo.pixels),
        photo.height,
        photo.width,
        photo.bits,
    )
    result = hash_pixels(version.photo.pixels)
    return Provenance(
        origin,
        version.recipe,
        version.mask,
        version.report,
        version.name,
        result,
        exported,
        frame or Frame(),
    )


def _hash_file(path: Path | None) -> str:
    try:
        return hash_file(path) if path else ""
    except OSError:  # taken away since it was opened; its pixels are known all the same
        return ""


def hash_pixels(pixels: Pixels) -> str:
    """SHA-256 of shape, depth and values, rows first; the same on any machine."""
    digest = hashlib.sha256(f"{pixels.shape} {pixels.dtype.itemsize * 8} ".encode())
    little = pixels.astype(pixels.dtype.newbyteorder("<"), copy=False)
    digest.update(np.ascontiguousarray(little).data)
    return digest.hexdigest()


def dump_sidecar(provenance: Provenance) -> bytes:
    file = _File(
        provenance.origin,
        None if provenance.mask is None else _encode_mask(provenance.mask),
        provenance.report,
        provenance.name,
        provenance.result,
        provenance.exported,
        None if provenance.frame == Frame() else provenance.frame,
    )
    head = {"kind": KIND, "version": VERSION, "recipe": provenance.recipe.to_json()}
    return dump_json({**head, **to_jsonable(file)})


def is_sidecar(data: bytes) -> bool:
    """Whether a JSON text means to be a sidecar and not a recipe."""
    try:
        told = load_json(data)
    except ValueError:
        return False
    return isinstance(told, dict) and cast(dict[str, object], told).get("kind") == KIND


def parse_sidecar(data: bytes) -> Provenance:
    """Raises: UserError (`sidecar_unreadable`, or those of a recipe) for what was not written so."""
    try:
        return _parse(load_json(data))
    except (ValueError, binascii.Error) as error:
        raise UserError("sidecar_unreadable", detail=words_of(error)) from error


def _parse(data: object) -> Provenance:
    told = cast(dict[str, Any], data) if isinstance(data, dict) else {}
    _require(told.get("kind") == KIND, phrase(N_("it is of another kind")))
    _require(
        told.get("version") == VERSION,
        phrase(N_("version {there!r} is not {here}"), there=told.get("version"), here=VERSION),
    )
    recipe = Recipe.from_json(told.get("recipe"))
    file = from_jsonable(_File, told)
    frame = file.frame or Frame()
    mask = None if file.mask is None else _decode_mask(file.mask, file.photo, frame)
    needs_marks = file.report is not None and recipe.task.needs_mask
    _require(mask is not None or not needs_marks, phrase(N_("the mask is missing")))
    return Provenance(
        file.photo, recipe, mask, file.report, file.name, file.result_pixels, file.exported_file, frame
    )


def _require(ok: bool, detail: Phrase) -> None:
    if not ok:
        raise ValueError(detail)


def read_sidecar(path: Path) -> Provenance:
    """Raises: UserError, as `parse_sidecar`, or where the file cannot be read."""
    return parse_sidecar(read_limited(path))


def read_limited(path: Path) -> bytes:
    """All of a file that is to be a recipe, a sidecar or an album. Raises: UserError (`file_unreadable`)."""
    try:
        return read_bounded(path, _MAX_BYTES)
    except (OSError, ValueError) as error:
        detail = describe_os_error(error) if isinstance(error, OSError) else words_of(error)
        raise UserError("file_unreadable", path=path, detail=detail) from error


def read_recipe(path: Path) -> Recipe:
    """What a recipe file says, or the sidecar of a result. Raises: UserError where it is neither."""
    data = read_limited(path)
    if is_sidecar(data):
        return parse_sidecar(data).repeated()
    return parse_recipe(data.decode(errors="replace"))


def _encode_mask(mask: Mask) -> _Mask:
    return _Mask(base64.b64encode(encode_mask(mask)).decode(), _hash_mask(mask))


def _decode_mask(mask: _Mask, origin: PhotoIdentity, frame: Frame) -> Mask:
    _require(
        origin.height * origin.width <= LIMIT_MP * 1_000_000, phrase(N_("its mask is larger than any photo"))
    )
    try:
        frame.check((origin.height, origin.width))
    except UserError as error:
        raise ValueError(error.params["detail"]) from error
    height, width = frame.size((origin.height, origin.width))
    pixels = decode_mask(base64.b64decode(mask.png, validate=True), height, width)
    _require(_hash_mask(pixels) == mask.sha256, phrase(N_("its mask was altered")))
    pixels.setflags(write=False)
    return pixels


def _hash_mask(mask: Mask) -> str:
    return hash_pixels(mask[..., None].astype(np.uint8))


def reproduction_message(given: Provenance, finished: RestoreResult) -> str:
    """Whether a repetition came out the same, and if not, what is not as it was."""
    if hash_pixels(finished.photo.pixels) == given.result:
        return tr("The result is bit for bit the one that was described.")
    return tr("The result differs from the one that was described: {what}.").format(
        what=_difference(given, finished.report)
    )


def _difference(given: Provenance, now: Report) -> str:
    then = given.report
    if then is None or then.prior_sha256 != now.prior_sha256:
        return tr("the prior is another one")
    if then.versions != now.versions:
        return tr("the program or a library has another version")
    if then.device != now.device:
        return tr("it was made on another kind of device")
    return tr("the marks or the settings are not the same, or the computer is another one")
