"""XMP packets, changed where they stand: what is not asked for stays to the byte.

Source: Adobe XMP specification, part 1 (serialisation) and part 2 (tiff:Orientation).
"""

import re

_TIFF = rb"http://ns\.adobe\.com/tiff/1\.0/"
_PREFIX = re.compile(rb"xmlns:([\w.-]{1,64})\s{0,9}=\s{0,9}[\"']" + _TIFF + rb"[\"']")

_MAX_PREFIXES = 8  # more names for one thing are no packet that a program wrote
_RDF_END = b"</rdf:RDF>"
_EXTENDED = re.compile(rb"\s{0,9}xmpNote:HasExtendedXMP\s{0,9}=\s{0,9}[\"'][0-9A-Fa-f]{0,64}[\"']")
# Gain maps and motion photos, as Google and Adobe name them: attributes, and the list of what is behind.
_COMPANIONS = re.compile(
    rb"\s{1,9}(?:GCamera:(?:MotionPhoto|MicroVideo)\w{0,40}|hdrgm:\w{1,40})=[\"'][^\"'<>]{0,400}[\"']"
)
_LISTS = (b"Container:Directory", b"GContainer:Directory")


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
    """A packet with what its extension says besides, and no word of an extension any more.

    Source: Adobe XMP specification, part 3, 1.1.3.1.
    """
    told = _EXTENDED.sub(b"", packet)
    start = extension.find(b">", extension.find(b"<rdf:RDF")) + 1
    close, end = extension.rfind(_RDF_END), told.rfind(_RDF_END)
    return told[:end] + extension[start:close] + told[end:] if 0 < start <= close and end >= 0 else told


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
