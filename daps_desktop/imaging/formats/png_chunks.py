"""What a PNG file says besides its pixels, and putting it there. Source: PNG specification, third edition."""

import logging
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

from daps_desktop.imaging.formats.metadata.iptc import from_photoshop_block, photoshop_block
from daps_desktop.imaging.photo import Metadata

logging.getLogger("imagecodecs").addHandler(logging.NullHandler())  # else its decoders write to stderr

SIGNATURE = b"\x89PNG\r\n\x1a\n"
_XMP, _RAW = "XML:com.adobe.xmp", "Raw profile type "
_TEXTS = (b"tEXt", b"zTXt", b"iTXt")
_MAX_TEXTS, _MAX_KEYWORD = 200, 79
_DRAWING = (b"IHDR", b"PLTE", b"tRNS", b"IDAT")
_HEADER_END = 8 + 25  # signature and IHDR
_MAX_TEXT = 1 << 24  # bytes a compressed block may unpack to
_METRES_PER_INCH = 0.0254


Text = tuple[str, str]  # keyword and text


@dataclass(frozen=True, slots=True)
class Chunks:
    """A PNG file taken apart: `pixel_chunks` is a PNG of its own with the pixels alone,
    `other_chunks` the rest.

    Of several chunks of one kind the first counts, except texts, which are all kept, with their kind.
    """

    pixel_chunks: bytes
    other_chunks: dict[bytes, bytes]
    texts: list[tuple[bytes, bytes]]


def read_chunks(data: bytes) -> Chunks:
    """The chunks of a file, up to where it ends or breaks off; what is broken besides the pixels is skipped.

    The checksums are compared here because the decoder would report them on standard error.
    Raises: ValueError if a chunk of the pixels is damaged.
    """
    drawing: list[bytes | memoryview] = [SIGNATURE]
    beside: dict[bytes, bytes] = {}
    texts: list[tuple[bytes, bytes]] = []
    for kind, span in _spans(data):
        intact = zlib.crc32(span[4:-4]) == int.from_bytes(span[-4:])
        if kind in _DRAWING:
            if not intact:
                raise ValueError(f"damaged {kind!r} chunk")
            drawing.append(span)
        elif intact and kind in _TEXTS and len(texts) < _MAX_TEXTS:
            texts.append((kind, bytes(span[8:-4])))
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
    """ICC, EXIF (as it stands), XMP, dpi, captions and texts; a block that cannot be read is skipped.

    Older programs write EXIF, XMP and captions as texts of hexadecimal digits, "Raw profile type ...".
    """
    texts = [text for kind, content in chunks.texts if (text := _text(kind, content))]
    raw = {word.removeprefix(_RAW): _raw_profile(text) for word, text in texts if word.startswith(_RAW)}
    app1 = raw.get("APP1") or b""
    exif = chunks.other_chunks.get(b"eXIf") or raw.get("exif") or (app1 if app1[:4] == b"Exif" else None)
    xmp = next((text.encode() for word, text in texts if word == _XMP and text), None) or raw.get("xmp")
    photoshop = raw.get("8bim") or raw.get("iptc") or b""
    return Metadata(
        icc=_icc(chunks.other_chunks.get(b"iCCP", b"")) or raw.get("icc") or raw.get("icm"),
        exif=exif,
        xmp=xmp,
        dpi=_dpi(chunks.other_chunks.get(b"pHYs", b"")),
        iptc=from_photoshop_block(photoshop),
        texts=tuple((word, text) for word, text in texts if word != _XMP and not word.startswith(_RAW)),
    )


def read_colours(chunks: Chunks) -> tuple[tuple[int, int] | None, tuple[float, ...] | None, float | None]:
    """Primaries and transfer characteristics by number (H.273); else x and y of white, red, green and blue,
    and the exponent from values to light; None for what is not said."""
    beside = chunks.other_chunks
    numbers, gamma, points = (beside.get(kind, b"") for kind in (b"cICP", b"gAMA", b"cHRM"))
    if len(numbers) == 4:
        return (numbers[0], numbers[1]), None, None
    if b"sRGB" in beside:
        return None, None, None
    inverse = int.from_bytes(gamma) if len(gamma) == 4 else 0
    places = tuple(value / 100_000 for value in struct.unpack(">8I", points)) if len(points) == 32 else None
    return None, places, 100_000 / inverse if inverse else None


def _text(kind: bytes, content: bytes) -> Text | None:
    keyword, _, rest = content.partition(b"\0")
    packed: bytes | None = rest
    if kind == b"zTXt":
        packed = _unfold(rest[1:])
    elif kind == b"iTXt":  # behind language and translated keyword
        packed = rest[2:].partition(b"\0")[2].partition(b"\0")[2]
        packed = _unfold(packed) if rest[:1] == b"\1" else packed
    if not 1 <= len(keyword) <= _MAX_KEYWORD or packed is None:
        return None
    encoding = "utf-8" if kind == b"iTXt" else "latin-1"
    return keyword.decode("latin-1"), packed.decode(encoding, "replace").replace("\0", "")


def _raw_profile(text: str) -> bytes | None:
    """The name, the length, and the digits."""
    try:
        return bytes.fromhex("".join(text.split()[2:])) or None
    except ValueError:
        return None


def _as_raw_profile(name: str, content: bytes) -> str:
    return f"\n{name}\n{len(content):8}\n{content.hex()}\n"


def _unfold(data: bytes) -> bytes | None:
    try:
        return zlib.decompressobj().decompress(data, _MAX_TEXT) or None
    except zlib.error:
        return None


def _icc(content: bytes) -> bytes | None:
    _name, _, rest = content.partition(b"\0")
    return _unfold(rest[1:])


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
        added += _chunk(b"iTXt", _XMP.encode() + b"\0\0\0\0\0" + metadata.xmp)
    if metadata.iptc:
        added += _text_chunk(f"{_RAW}iptc", _as_raw_profile("iptc", photoshop_block(metadata.iptc)))
    added += b"".join(_text_chunk(*text) for text in metadata.texts)
    return data[:_HEADER_END] + added + data[_HEADER_END:]


def _text_chunk(keyword: str, text: str) -> bytes:
    word = keyword.encode("latin-1", "replace")[:_MAX_KEYWORD]
    try:
        return _chunk(b"tEXt", word + b"\0" + text.encode("latin-1"))
    except UnicodeEncodeError:
        return _chunk(b"iTXt", word + b"\0\0\0\0\0" + text.encode("utf-8", "replace"))


def _chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
