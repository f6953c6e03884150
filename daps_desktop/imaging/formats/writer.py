"""Photos to files: PNG, TIFF, JPEG and WebP, with all that the photo carries."""

import hashlib
import io
import struct
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
from daps_desktop.imaging.formats.metadata import exif, iptc
from daps_desktop.imaging.formats.metadata.icc import grey_like
from daps_desktop.imaging.formats.metadata.ifd import DESCRIPTION
from daps_desktop.imaging.formats.png_codec import encode_pixels
from daps_desktop.imaging.formats.tiff.writer import encode_tiff
from daps_desktop.imaging.photo import Metadata, Photo, Pixels, at_depth, with_alpha

_FORMATS = {".png": "PNG", ".tif": "TIFF", ".tiff": "TIFF", ".jpg": "JPEG", ".jpeg": "JPEG", ".webp": "WEBP"}
_DEEP = ("PNG", "TIFF")  # formats that can hold 16 bits
_MAX_SIDE = {"JPEG": 65500, "WEBP": 16383, "PNG": 2**31 - 1, "TIFF": 2**31 - 1}
_JPEG_BLOCK = 65_533  # bytes that one block of metadata may have in a JPEG
_JPEG_XMP = _JPEG_BLOCK - len(b"http://ns.adobe.com/xap/1.0/\0")
_JPEG_COMMENT = 65_533
_XMP_EXTENSION, _XMP_PART = b"http://ns.adobe.com/xmp/extension/\0", 65_000
_XMP_ELSEWHERE = (
    b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
    b'<rdf:Description rdf:about="" xmlns:xmpNote="http://ns.adobe.com/xmp/note/" '
    b'xmpNote:HasExtendedXMP="%s"/></rdf:RDF></x:xmpmeta>'
)
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
    depth; JPEG and WebP always hold 8. JPEG holds no transparency: the photo is laid on white. ICC, EXIF,
    XMP and dpi go along in each format, IPTC in TIFF and JPEG, which have a place for it (in the others as
    XMP, unless there is some already); a JPEG leaves out EXIF above 64 KB, and a profile made for grey
    is dropped from a colour picture, which a WebP always is. The file appears whole or not at all.

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
    file_format, metadata = format_for(path), photo.metadata
    told_elsewhere = metadata.xmp is not None and file_format not in ("JPEG", "TIFF")
    described = metadata.exif is not None and exif.parse(metadata.exif).main.find((DESCRIPTION,)) is not None
    lost = {
        "EXIF": file_format == "JPEG" and len(metadata.exif or b"") > _JPEG_BLOCK - len(exif.PREFIX),
        "XMP": bool(metadata.xmp) and file_format == "JPEG" and not (_main_xmp(metadata.xmp)),
        "IPTC": metadata.iptc is not None
        and (told_elsewhere or (file_format == "JPEG" and not iptc.jpeg_segment(metadata.iptc))),
        N_("texts"): bool(metadata.texts)
        and ((file_format == "WEBP" and told_elsewhere) or (file_format == "TIFF" and described)),
    }
    words = N_("{format} has no place for all that the photo says about itself; left out: {what}.")
    return tuple(
        phrase(words, format=file_format, what=phrase(what)) for what, is_lost in lost.items() if is_lost
    )


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
    alpha = None if photo.alpha is None else at_depth(photo.alpha, bits)
    return replace(photo, pixels=at_depth(photo.pixels, bits), alpha=alpha)


def _encode(photo: Photo, path: Path, file_format: str, quality: int) -> bytes:
    longest = _MAX_SIDE[file_format]
    if max(photo.height, photo.width) > longest:
        words = N_("{format} allows at most {longest} pixels a side")
        detail = phrase(words, format=file_format, longest=longest)
        raise UserError("save_failed", path=path, detail=detail)
    photo = replace(photo, metadata=_fitting(photo, file_format))
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


def _fitting(photo: Photo, file_format: str) -> Metadata:
    """The metadata with the pixel sizes of this picture, and without a profile for other colours."""
    metadata = photo.metadata
    block = exif.with_size(metadata.exif, photo.height, photo.width) if metadata.exif else None
    grey = photo.pixels.shape[2] == 1 and file_format != "WEBP"  # which is in colours always
    space = b"GRAY" if grey else b"RGB "
    icc = metadata.icc
    if icc and icc[16:20] != space:
        icc = grey_like(icc) if grey and icc[16:20] == b"RGB " else None
    return replace(metadata, exif=block, icc=icc)


def _without_iptc(metadata: Metadata) -> Metadata:
    """For formats that have no place for IPTC: what it says is said in XMP, unless that speaks already."""
    if metadata.iptc is None or metadata.xmp is not None:
        return metadata
    return replace(metadata, xmp=iptc.to_xmp(metadata.iptc))


def _as_words(texts: tuple[tuple[str, str], ...]) -> str:
    """Texts of a PNG for formats that hold one: a comment as it is, others behind their keyword."""
    return "\n".join(text if word == "Comment" else f"{word}: {text}" for word, text in texts)


def _encode_png(photo: Photo) -> bytes:
    return png_chunks.insert_metadata(encode_pixels(photo), _without_iptc(photo.metadata))


def _encode_jpeg(photo: Photo, quality: int) -> bytes:
    metadata = photo.metadata
    block = exif.PREFIX + metadata.exif if metadata.exif else b""
    file = io.BytesIO()
    _image(_on_white(photo)).save(
        file,
        "JPEG",
        quality=quality,
        subsampling=0,
        icc_profile=metadata.icc,
        exif=block if len(block) <= _JPEG_BLOCK else b"",
        xmp=_main_xmp(metadata.xmp),
        dpi=metadata.dpi or (0, 0),
        extra=(iptc.jpeg_segment(metadata.iptc) if metadata.iptc else b"") + _extended_xmp(metadata.xmp),
        comment=_as_words(metadata.texts).encode("utf-8", "replace")[:_JPEG_COMMENT],
    )
    return file.getvalue()


def _main_xmp(packet: bytes | None) -> bytes:
    """The packet, or, where it is too long for one segment, one that only says where the rest is."""
    if packet is None or len(packet) <= _JPEG_XMP:
        return packet or b""
    if not _can_be_split(packet):
        return b""
    return _XMP_ELSEWHERE % hashlib.md5(packet, usedforsecurity=False).hexdigest().upper().encode()


def _can_be_split(packet: bytes) -> bool:
    return b"<rdf:RDF" in packet and b"</rdf:RDF>" in packet


def _extended_xmp(packet: bytes | None) -> bytes:
    """A long packet in segments of their own. Source: Adobe XMP specification, part 3, 1.1.3.1."""
    if packet is None or len(packet) <= _JPEG_XMP or not _can_be_split(packet):
        return b""
    head = _XMP_EXTENSION + hashlib.md5(packet, usedforsecurity=False).hexdigest().upper().encode()
    segments = [
        head + struct.pack(">II", len(packet), at) + packet[at : at + _XMP_PART]
        for at in range(0, len(packet), _XMP_PART)
    ]
    return b"".join(b"\xff\xe1" + struct.pack(">H", len(part) + 2) + part for part in segments)


def _encode_webp(photo: Photo, quality: int) -> bytes:
    metadata = _without_iptc(photo.metadata)
    if metadata.texts and metadata.xmp is None:
        metadata = replace(metadata, xmp=iptc.caption_to_xmp(_as_words(metadata.texts)))
    # The format has no place of its own for a resolution, so it goes into the EXIF.
    block = exif.with_dpi(metadata.exif, metadata.dpi) if metadata.dpi else metadata.exif
    file = io.BytesIO()
    _image(with_alpha(photo)).save(
        file,
        "WEBP",
        quality=quality,
        exact=True,
        method=_WEBP_METHOD,
        icc_profile=metadata.icc,
        exif=block or b"",
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
