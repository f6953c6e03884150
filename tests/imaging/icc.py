"""A small profile for printing inks, with colours of its own choice. Source: ICC.1:2001-04."""

import itertools
import struct


def cmyk_profile() -> bytes:
    """Paper is white; cyan ink alone looks red-brown, so that a conversion by formula is found out."""
    lut = _lut()
    tags = {b"A2B0": lut, b"desc": _described(b"odd inks"), b"wtpt": _xyz(0.9642, 1.0, 0.8249)}
    at = 128 + 4 + 12 * len(tags)
    table, data = struct.pack(">I", len(tags)), b""
    for name, content in tags.items():
        table += struct.pack(">4sII", name, at + len(data), len(content))
        data += content + b"\0" * (-len(content) % 4)
    size = at + len(data)
    header = struct.pack(">I4sI4s4s4s", size, b"none", 0x02100000, b"prtr", b"CMYK", b"Lab ")
    header += struct.pack(">6H", 2000, 1, 1, 0, 0, 0) + b"acsp" + bytes(28) + _xyz(0.9642, 1.0, 0.8249)[8:]
    return header.ljust(128, b"\0") + table + data


def _lut() -> bytes:
    """Two grid points for each of the four inks, 8-bit Lab out."""
    head = struct.pack(">4s4xBBBx", b"mft1", 4, 3, 2) + struct.pack(">9i", *(65536 * v for v in _IDENTITY))
    ramp = bytes(range(256))
    grid = b"".join(_lab(*inks) for inks in itertools.product((0, 1), repeat=4))
    return head + ramp * 4 + grid + ramp * 3


_IDENTITY = (1, 0, 0, 0, 1, 0, 0, 0, 1)


def _lab(cyan: int, magenta: int, yellow: int, black: int) -> bytes:
    light = 0 if black else 255 - 60 * (cyan + magenta + yellow)
    return bytes([light, 128 + 50 * cyan * (1 - black), 128 + 40 * cyan * (1 - black)])


def _xyz(*values: float) -> bytes:
    return b"XYZ \0\0\0\0" + struct.pack(">3i", *(round(v * 65536) for v in values))


def _described(text: bytes) -> bytes:
    return b"desc\0\0\0\0" + struct.pack(">I", len(text) + 1) + text + b"\0" + bytes(78)
