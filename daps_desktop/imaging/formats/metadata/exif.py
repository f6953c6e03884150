"""EXIF: blocks read, kept upright, and packed again. A block is a small TIFF file without pixels.

Why not Pillow's own: it writes a block anew, which moves the maker's notes and so breaks their inner
offsets. Here a block that stays a block is patched in place, and only crossing into or out of a TIFF
packs it anew.
"""

import struct
from dataclasses import dataclass
from fractions import Fraction

from daps_desktop.imaging.formats.metadata.ifd import (
    EXIF_IFD,
    LONG,
    RATIONAL,
    SHORT,
    ByteSource,
    Ifd,
    IfdEntry,
    Layout,
    pack_directory,
    pack_short,
    read_directory,
)

PREFIX = b"Exif\0\0"  # how JPEG introduces a block; never part of `Metadata.exif`

ORIENTATION = 0x0112
X_RESOLUTION, Y_RESOLUTION, RESOLUTION_UNIT = 0x011A, 0x011B, 0x0128
_WIDTHS, _HEIGHTS = ((0x0100,), (EXIF_IFD, 0xA002)), ((0x0101,), (EXIF_IFD, 0xA003))
_THUMBNAIL_START, _THUMBNAIL_LENGTH = 0x0201, 0x0202
_LAYOUTS = {
    b"II*\0": Layout("<"), b"MM\0*": Layout(">"),
    b"II+\0": Layout("<", big=True), b"MM\0+": Layout(">", big=True),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Exif:
    """A block taken apart; `order` is < or >, as in `struct`."""

    order: str
    main: Ifd

    def number(self, path: tuple[int, ...]) -> float | None:
        """The first value of a tag as a number, or None where it is absent or is no number."""
        entry = self.main.find(path)
        if entry is None:
            return None
        if entry.kind == RATIONAL and len(entry.data) >= 8:
            above, below = struct.unpack_from(f"{self.order}2I", entry.data)
            return above / below if below else None
        code = {1: "B", SHORT: "H", LONG: "I"}.get(entry.kind)
        if code is None or len(entry.data) < struct.calcsize(code):
            return None
        return struct.unpack_from(self.order + code, entry.data)[0]

    @property
    def orientation(self) -> int | None:
        """1-8; None where the block does not say, or says nonsense."""
        value = int(self.number((ORIENTATION,)) or 0)
        return value if 1 <= value <= 8 else None

    @property
    def dpi(self) -> tuple[float, float] | None:
        """Pixels per inch, (x, y), where the block says so."""
        x, y = self.number((X_RESOLUTION,)), self.number((Y_RESOLUTION,))
        scale = {2: 1.0, 3: 2.54}.get(int(self.number((RESOLUTION_UNIT,)) or 2))
        return (x * scale, y * scale) if x and y and scale else None


def parse(block: ByteSource, at: int | None = None) -> Exif:
    """A block taken apart, or, where `at` is given, the directory there of a TIFF or BigTIFF file.

    Raises: ValueError if it is no TIFF structure.
    """
    layout = _LAYOUTS.get(block[0:4])
    if layout is None or (layout.big and at is None):
        raise ValueError("no EXIF header")
    return Exif(layout.order, read_directory(block, layout, layout.offset(block, 4) if at is None else at))


def resolution(order: str, dpi: tuple[float, float]) -> dict[int, IfdEntry]:
    """The three tags that say `dpi`."""
    fractions = [Fraction(value).limit_denominator(10_000) for value in dpi]
    x, y = (IfdEntry(RATIONAL, struct.pack(f"{order}2I", f.numerator, f.denominator)) for f in fractions)
    return {X_RESOLUTION: x, Y_RESOLUTION: y, RESOLUTION_UNIT: pack_short(order, 2)}


def pack(exif: Exif) -> bytes:
    """The block that `parse` takes apart again; inner offsets of maker's notes are not followed."""
    header = {"<": b"II*\0", ">": b"MM\0*"}[exif.order] + struct.pack(f"{exif.order}I", 8)
    return header + pack_directory(exif.main, exif.order, 8)


def stated_orientation(block: bytes) -> int | None:
    """1-8, or None where the block does not say or cannot be understood."""
    try:
        return parse(block.removeprefix(PREFIX)).orientation
    except ValueError:
        return None


def without_orientation(block: bytes) -> bytes | None:
    """The block with its orientation set to 1 and its thumbnail gone.

    The thumbnail would show the photo as it was before. None where the block cannot be understood.
    """
    block = block.removeprefix(PREFIX)
    try:
        exif = parse(block)
    except ValueError:
        return None
    patched = bytearray(block)
    _put(patched, exif, (ORIENTATION,), 1)
    _drop_thumbnail(patched, exif)
    return bytes(patched)


def with_size(block: bytes, height: int, width: int) -> bytes:
    """The block with the pixel sizes it mentions set to those of the picture."""
    exif = parse(block)
    patched = bytearray(block)
    for paths, value in ((_WIDTHS, width), (_HEIGHTS, height)):
        for path in paths:
            _put(patched, exif, path, value)
    return bytes(patched)


def with_dpi(block: bytes | None, dpi: tuple[float, float]) -> bytes:
    """A block that says `dpi`: the same one where it already speaks of a resolution."""
    exif = parse(block) if block else Exif("<", Ifd())
    if block and exif.dpi:
        return block
    exif.main.entries.update(resolution(exif.order, dpi))
    return pack(exif)


def set_dpi(block: bytes, dpi: tuple[float, float]) -> bytes:
    """The block saying `dpi`: in place where it has room for it, else packed again."""
    exif = parse(block)
    said = resolution(exif.order, dpi)
    old = {tag: exif.main.entries.get(tag) for tag in said}
    if all(entry and entry.kind == said[tag].kind for tag, entry in old.items()):
        patched = bytearray(block)
        for tag, entry in old.items():
            assert entry is not None
            patched[entry.at : entry.at + len(said[tag].data)] = said[tag].data
        return bytes(patched)
    exif.main.entries.update(said)
    return pack(exif)


def _put(block: bytearray, exif: Exif, path: tuple[int, ...], value: int) -> None:
    entry = exif.main.find(path)
    code = {SHORT: "H", LONG: "I"}.get(entry.kind) if entry else None
    if entry and code and value < 1 << (8 * struct.calcsize(code)):
        struct.pack_into(exif.order + code, block, entry.at, value)


def _drop_thumbnail(block: bytearray, exif: Exif) -> None:
    at = Layout(exif.order).offset(bytes(block), exif.main.next_at)
    if not at:
        return
    struct.pack_into(f"{exif.order}I", block, exif.main.next_at, 0)
    try:
        thumbnail = Exif(exif.order, read_directory(bytes(block), Layout(exif.order), at))
    except ValueError:
        return
    start = int(thumbnail.number((_THUMBNAIL_START,)) or 0)
    end = start + int(thumbnail.number((_THUMBNAIL_LENGTH,)) or 0)
    if not at < start < end <= len(block):
        return
    block[start:end] = bytes(end - start)
    if end == len(block):
        del block[start:]
