"""JPEG files to photos: as cameras write them, and as they come back from old disks: without an end.

Source: ITU-T T.81, annex B (markers) and annex G (progressive scans).
"""

import io
import struct
from dataclasses import dataclass, field, replace
from pathlib import Path

import imagecodecs
import numpy as np
from PIL import JpegImagePlugin, MpoImagePlugin

from daps_desktop.base.i18n import N_, Phrase, phrase
from daps_desktop.imaging.formats.limits import check_compression_ratio, check_size, is_whole
from daps_desktop.imaging.formats.metadata import xmp
from daps_desktop.imaging.formats.pillow_reader import (
    all_of,
    check_picture,
    from_pillow,
    pillow_metadata,
    split,
)
from daps_desktop.imaging.photo import JpegTables, Photo, at_full_range

_END, _SCAN = 0xD9, 0xDA
_RESTARTS = range(0xD0, 0xD8)
_FRAMES = (*range(0xC0, 0xC4), *range(0xC5, 0xC8), *range(0xC9, 0xCC), *range(0xCD, 0xD0))
_BASELINE, _LOSSLESS = 0xC0, (0xC3, 0xC7, 0xCB, 0xCF)
_MARKED = (*range(0xC0, 0xD0), *range(0xDA, 0xF0), 0xFE)  # the markers that have a length, with Cn, APPn, COM
_SEVERAL, _MP_ENTRIES, _FIRST_SEGMENTS = b"MPF\0", 0xB002, 1 << 18  # a head, a tag, bytes
_NO_END = N_("The file lacks its end; all of the picture is there.")


@dataclass(slots=True)
class _Structure:
    """A file by its markers: where the header of its frame is, and how far it can be followed."""

    frame: int = 0  # kind of coding, 0: none
    frame_at: int = 0  # where the frame's precision stands
    precision: int = 8
    height: int = 0
    width: int = 0
    followed: int = 0  # bytes
    ended: bool = False  # whether there is an end marker behind them
    unsent: dict[int, set[int]] = field(default_factory=dict[int, set[int]])  # coefficients, by plane


def decode_jpeg(path: Path, page: int | None = None) -> Photo:
    """The photo as coded, not yet upright; one of more than 8 bits has 16.

    A missing end is put there where the picture itself is whole. Raises: UserError, or what decoders raise.
    """
    pictures = _pictures(all_of(path))
    number = page if page is not None and 1 <= page <= len(pictures) else 1
    photo = decode_jpeg_data(path, pictures[number - 1])
    return replace(photo, pages=len(pictures), page=number)


def _pictures(data: bytes) -> list[bytes]:
    """The photos of a file with several (CIPA DC-007): those that belong together, as of two lenses.

    Previews and maps, which phones keep in the same way, are none.
    """
    base = data.find(_SEVERAL, 0, _FIRST_SEGMENTS) + len(_SEVERAL)
    if base < len(_SEVERAL):
        return [data]
    try:
        with MpoImagePlugin.MpoImageFile(io.BytesIO(data)) as image:
            entries = [dict(entry) for entry in (image.mpinfo or {})[_MP_ENTRIES]]
    except Exception:  # whatever Pillow makes of a damaged table: the first photo is there
        return [data]
    others = [entry for entry in entries[1:] if str(entry["Attribute"]["MPType"]).startswith("Multi-Frame")]
    starts = [(base + int(entry["DataOffset"]), int(entry["Size"])) for entry in others]
    found = [data[start : start + size] for start, size in starts]
    return [data, *(picture for picture in found if picture[:3] == b"\xff\xd8\xff")]


def decode_jpeg_data(path: Path, data: bytes) -> Photo:
    """The same from the bytes of a file, at `path` or in it."""
    found = _structure(data)
    if found.frame in _LOSSLESS or found.precision != 8:
        return _decode_deep(path, data, found)
    if found.ended:
        return _decode(path, data)
    body = _body(data, found)
    if any(found.unsent.values()) or not is_whole(body, lambda d: _decode(path, _closed(d)).pixels):
        raise EOFError
    photo = _decode(path, _closed(body))
    return replace(photo, remarks=(*photo.remarks, phrase(_NO_END)))


def _decode(path: Path, data: bytes) -> Photo:
    with JpegImagePlugin.JpegImageFile(io.BytesIO(data)) as image:
        check_picture(path, image, len(data))
        photo = replace(from_pillow(image), jpeg=_tables(image))
        packet, extension = photo.metadata.xmp, _extension(image)
        if packet and extension:
            photo = replace(photo, metadata=replace(photo.metadata, xmp=xmp.joined(packet, extension)))
        return photo


def _extension(image: JpegImagePlugin.JpegImageFile) -> bytes:
    """What XMP had no room for in one segment, where all of it is there; see `xmp.joined`."""
    parts = [
        part[len(xmp.EXTENSION) :]
        for kind, part in image.applist
        if kind == "APP1" and part.startswith(xmp.EXTENSION)
    ]
    heads = [(part[:32], int.from_bytes(part[32:36]), int.from_bytes(part[36:40])) for part in parts]
    whole = b"".join(
        part[40:] for _, part in sorted(zip(heads, parts, strict=True)) if heads and part[:32] == heads[0][0]
    )
    return whole if heads and len(whole) == heads[0][1] else b""


def _decode_deep(path: Path, data: bytes, found: _Structure) -> Photo:
    """What Pillow does not know: 12 bits, and lossless coding of up to 16."""
    check_size(path, found.height, found.width)
    check_compression_ratio(path, found.height * found.width * 6, len(data))
    plain = bytearray(data)  # such a file as one whose header Pillow understands
    plain[found.frame_at] = 8
    plain[found.frame_at - 3] = _BASELINE
    with JpegImagePlugin.JpegImageFile(io.BytesIO(bytes(plain))) as image:
        metadata, planes = pillow_metadata(image), len(image.layer)
    if planes not in (1, 3):
        words = N_("JPEG of {bits} bits in {planes} inks")
        raise NotImplementedError(phrase(words, bits=found.precision, planes=planes))
    remarks: tuple[Phrase, ...] = ()
    if not found.ended:
        data = _body(data, found)
        if not is_whole(data, lambda d: imagecodecs.jpeg8_decode(_closed(d))):
            raise EOFError
        data, remarks = _closed(data), (phrase(_NO_END),)
    pixels, alpha = split(at_full_range(imagecodecs.jpeg8_decode(data), found.precision))
    return Photo(pixels, alpha, metadata, file_format="JPEG", remarks=remarks)


def _structure(data: bytes) -> _Structure:
    found = _Structure(followed=2)
    at = 2
    while at + 4 <= len(data):
        marker = data[at + 1]
        if data[at] != 0xFF or marker in (0, 0xFF):  # rubbish between segments, which decoders skip
            at += 1
            continue
        if marker == _END:
            found.followed, found.ended = at, True
            return found
        end = at + 2 + int.from_bytes(data[at + 2 : at + 4])
        if marker not in _MARKED or end > len(data) or end < at + 4:
            return found
        _note(found, marker, data[at + 4 : end], at + 4)
        at = _scan_end(data, end) if marker == _SCAN else end
        found.followed = at
        if marker == _SCAN and not any(found.unsent.values()):
            break  # nothing is left to be sent: what follows is no part of the picture
    found.ended = data[at : at + 2] == bytes((0xFF, _END))
    return found


def _note(found: _Structure, marker: int, content: bytes, at: int) -> None:
    """What a segment says of the picture; `at` is where its content stands."""
    if marker in _FRAMES and len(content) >= 6 and not found.frame:
        found.frame, found.frame_at = marker, at
        found.precision, found.height, found.width, planes = struct.unpack_from(">BHHB", content)
        if marker not in _LOSSLESS:
            places = range(6, min(len(content), 6 + 3 * planes), 3)
            found.unsent = {content[place]: set(range(64)) for place in places}
    elif marker == _SCAN and content and len(content) >= 4 + 2 * content[0]:
        first, last, bits = content[1 + 2 * content[0] :][:3]
        for plane in content[1 : 1 + 2 * content[0] : 2]:
            if bits & 15 == 0 and plane in found.unsent:
                found.unsent[plane] -= set(range(first, last + 1))


def _scan_end(data: bytes, at: int) -> int:
    """The first marker behind coded pixels that is none of theirs, or the end of the file."""
    while (at := data.find(b"\xff", at)) >= 0:
        if data[at + 1 : at + 2] and data[at + 1] not in (0, 0xFF, *_RESTARTS):
            return at
        at += 1 if data[at + 1 : at + 2] == b"\xff" else 2
    return len(data)


def _body(data: bytes, found: _Structure) -> bytes:
    """What is left of a file without an end, without the zeros that a disk puts where it lost something."""
    body = data[: found.followed]
    zeros = len(body) - len(body.rstrip(b"\0"))
    return body[: len(body) - max(0, zeros - 2)].rstrip(b"\xff")


def _closed(body: bytes) -> bytes:
    return body + bytes((0xFF, _END))


def _tables(image: JpegImagePlugin.JpegImageFile) -> JpegTables | None:
    """None where the file is not coded as luma and chroma with one table for both chroma planes."""
    # Pillow gives the tables in natural order since 8.3, so (8, 8) rows are vertical frequencies.
    tables = {key: np.array(table, np.uint16).reshape(8, 8) for key, table in image.quantization.items()}
    planes = image.layer  # (id, horizontal, vertical sampling, table) of each component
    if len(planes) == 1:
        return JpegTables(tables[planes[0][3]], None)
    if len(planes) != 3 or planes[1][1:] != planes[2][1:] or not _is_ycc(image):
        return None
    (_, across, down, luma), (_, chroma_across, chroma_down, chroma) = planes[:2]
    if across % chroma_across or down % chroma_down:
        return None
    return JpegTables(tables[luma], tables[chroma], (down // chroma_down, across // chroma_across))


def _is_ycc(image: JpegImagePlugin.JpegImageFile) -> bool:
    """How libjpeg distinguishes luma and chroma from plain RGB in a file of three planes."""
    if "jfif" in image.info:
        return True
    if "adobe_transform" in image.info:
        return image.info["adobe_transform"] != 0
    return [plane[0] for plane in image.layer] != [ord(letter) for letter in "RGB"]
