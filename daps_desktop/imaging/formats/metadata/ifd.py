"""Directories of TIFF, of which EXIF is made, too: taken apart and packed. Source: TIFF 6.0, section 2."""

import struct
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Protocol

DESCRIPTION, XMP, IPTC, ICC = 0x010E, 700, 33723, 34675
EXIF_IFD, GPS_IFD, INTEROP_IFD = 0x8769, 0x8825, 0xA005

_CHILDREN = (EXIF_IFD, GPS_IFD, INTEROP_IFD)
_SIZES = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8}
BYTE, ASCII, SHORT, LONG, RATIONAL, UNDEFINED = 1, 2, 3, 4, 5, 7
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
class Layout:
    """How directories are stored: in a BigTIFF counts and offsets have 64 bits."""

    order: str
    big: bool = False

    @property
    def entry(self) -> int:
        return 20 if self.big else 12

    @property
    def inline(self) -> int:
        """Bytes of a value that stand in its entry."""
        return 8 if self.big else 4

    def count(self, block: ByteSource, at: int) -> tuple[int, int]:
        """How many entries a directory has, and where they begin."""
        size = 8 if self.big else 2
        data = block[at : at + size]
        if at < 8 or len(data) < size:
            raise ValueError("EXIF directory out of bounds")
        return struct.unpack(f"{self.order}{'Q' if self.big else 'H'}", data)[0], at + size

    def offset(self, block: ByteSource, at: int) -> int:
        """0 where there is none."""
        data = block[at : at + self.inline]
        code = f"{self.order}{'Q' if self.big else 'I'}"
        return struct.unpack(code, data)[0] if len(data) == self.inline else 0


def read_directory(block: ByteSource, layout: Layout, at: int) -> Ifd:
    """The directory at `at`, with the known ones below it. Raises: ValueError where there is none."""
    return _directory(block, layout, at, [_MAX_BYTES], 0)


def _directory(block: ByteSource, layout: Layout, at: int, budget: list[int], depth: int) -> Ifd:
    if depth > 2:
        raise ValueError("EXIF directories below directories")
    count, start = layout.count(block, at)
    if count > _MAX_ENTRIES:
        raise ValueError("too many EXIF entries")
    directory = Ifd(next_at=start + layout.entry * count)
    for entry_at in range(start, directory.next_at, layout.entry):
        _add_entry(directory, block, layout, entry_at, budget, depth)
    return directory


def _add_entry(
    directory: Ifd, block: ByteSource, layout: Layout, at: int, budget: list[int], depth: int
) -> None:
    head = block[at : at + layout.entry]
    if len(head) < layout.entry:
        return
    tag, kind, count = struct.unpack_from(f"{layout.order}HH{'Q' if layout.big else 'I'}", head)
    value_at = at + layout.entry - layout.inline
    if tag in _CHILDREN:
        directory.children[tag] = _child(block, layout, layout.offset(block, value_at), budget, depth)
        return
    size = _SIZES.get(kind, 0) * count
    start = value_at if size <= layout.inline else layout.offset(block, value_at)
    if 0 < size <= budget[0] and start + size <= len(block):
        budget[0] -= size
        directory.entries[tag] = IfdEntry(kind, bytes(block[start : start + size]), start)


def _child(block: ByteSource, layout: Layout, at: int, budget: list[int], depth: int) -> Ifd:
    try:
        return _directory(block, layout, at, budget, depth + 1)
    except ValueError:
        return Ifd()


def pack_short(order: str, value: int) -> IfdEntry:
    return IfdEntry(SHORT, struct.pack(f"{order}H", value))


def pack_longs(order: str, values: Iterable[int]) -> IfdEntry:
    numbers = list(values)
    return IfdEntry(LONG, struct.pack(f"{order}{len(numbers)}I", *numbers))


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
