"""EXIF: blocks read, kept upright, and packed again. A block is a small TIFF file without pixels.

Why not Pillow's own: it writes a block anew, which moves the maker's notes and so breaks their inner
offsets. Here a block that stays a block is patched in place, and only crossing into or out of a TIFF
packs it anew.
"""

import struct
from collections.abc import Iterable
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Protocol

PREFIX = b"Exif\0\0"  # how JPEG introduces a block; never part of `Metadata.exif`

ORIENTATION = 0x0112
X_RESOLUTION, Y_RESOLUTION, RESOLUTION_UNIT = 0x011A, 0x011B, 0x0128
EXIF_IFD, GPS_IFD, INTEROP_IFD = 0x8769, 0x8825, 0xA005

_CHILDREN = (EXIF_IFD, GPS_IFD, INTEROP_IFD)
_SIZES = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8}  # TIFF 6.0, section 2
SHORT, LONG, RATIONAL = 3, 4, 5
_WIDTHS, _HEIGHTS = ((0x0100,), (EXIF_IFD, 0xA002)), ((0x0101,), (EXIF_IFD, 0xA003))
_THUMBNAIL_START, _THUMBNAIL_LENGTH = 0x0201, 0x0202
_MAX_ENTRIES, _MAX_BYTES = 1000, 1 << 24  # far above any camera's; a lying header must not eat the memory


# What a directory says about the photo, as against how its file is stored: description, camera, software,
# date, artist, copyright, resolution, orientation, rating and the words Windows adds.
_FOR_COPIES = frozenset((
    *range(269, 273), 274, 282, 283, 285, 296, 305, 306, 315, 316, 18246, 18249, 33432, *range(40091, 40096),
))  # fmt: skip


class ByteSource(Protocol):
    """Bytes, or a file that can be sliced like bytes."""

    def __getitem__(self, index: slice, /) -> bytes: ...
    def __len__(self) -> int: ...


@dataclass(frozen=True, slots=True)
class IfdEntry:
    """One tag's value: TIFF type, raw bytes in the block's byte order, and where in the block they were."""

    kind: int
    data: bytes
    at: int = 0


@dataclass(slots=True)
class Ifd:
    """Tags and the directories that hang below some of them."""

    entries: dict[int, IfdEntry] = field(default_factory=dict[int, IfdEntry])
    children: dict[int, "Ifd"] = field(default_factory=dict[int, "Ifd"])
    next_at: int = 0  # where the offset of the next directory is stored

    def for_copies(self) -> "Ifd":
        """Without what describes a file that this is not to be any more."""
        told = {tag: entry for tag, entry in self.entries.items() if tag in _FOR_COPIES}
        return Ifd(told, self.children)

    def find(self, path: tuple[int, ...]) -> IfdEntry | None:
        if len(path) == 1:
            return self.entries.get(path[0])
        child = self.children.get(path[0])
        return child.find(path[1:]) if child else None


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
    def orientation(self) -> int:
        """1-8; 1 where the block does not say, or says nonsense."""
        value = int(self.number((ORIENTATION,)) or 1)
        return value if 1 <= value <= 8 else 1

    @property
    def dpi(self) -> tuple[float, float] | None:
        """Pixels per inch, (x, y), where the block says so."""
        x, y = self.number((X_RESOLUTION,)), self.number((Y_RESOLUTION,))
        scale = {2: 1.0, 3: 2.54}.get(int(self.number((RESOLUTION_UNIT,)) or 2))
        return (x * scale, y * scale) if x and y and scale else None


def parse(block: ByteSource) -> Exif:
    """The block taken apart. Raises: ValueError if it is no TIFF structure."""
    order = {b"II*\0": "<", b"MM\0*": ">"}.get(block[0:4])
    if order is None:
        raise ValueError("no EXIF header")
    budget = [_MAX_BYTES]
    return Exif(order, _directory(block, order, _long(block, order, 4), budget))


def _long(block: ByteSource, order: str, at: int) -> int:
    data = block[at : at + 4]
    return struct.unpack(f"{order}I", data)[0] if len(data) == 4 else 0


def _directory(block: ByteSource, order: str, at: int, budget: list[int], depth: int = 0) -> Ifd:
    if at < 8 or at + 2 > len(block) or depth > 2:
        raise ValueError("EXIF directory out of bounds")
    (count,) = struct.unpack(f"{order}H", block[at : at + 2])
    if count > _MAX_ENTRIES:
        raise ValueError("too many EXIF entries")
    directory = Ifd(next_at=at + 2 + 12 * count)
    for entry_at in range(at + 2, directory.next_at, 12):
        _add_entry(directory, block, order, entry_at, budget, depth)
    return directory


def _add_entry(directory: Ifd, block: ByteSource, order: str, at: int, budget: list[int], depth: int) -> None:
    head = block[at : at + 8]
    if len(head) < 8:
        return
    tag, kind, count = struct.unpack(f"{order}HHI", head)
    if tag in _CHILDREN:
        directory.children[tag] = _child(block, order, _long(block, order, at + 8), budget, depth)
        return
    size = _SIZES.get(kind, 0) * count
    start = at + 8 if size <= 4 else _long(block, order, at + 8)
    if 0 < size <= budget[0] and start + size <= len(block):
        budget[0] -= size
        directory.entries[tag] = IfdEntry(kind, bytes(block[start : start + size]), start)


def _child(block: ByteSource, order: str, at: int, budget: list[int], depth: int) -> Ifd:
    try:
        return _directory(block, order, at, budget, depth + 1)
    except ValueError:
        return Ifd()


def pack_short(order: str, value: int) -> IfdEntry:
    return IfdEntry(SHORT, struct.pack(f"{order}H", value))


def pack_longs(order: str, values: Iterable[int]) -> IfdEntry:
    numbers = list(values)
    return IfdEntry(LONG, struct.pack(f"{order}{len(numbers)}I", *numbers))


def resolution(order: str, dpi: tuple[float, float]) -> dict[int, IfdEntry]:
    """The three tags that say `dpi`."""
    fractions = [Fraction(value).limit_denominator(10_000) for value in dpi]
    x, y = (IfdEntry(RATIONAL, struct.pack(f"{order}2I", f.numerator, f.denominator)) for f in fractions)
    return {X_RESOLUTION: x, Y_RESOLUTION: y, RESOLUTION_UNIT: pack_short(order, 2)}


def pack(exif: Exif) -> bytes:
    """The block that `parse` takes apart again; inner offsets of maker's notes are not followed."""
    header = {"<": b"II*\0", ">": b"MM\0*"}[exif.order] + struct.pack(f"{exif.order}I", 8)
    return header + pack_directory(exif.main, exif.order, 8)


def pack_directory(directory: Ifd, order: str, base: int) -> bytes:
    """A directory, its long values and its children, to stand at offset `base` of a file."""
    children = {tag: child for tag, child in directory.children.items() if child.entries or child.children}
    tags = sorted(directory.entries.keys() | children.keys())
    table = [struct.pack(f"{order}H", len(tags))]
    behind = bytearray()
    start = base + 2 + 12 * len(tags) + 4
    for tag in tags:
        if tag in children:
            at = start + len(behind)
            behind += pack_directory(children[tag], order, at)
            table.append(struct.pack(f"{order}HHII", tag, LONG, 1, at))
            continue
        entry = directory.entries[tag]
        table.append(struct.pack(f"{order}HHI", tag, entry.kind, len(entry.data) // _SIZES[entry.kind]))
        if len(entry.data) <= 4:
            table.append(entry.data.ljust(4, b"\0"))
            continue
        table.append(struct.pack(f"{order}I", start + len(behind)))
        behind += entry.data + b"\0" * (len(entry.data) % 2)  # values begin at even offsets
    return b"".join(table) + b"\0\0\0\0" + bytes(behind)


def without_orientation(block: bytes) -> tuple[bytes | None, int]:
    """The block with its orientation set to 1 and its thumbnail gone, and the orientation it had.

    The thumbnail would show the photo as it was before. None where the block cannot be understood.
    """
    block = block.removeprefix(PREFIX)
    try:
        exif = parse(block)
    except ValueError:
        return None, 1
    patched = bytearray(block)
    _put(patched, exif, (ORIENTATION,), 1)
    _drop_thumbnail(patched, exif)
    return bytes(patched), exif.orientation


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
    at = _long(bytes(block), exif.order, exif.main.next_at)
    if not at:
        return
    struct.pack_into(f"{exif.order}I", block, exif.main.next_at, 0)
    try:
        thumbnail = Exif(exif.order, _directory(bytes(block), exif.order, at, [_MAX_BYTES]))
    except ValueError:
        return
    start = int(thumbnail.number((_THUMBNAIL_START,)) or 0)
    end = start + int(thumbnail.number((_THUMBNAIL_LENGTH,)) or 0)
    if not at < start < end <= len(block):
        return
    block[start:end] = bytes(end - start)
    if end == len(block):
        del block[start:]
