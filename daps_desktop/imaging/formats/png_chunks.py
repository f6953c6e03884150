"""What a PNG file says besides its pixels, and putting it there. Source: PNG specification, third edition."""

import logging
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

from daps_desktop.imaging.photo import Metadata

logging.getLogger("imagecodecs").addHandler(logging.NullHandler())  # else its decoders write to stderr

SIGNATURE = b"\x89PNG\r\n\x1a\n"
_XMP = b"XML:com.adobe.xmp"
_DRAWING = (b"IHDR", b"PLTE", b"tRNS", b"IDAT")
_HEADER_END = 8 + 25  # signature and IHDR
_MAX_TEXT = 1 << 24  # bytes a compressed block may unpack to
_METRES_PER_INCH = 0.0254


@dataclass(frozen=True, slots=True)
class Chunks:
    """A PNG file taken apart: `pixel_chunks` is a PNG of its own with the pixels alone,
    `other_chunks` the rest.

    Of several chunks of one kind the first counts, except texts, which are all kept.
    """

    pixel_chunks: bytes
    other_chunks: dict[bytes, bytes]
    texts: list[bytes]


def read_chunks(data: bytes) -> Chunks:
    """The chunks of a file, up to where it ends or breaks off; what is broken besides the pixels is skipped.

    The checksums are compared here because the decoder would report them on standard error.
    Raises: ValueError if a chunk of the pixels is damaged.
    """
    drawing: list[bytes | memoryview] = [SIGNATURE]
    beside: dict[bytes, bytes] = {}
    texts: list[bytes] = []
    for kind, span in _spans(data):
        intact = zlib.crc32(span[4:-4]) == int.from_bytes(span[-4:])
        if kind in _DRAWING:
            if not intact:
                raise ValueError(f"damaged {kind!r} chunk")
            drawing.append(span)
        elif intact and kind == b"iTXt":
            texts.append(bytes(span[8:-4]))
        elif intact:
            beside.setdefault(kind, bytes(span[8:-4]))
    return Chunks(b"".join((*drawing, _chunk(b"IEND", b""))), beside, texts)


def _spans(data: bytes) -> Iterator[tuple[bytes, memoryview]]:
    """Kind and extent, from length to checksum, of every complete chunk before the end."""
    view = memoryview(data)
    at = len(SIGNATURE)
    while at + 12 <= len(data):
        end = at + 12 + int.from_bytes(view[at : at + 4])
        kind = bytes(view[at + 4 : at + 8])
        if end > len(data) or kind == b"IEND":
            return
        yield kind, view[at:end]
        at = end


def read_metadata(chunks: Chunks) -> Metadata:
    """ICC, EXIF (as it stands), XMP and dpi; a block that cannot be read is skipped."""
    return Metadata(
        icc=_icc(chunks.other_chunks.get(b"iCCP", b"")),
        exif=chunks.other_chunks.get(b"eXIf"),
        xmp=next(filter(None, map(_xmp, chunks.texts)), None),
        dpi=_dpi(chunks.other_chunks.get(b"pHYs", b"")),
    )


def _unfold(data: bytes) -> bytes | None:
    try:
        return zlib.decompressobj().decompress(data, _MAX_TEXT) or None
    except zlib.error:
        return None


def _icc(content: bytes) -> bytes | None:
    _name, _, rest = content.partition(b"\0")
    return _unfold(rest[1:])


def _xmp(content: bytes) -> bytes | None:
    keyword, _, rest = content.partition(b"\0")
    if keyword != _XMP:
        return None
    text = rest[2:].partition(b"\0")[2].partition(b"\0")[2]  # behind language and translated keyword
    return _unfold(text) if rest[:1] == b"\1" else text


def _dpi(content: bytes) -> tuple[float, float] | None:
    if len(content) != 9 or content[8] != 1:
        return None
    x, y = struct.unpack(">II", content[:8])
    return (x * _METRES_PER_INCH, y * _METRES_PER_INCH) if x and y else None


def insert_metadata(data: bytes, metadata: Metadata) -> bytes:
    """The PNG file with `metadata` right behind its header."""
    added = b""
    if metadata.icc:
        added += _chunk(b"iCCP", b"ICC profile\0\0" + zlib.compress(metadata.icc))
    if metadata.dpi:
        x, y = (round(value / _METRES_PER_INCH) for value in metadata.dpi)
        added += _chunk(b"pHYs", struct.pack(">IIB", x, y, 1))
    if metadata.exif:
        added += _chunk(b"eXIf", metadata.exif)
    if metadata.xmp:
        added += _chunk(b"iTXt", _XMP + b"\0\0\0\0\0" + metadata.xmp)
    return data[:_HEADER_END] + added + data[_HEADER_END:]


def _chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
