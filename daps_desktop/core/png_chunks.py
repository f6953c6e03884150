"""What a PNG file says beside its pixels, and putting it there. Source: PNG specification, third edition."""

import struct
import zlib
from collections.abc import Iterator

from daps_desktop.core.photo import Metadata

SIGNATURE = b"\x89PNG\r\n\x1a\n"
_XMP = b"XML:com.adobe.xmp"
_HEADER_END = 8 + 25  # signature and IHDR
_LARGEST_TEXT = 1 << 24  # bytes a compressed block may unfold to
_METRES_PER_INCH = 0.0254


def chunks(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Type and content of every chunk except the pixels'."""
    at = len(SIGNATURE)
    while at + 12 <= len(data):
        (length,) = struct.unpack_from(">I", data, at)
        kind = data[at + 4 : at + 8]
        if kind != b"IDAT":
            yield kind, data[at + 8 : at + 8 + length]
        at += 12 + length


def read_metadata(data: bytes) -> Metadata:
    """ICC, EXIF (as it stands), XMP and dpi of a PNG file; a block that cannot be read is left out."""
    found = dict(chunks(data))
    texts = (_xmp(content) for kind, content in chunks(data) if kind == b"iTXt")
    return Metadata(
        icc=_icc(found.get(b"iCCP", b"")),
        exif=found.get(b"eXIf"),
        xmp=next(filter(None, texts), None),
        dpi=_dpi(found.get(b"pHYs", b"")),
    )


def _unfold(data: bytes) -> bytes | None:
    try:
        return zlib.decompressobj().decompress(data, _LARGEST_TEXT) or None
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
