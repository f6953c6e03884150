"""IPTC captions and credits in a JPEG: one of the resources that Photoshop began to keep there.

Source: IPTC-NAA Information Interchange Model 4.2; Adobe Photoshop file formats, "image resource blocks".
"""

import struct
from typing import cast

_RESOURCE = 0x0404
_INTRODUCTION = b"Photoshop 3.0\0"
_LARGEST = 65_533  # bytes of one segment, without its length


def of_resources(resources: object) -> bytes | None:
    """The records among the resources that a JPEG decoder found, or None."""
    found = cast(dict[int, object], resources).get(_RESOURCE) if isinstance(resources, dict) else None
    return found if isinstance(found, bytes) and found else None


def jpeg_segment(records: bytes) -> bytes:
    """The APP13 segment that holds `records`; nothing where they are too long for one."""
    resource = (
        b"8BIM" + struct.pack(">HHI", _RESOURCE, 0, len(records)) + records + b"\0" * (len(records) % 2)
    )
    content = _INTRODUCTION + resource
    if len(content) > _LARGEST:
        return b""
    return b"\xff\xed" + struct.pack(">H", len(content) + 2) + content
