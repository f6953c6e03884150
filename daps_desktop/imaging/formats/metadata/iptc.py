"""IPTC captions and credits: in a JPEG one of the resources that Photoshop began to keep there, in files
that have no place for them said again in XMP.

Source: IPTC-NAA Information Interchange Model 4.2; Adobe Photoshop file formats, "image resource blocks";
Adobe XMP specification, part 1 (Dublin Core) and part 3 (the properties that IPTC records stand for).
"""

import struct
from collections.abc import Iterator
from html import escape  # that of xml.sax brings a client of the network along
from typing import cast

_RESOURCE = 0x0404
_INTRODUCTION = b"Photoshop 3.0\0"
_MAX_SEGMENT = 65_533  # bytes of one segment, without its length
_TITLE, _KEYWORD, _CREATOR, _RIGHTS, _CAPTION = 5, 25, 80, 116, 120  # of record 2
_DUBLIN = {  # name of the property, and the kind of list that holds it
    _TITLE: ("title", "Alt"), _CAPTION: ("description", "Alt"), _RIGHTS: ("rights", "Alt"),
    _KEYWORD: ("subject", "Bag"), _CREATOR: ("creator", "Seq"),
}  # fmt: skip
_PACKET = (
    '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?><x:xmpmeta xmlns:x="adobe:ns:meta/">'
    '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
    '<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/">{properties}'
    '</rdf:Description></rdf:RDF></x:xmpmeta><?xpacket end="w"?>'
)


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


def jpeg_segment(records: bytes) -> bytes:
    """The APP13 segment that holds `records`; nothing where they are too long for one."""
    resource = (
        b"8BIM" + struct.pack(">HHI", _RESOURCE, 0, len(records)) + records + b"\0" * (len(records) % 2)
    )
    content = _INTRODUCTION + resource
    if len(content) > _MAX_SEGMENT:
        return b""
    return b"\xff\xed" + struct.pack(">H", len(content) + 2) + content


def to_xmp(records: bytes) -> bytes | None:
    """A packet of XMP that says title, caption, keywords, creator and rights; None where there are none."""
    found = [(number, content) for record, number, content in _records(records) if record == 2]
    told = {number: [text for n, text in found if n == number] for number in _DUBLIN}
    properties = "".join(
        _property(*_DUBLIN[number], [_text(content) for content in contents])
        for number, contents in told.items()
        if contents
    )
    return _PACKET.format(properties=properties).encode() if properties else None


def caption_to_xmp(caption: str) -> bytes:
    """A packet of XMP with that caption alone."""
    letters = _sound(caption)
    return _PACKET.format(properties=_property(*_DUBLIN[_CAPTION], [letters])).encode()


def _records(data: bytes) -> Iterator[tuple[int, int, bytes]]:
    """Record, number and content of each; what is damaged is the end."""
    place = 0
    while place + 5 <= len(data) and data[place] == 0x1C:
        record, number, length = struct.unpack_from(">BBH", data, place + 1)
        content = data[place + 5 : place + 5 + length]
        if len(content) < length or length > 0x7FFF:  # longer ones have a length of their own kind
            return
        yield record, number, content
        place += 5 + length


def _text(content: bytes) -> str:
    """Older programs do not state their encoding, and mean that of Western Europe."""
    try:
        words = content.decode("utf-8")
    except UnicodeDecodeError:
        words = content.decode("latin-1")
    return _sound(words)


def _sound(words: str) -> str:
    """Letters that XML may hold."""
    kept = (letter for letter in words if letter >= " " or letter in "\t\n\r")
    return "".join(
        letter for letter in kept if not 0xD800 <= ord(letter) < 0xE000 and letter not in "\ufffe\uffff"
    )


def _property(name: str, kind: str, texts: list[str]) -> str:
    language = ' xml:lang="x-default"' if kind == "Alt" else ""
    items = "".join(f"<rdf:li{language}>{escape(text, quote=False)}</rdf:li>" for text in texts)
    return f"<dc:{name}><rdf:{kind}>{items}</rdf:{kind}></dc:{name}>"
