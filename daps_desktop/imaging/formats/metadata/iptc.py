"""IPTC captions and credits: in a JPEG one of the resources that Photoshop began to keep there, in files
that have no place for them said again in XMP.

Source: IPTC-NAA Information Interchange Model 4.2; Adobe Photoshop file formats, "image resource blocks";
Adobe XMP specification, part 1 (Dublin Core) and part 3 (the properties that IPTC records stand for).
"""

import struct
from collections.abc import Iterator
from typing import cast

from daps_desktop.imaging.formats.metadata import xmp

_RESOURCE = 0x0404
_INTRODUCTION = b"Photoshop 3.0\0"
_MAX_SEGMENT = 65_533  # bytes of one segment, without its length
_VERSION, _DATE, _TIME = 0, 55, 60  # of record 2
_PROPERTIES = {  # number in record 2 -> name of the property, and the kind of list that holds it
    5: ("dc:title", "Alt"), 10: ("photoshop:Urgency", ""), 15: ("photoshop:Category", ""),
    20: ("photoshop:SupplementalCategories", "Bag"), 25: ("dc:subject", "Bag"),
    40: ("photoshop:Instructions", ""), _DATE: ("photoshop:DateCreated", ""), 80: ("dc:creator", "Seq"),
    85: ("photoshop:AuthorsPosition", ""), 90: ("photoshop:City", ""), 92: ("Iptc4xmpCore:Location", ""),
    95: ("photoshop:State", ""), 100: ("Iptc4xmpCore:CountryCode", ""), 101: ("photoshop:Country", ""),
    103: ("photoshop:TransmissionReference", ""), 105: ("photoshop:Headline", ""),
    110: ("photoshop:Credit", ""), 115: ("photoshop:Source", ""), 116: ("dc:rights", "Alt"),
    120: ("dc:description", "Alt"), 122: ("photoshop:CaptionWriter", ""),
}  # fmt: skip


def from_photoshop_resources(resources: object) -> bytes | None:
    """The records among the resources that a JPEG decoder found, or None."""
    found = cast(dict[int, object], resources).get(_RESOURCE) if isinstance(resources, dict) else None
    return found if isinstance(found, bytes) and found else None


def from_photoshop_block(block: bytes) -> bytes | None:
    """The records in resources as they stand in a file (TIFF keeps them so), or None."""
    at = 0
    while block[at : at + 4] == b"8BIM" and at + 12 <= len(block):
        number, name = struct.unpack_from(">HB", block, at + 4)
        start = at + 6 + (name + 2) // 2 * 2 + 4
        size = int.from_bytes(block[start - 4 : start])
        if number == _RESOURCE:
            return block[start : start + size] or None
        at = start + size + size % 2
    return None


def photoshop_block(records: bytes) -> bytes:
    """The resource that holds `records`."""
    head = struct.pack(">HHI", _RESOURCE, 0, len(records))
    return b"8BIM" + head + records + b"\0" * (len(records) % 2)


def jpeg_segment(records: bytes) -> bytes:
    """The APP13 segment that holds `records`; nothing where they are too long for one."""
    content = _INTRODUCTION + photoshop_block(records)
    if len(content) > _MAX_SEGMENT:
        return b""
    return b"\xff\xed" + struct.pack(">H", len(content) + 2) + content


def to_xmp(records: bytes, packet: bytes | None = None) -> bytes | None:
    """The packet, or a new one, with what the records say and it does not; None where nothing is said."""
    told = _told(records)
    properties = {
        name: (kind, told[number]) for number, (name, kind) in _PROPERTIES.items() if number in told
    }
    return xmp.with_properties(packet, properties)


def all_in_xmp(records: bytes, packet: bytes | None) -> bool:
    """Whether the packet says all that the records do."""
    return all(
        number in _PROPERTIES and all(xmp.says(packet, text) for text in texts)
        for number, texts in _told(records).items()
    )


def _told(records: bytes) -> dict[int, list[str]]:
    """The texts of record 2 by their number, with one date and time as XMP writes them."""
    found: dict[int, list[str]] = {}
    for record, number, content in _records(records):
        if record == 2 and number != _VERSION and content:
            found.setdefault(number, []).append(_text(content))
    if date := found.get(_DATE):
        found[_DATE] = [_moment(date[0], found.pop(_TIME, [""])[0])]
    return found


def _moment(date: str, time: str) -> str:
    """YYYYMMDD and HHMMSS+HHMM as XMP writes them; zeros stand for what is not known."""
    day = "-".join(part for part in (date[:4], date[4:6], date[6:]) if part.strip("0"))
    if len(day) < 10 or len(time) < 6:
        return day
    zone = f"{time[6:9]}:{time[9:]}" if len(time) == 11 else ""
    return f"{day}T{time[:2]}:{time[2:4]}:{time[4:6]}{zone}"


def _records(data: bytes) -> Iterator[tuple[int, int, bytes]]:
    """Record, number and content of each; what is damaged is the end."""
    place = 0
    while place + 5 <= len(data) and data[place] == 0x1C:
        record, number, length = struct.unpack_from(">BBH", data, place + 1)
        place += 5
        if length > 0x7FFF:  # the length of a longer one stands behind, in so many bytes
            size = length & 0x7FFF
            length, place = (
                int.from_bytes(data[place : place + size]) if size <= 4 else len(data),
                place + size,
            )
        content = data[place : place + length]
        if len(content) < length:
            return
        yield record, number, content
        place += length


def _text(content: bytes) -> str:
    """Older programs do not state their encoding, and mean that of Western Europe."""
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        return content.decode("latin-1")
