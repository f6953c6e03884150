"""Photos to files: PNG, TIFF, JPEG and WebP, with all that the photo carries."""

import io
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from daps_desktop.base.errors import UserError
from daps_desktop.base.files import check_writable, save_errors, write_file
from daps_desktop.base.i18n import N_, Phrase, phrase, words_of
from daps_desktop.base.validation import check_range, check_value
from daps_desktop.imaging.formats import png_chunks
from daps_desktop.imaging.formats.metadata import exif, iptc, xmp
from daps_desktop.imaging.formats.metadata.kept import as_words, fitted
from daps_desktop.imaging.formats.png_codec import encode_pixels
from daps_desktop.imaging.formats.tiff.writer import encode_tiff
from daps_desktop.imaging.photo import Photo, Pixels, at_depth, with_alpha

_FORMATS = {".png": "PNG", ".tif": "TIFF", ".tiff": "TIFF", ".jpg": "JPEG", ".jpeg": "JPEG", ".webp": "WEBP"}
_DEEP = ("PNG", "TIFF")  # formats that can hold 16 bits
_MAX_SIDE = {"JPEG": 65500, "WEBP": 16383, "PNG": 2**31 - 1, "TIFF": 2**31 - 1}
_WEBP_METHOD = 2  # within 2 % of the size of the usual 4, in half of its time


def write_photo(
    photo: Photo,
    path: Path,
    *,
    quality: int = 95,
    bits: int | None = None,
    overwrite: bool = False,
    replace_original: bool = False,
    original: Path | None = None,
) -> None:
    """Write `photo` in the format that the ending of `path` names: .png, .tif, .tiff, .jpg, .jpeg, .webp.

    `quality` is that of JPEG (coded 4:4:4) and WebP, 1-100. `bits` is 8 or 16, None for the photo's own
    depth; JPEG and WebP always hold 8. JPEG holds no transparency: the photo is laid on white. What goes
    along of the rest is in the table of `metadata.kept`. The file appears whole or not at all.

    `original` is the file the work began from (None: `photo.path`): it is replaced only where both
    `overwrite` and `replace_original` are given.
    Raises: UserError (`save_...`, `setting_value`).
    """
    path = Path(path)
    _check_settings(format_for(path), quality, bits)
    check_target(path, original or photo.path, overwrite, replace_original)
    write_file(path, encode_photo(photo, path, quality=quality, bits=bits), overwrite)


def encode_photo(photo: Photo, path: Path, *, quality: int = 95, bits: int | None = None) -> bytes:
    """The bytes that `write_photo` would write to `path`; nothing is written.

    Raises: UserError (`save_format`, `save_failed`, `setting_value`).
    """
    file_format = format_for(path)
    _check_settings(file_format, quality, bits)
    depth = (bits or photo.bits) if file_format in _DEEP else 8
    return _encode(_at_depth(photo, depth), path, file_format, quality)


def lost_in(photo: Photo, path: Path) -> tuple[Phrase, ...]:
    """What `write_photo` leaves out of what the photo says about itself, as that format has no place for it.

    Raises: UserError (`save_format`).
    """
    file_format = format_for(path)
    words = N_("{format} has no place for all that the photo says about itself; left out: {what}.")
    lost = fitted(photo, file_format)[1]
    return tuple(phrase(words, format=file_format, what=phrase(what)) for what in lost)


def format_for(path: Path) -> str:
    """PNG, TIFF, JPEG or WEBP. Raises: UserError (`save_format`) for another ending."""
    file_format = _FORMATS.get(path.suffix.lower())
    if file_format is None:
        raise UserError("save_format", path=path)
    return file_format


def _check_settings(file_format: str, quality: int, bits: int | None) -> None:
    check_range("quality", quality, 1, 100)
    check_value("bits", bits in (None, 8, 16), phrase(N_("must be 8 or 16, not {bits}"), bits=bits))
    fits = bits != 16 or file_format in _DEEP
    check_value("bits", fits, phrase(N_("{format} holds 8 bits only"), format=file_format))


def check_target(path: Path, original: Path | None, overwrite: bool, replace_original: bool = False) -> None:
    """Raises: UserError (`save_...`) where `write_photo` would refuse this path."""
    format_for(path)
    check_writable(path)
    if not path.exists():
        return
    with save_errors(path):
        is_original = original is not None and original.exists() and path.samefile(original)
    if is_original and not replace_original:
        raise UserError("save_original", path=path)
    if not overwrite:
        raise UserError("save_exists", path=path)


def _at_depth(photo: Photo, bits: int) -> Photo:
    alpha, infrared = (
        None if plane is None else at_depth(plane, bits) for plane in (photo.alpha, photo.infrared)
    )
    return replace(photo, pixels=at_depth(photo.pixels, bits), alpha=alpha, infrared=infrared)


def _encode(photo: Photo, path: Path, file_format: str, quality: int) -> bytes:
    longest = _MAX_SIDE[file_format]
    if max(photo.height, photo.width) > longest:
        words = N_("{format} allows at most {longest} pixels a side")
        detail = phrase(words, format=file_format, longest=longest)
        raise UserError("save_failed", path=path, detail=detail)
    photo = replace(photo, metadata=fitted(photo, file_format)[0])
    encoders: dict[str, Callable[[], bytes]] = {
        "PNG": lambda: _encode_png(photo),
        "TIFF": lambda: encode_tiff(photo),
        "JPEG": lambda: _encode_jpeg(photo, quality),
        "WEBP": lambda: _encode_webp(photo, quality),
    }
    try:
        return encoders[file_format]()
    except (OSError, ValueError, RuntimeError, MemoryError) as error:
        detail = phrase(N_("the memory ran out")) if isinstance(error, MemoryError) else words_of(error)
        raise UserError("save_failed", path=path, detail=detail) from error


def _encode_png(photo: Photo) -> bytes:
    return png_chunks.insert_metadata(encode_pixels(photo), photo.metadata)


def _encode_jpeg(photo: Photo, quality: int) -> bytes:
    metadata = photo.metadata
    packet, more = (metadata.xmp and xmp.for_jpeg(metadata.xmp)) or (b"", b"")
    file = io.BytesIO()
    _image(_on_white(photo)).save(
        file,
        "JPEG",
        quality=quality,
        subsampling=0,
        icc_profile=metadata.icc,
        exif=exif.PREFIX + metadata.exif if metadata.exif else b"",
        xmp=packet,
        dpi=metadata.dpi or (0, 0),
        extra=(iptc.jpeg_segment(metadata.iptc) if metadata.iptc else b"") + more,
        comment=as_words(metadata.texts).encode("utf-8", "replace"),
    )
    return file.getvalue()


def _encode_webp(photo: Photo, quality: int) -> bytes:
    metadata = photo.metadata
    file = io.BytesIO()
    _image(with_alpha(photo)).save(
        file,
        "WEBP",
        quality=quality,
        exact=True,
        method=_WEBP_METHOD,
        icc_profile=metadata.icc,
        exif=metadata.exif or b"",
        xmp=metadata.xmp or b"",
    )
    return file.getvalue()


def _on_white(photo: Photo) -> Pixels:
    if photo.alpha is None:
        return with_alpha(photo)
    white, opacity = photo.white, photo.alpha[..., None].astype(np.uint32)
    mixed = photo.pixels * opacity + white * (white - opacity)
    laid = ((mixed + white // 2) // white).astype(photo.pixels.dtype)
    return laid[..., 0] if laid.shape[2] == 1 else laid


def _image(array: Pixels) -> Image.Image:
    eight: NDArray[np.uint8] = array.astype(np.uint8, copy=False)
    return Image.fromarray(np.ascontiguousarray(eight))
