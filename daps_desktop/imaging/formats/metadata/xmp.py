"""XMP packets, changed where they stand: what is not asked for stays to the byte.

Source: Adobe XMP specification, part 1 (serialisation) and part 2 (tiff:Orientation).
"""

import re

_TIFF = rb"http://ns\.adobe\.com/tiff/1\.0/"
_PREFIX = re.compile(rb"xmlns:([\w.-]{1,64})\s{0,9}=\s{0,9}[\"']" + _TIFF + rb"[\"']")


def orientation(packet: bytes) -> int | None:
    """1-8 as in EXIF, or None where the packet does not say."""
    found = next((match for form in _orientation_forms(packet) if (match := form.search(packet))), None)
    return int(found[2]) if found else None


def without_orientation(packet: bytes) -> bytes:
    """The packet saying that the picture is upright, wherever it says how it lies."""
    for form in _orientation_forms(packet):
        packet = form.sub(rb"\g<1>1", packet)
    return packet


def _orientation_forms(packet: bytes) -> list[re.Pattern[bytes]]:
    """As attribute and as element: what stands before the number, and the number."""
    names = [re.escape(prefix) + rb":Orientation" for prefix in {*_PREFIX.findall(packet)}]
    return [
        re.compile(form)
        for name in names
        for form in (
            rb"(\b" + name + rb"\s{0,9}=\s{0,9}[\"']\s{0,9})([1-8])(?=\s{0,9}[\"'])",
            rb"(<" + name + rb"\s{0,9}>\s{0,9})([1-8])(?=\s{0,9}</)",
        )
    ]
