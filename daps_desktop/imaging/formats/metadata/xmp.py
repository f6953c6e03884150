"""XMP packets, changed where they stand: what is not asked for stays to the byte.

Source: Adobe XMP specification, part 1 (serialisation), part 2 (tiff:Orientation) and part 3, 1.1.3 (JPEG).
"""

import hashlib
import re
import struct
from collections.abc import Mapping, Sequence
from html import escape  # that of xml.sax brings a client of the network along

_TIFF = rb"http://ns\.adobe\.com/tiff/1\.0/"
_PREFIX = re.compile(rb"xmlns:([\w.-]{1,64})\s{0,9}=\s{0,9}[\"']" + _TIFF + rb"[\"']")

_MAX_PREFIXES = 8  # more names for one thing are no packet that a program wrote
_RDF_END = b"</rdf:RDF>"
_EXTENDED = re.compile(rb"\s{0,9}xmpNote:HasExtendedXMP\s{0,9}=\s{0,9}[\"'][0-9A-Fa-f]{0,64}[\"']")
# Gain maps and motion photos, as Google, Adobe and Apple name them: attributes, elements, and the list of
# what is behind.
_COMPANION = rb"(?:GCamera:(?:MotionPhoto|MicroVideo)\w{0,40}|(?:hdrgm|HDRGainMap):\w{1,40})"
_COMPANIONS = re.compile(
    rb"\s{1,9}" + _COMPANION + rb"=[\"'][^\"'<>]{0,400}[\"']|<(" + _COMPANION + rb")>[^<>]{0,400}</\1>"
)
_LISTS = (b"Container:Directory", b"GContainer:Directory")

EXTENSION = b"http://ns.adobe.com/xmp/extension/\0"  # how a JPEG introduces a part of a long packet
_MAX_SEGMENT = 65_533 - len(b"http://ns.adobe.com/xap/1.0/\0")  # bytes
_PART = 65_000
_RDF = '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
_CLOSE = "</rdf:RDF></x:xmpmeta>"
_ELSEWHERE = (
    f'{_RDF}<rdf:Description rdf:about="" xmlns:xmpNote="http://ns.adobe.com/xmp/note/" '
    f'xmpNote:HasExtendedXMP="%s"/>{_CLOSE}'
)
_EMPTY = f'<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>{_RDF}{_CLOSE}<?xpacket end="w"?>'.encode()
_NAMESPACES = " ".join((
    'xmlns:dc="http://purl.org/dc/elements/1.1/"', 'xmlns:exif="http://ns.adobe.com/exif/1.0/"',
    'xmlns:photoshop="http://ns.adobe.com/photoshop/1.0/"',
    'xmlns:Iptc4xmpCore="http://iptc.org/std/Iptc4xmpCore/1.0/xmlns/"',
))  # fmt: skip
Properties = Mapping[str, tuple[str, Sequence[str]]]  # name -> kind of the list that holds its texts, or ""


def orientation(packet: bytes) -> int | None:
    """1-8 as in EXIF, or None where the packet does not say."""
    found = next((match for form in _orientation_forms(packet) if (match := form.search(packet))), None)
    return int(found[2]) if found else None


def without_orientation(packet: bytes) -> bytes:
    """The packet saying that the picture is upright, wherever it says how it lies."""
    for form in _orientation_forms(packet):
        packet = form.sub(rb"\g<1>1", packet)
    return packet


def joined(packet: bytes, extension: bytes) -> bytes:
    """A packet with what its extension says besides, and no word of an extension any more."""
    told = _EXTENDED.sub(b"", packet)
    start = extension.find(b">", extension.find(b"<rdf:RDF")) + 1
    close, end = extension.rfind(_RDF_END), told.rfind(_RDF_END)
    return told[:end] + extension[start:close] + told[end:] if 0 < start <= close and end >= 0 else told


def for_jpeg(packet: bytes) -> tuple[bytes, bytes] | None:
    """The packet for the segment of its own, and further segments; None where it is too long to be split.

    A long one goes into the latter, and the first then only says so.
    """
    if len(packet) <= _MAX_SEGMENT:
        return packet, b""
    if b"<rdf:RDF" not in packet or _RDF_END not in packet:
        return None
    digest = hashlib.md5(packet, usedforsecurity=False).hexdigest().upper()
    head = EXTENSION + digest.encode()
    parts = [
        head + struct.pack(">II", len(packet), at) + packet[at : at + _PART]
        for at in range(0, len(packet), _PART)
    ]
    segments = b"".join(b"\xff\xe1" + struct.pack(">H", len(part) + 2) + part for part in parts)
    return (_ELSEWHERE % digest).encode(), segments


def with_properties(packet: bytes | None, properties: Properties) -> bytes | None:
    """The packet, or a new one, with those of the properties that it lacks; what it says itself counts.

    None where there is neither a packet nor a property.
    """
    lacking = "".join(
        _property(name, kind, texts)
        for name, (kind, texts) in properties.items()
        if packet is None or not re.search(rf"[<\s]{name}\b".encode(), packet)
    )
    whole = packet or _EMPTY
    end = whole.rfind(_RDF_END)
    if not lacking or end < 0:
        return packet
    told = f'<rdf:Description rdf:about="" {_NAMESPACES}>{lacking}</rdf:Description>'
    return whole[:end] + told.encode() + whole[end:]


def says(packet: bytes | None, text: str) -> bool:
    """Whether the packet has those words as the value of anything."""
    words = _escaped(text)
    return packet is not None and any(form.encode() in packet for form in (f">{words}<", f'="{words}"'))


def _property(name: str, kind: str, texts: Sequence[str]) -> str:
    if not kind:
        return f"<{name}>{_escaped(texts[0])}</{name}>"
    language = ' xml:lang="x-default"' if kind == "Alt" else ""
    items = "".join(f"<rdf:li{language}>{_escaped(text)}</rdf:li>" for text in texts)
    return f"<{name}><rdf:{kind}>{items}</rdf:{kind}></{name}>"


def _escaped(words: str) -> str:
    """Without letters that XML may not hold."""
    kept = (letter for letter in words if letter >= " " or letter in "\t\n\r")
    return escape(
        "".join(
            letter for letter in kept if not 0xD800 <= ord(letter) < 0xE000 and letter not in "\ufffe\uffff"
        ),
        quote=False,
    )


def without_companions(packet: bytes) -> bytes:
    """Without what the packet says of pictures and films behind the photo, which do not come along."""
    packet = _COMPANIONS.sub(b"", packet)
    for name in _LISTS:
        start, close = packet.find(b"<" + name), b"</" + name + b">"
        if start >= 0 and (end := packet.find(close, start)) >= 0:
            packet = packet[:start] + packet[end + len(close) :]
    return packet


def _orientation_forms(packet: bytes) -> list[re.Pattern[bytes]]:
    """As attribute and as element: what stands before the number, and the number."""
    names = [
        re.escape(prefix) + rb":Orientation" for prefix in sorted({*_PREFIX.findall(packet)})[:_MAX_PREFIXES]
    ]
    return [
        re.compile(form)
        for name in names
        for form in (
            rb"(\b" + name + rb"\s{0,9}=\s{0,9}[\"']\s{0,9})([1-8])(?=\s{0,9}[\"'])",
            rb"(<" + name + rb"\s{0,9}>\s{0,9})([1-8])(?=\s{0,9}</)",
        )
    ]
