"""JPEG XL files to photos: by libjxl, by way of imagecodecs, which gives pixels alone.

What they mean stands in the header of the codestream, and what else is said in boxes beside it. A file that
was made of a JPEG becomes that JPEG again, with all it says, and its tables. Source: ISO/IEC 18181-1, annex D
(SizeHeader, ImageMetadata), and 18181-2 (boxes).
"""

from dataclasses import dataclass, replace
from pathlib import Path

import imagecodecs

from daps_desktop.base.i18n import N_, phrase
from daps_desktop.imaging.formats.heif_reader import boxes
from daps_desktop.imaging.formats.jpeg_reader import decode_jpeg_data
from daps_desktop.imaging.formats.limits import check_compression_ratio, check_size
from daps_desktop.imaging.formats.metadata import cicp, exif, xmp
from daps_desktop.imaging.formats.pillow_reader import all_of, split
from daps_desktop.imaging.photo import Metadata, Photo, at_full_range

_CODESTREAM, _CONTAINER = b"\xff\x0a", b"\0\0\0\x0cJXL \r\n\x87\n"
_RATIOS = ((1, 1), (6, 5), (4, 3), (3, 2), (16, 9), (5, 4), (2, 1))  # width to height
_MAX_TEXT = 1 << 24  # bytes a compressed box may unpack to
_RGB, _GREY = 0, 1
_ALPHA = 0
_D65, _CUSTOM, _P3 = 1, 2, 11  # of whites and primaries
_DISPLAY_P3, _SRGB = 12, (1, 13)


def is_jxl(head: bytes) -> bool:
    return head.startswith((_CODESTREAM, _CONTAINER))


def decode_jxl(path: Path, _page: int | None = None) -> Photo:
    """The photo at 8 bits, or 16 where the file has more, turned as its codestream says."""
    if not imagecodecs.JPEGXL.available:
        raise NotImplementedError(phrase(N_("JPEG XL, for which imagecodecs was built without its part")))
    data = all_of(path)
    told = list(boxes(data)) if data.startswith(_CONTAINER) else [(b"jxlc", data)]
    parts = [
        content[4:] if kind == b"jxlp" else content for kind, content in told if kind in (b"jxlc", b"jxlp")
    ]
    bits = _Bits(parts[0][2:])
    height, width = _size(bits)
    check_size(path, height, width)
    check_compression_ratio(path, height * width * 8, len(data))
    if any(kind == b"jbrd" for kind, _ in told):
        return replace(
            decode_jpeg_data(path, bytes(imagecodecs.jpegxl_decode_jpeg(data, numthreads=1))),
            file_format="JPEG XL",
        )
    header = _read_header(bits)
    pixels, alpha = split(imagecodecs.jpegxl_decode(data, index=0))
    if pixels.shape[:2] != ((width, height) if header.turned else (height, width)):
        raise ValueError("sizes that differ")
    photo = Photo(
        at_full_range(pixels, header.bits),
        None if alpha is None else at_full_range(alpha, header.bits),
        _metadata(told),
        file_format="JPEG XL",
    )
    return cicp.with_meaning(photo, header.colours)


def _metadata(told: list[tuple[bytes, bytes]]) -> Metadata:
    """EXIF and XMP, upright as the pixels are; a box that cannot be unpacked is skipped."""
    found = dict(reversed([box for kind, content in told if (box := _unpacked(kind, content))]))
    block, packet = found.get(b"Exif", b"")[4:], found.get(b"xml ")
    return Metadata(
        exif=exif.without_orientation(block) if block else None,
        xmp=xmp.without_orientation(packet) if packet else None,
    )


def _unpacked(kind: bytes, content: bytes) -> tuple[bytes, bytes] | None:
    if kind != b"brob":
        return kind, content
    try:
        return content[:4], bytes(imagecodecs.brotli_decode(content[4:], out=_MAX_TEXT))
    except RuntimeError:
        return None


@dataclass(slots=True)
class _Header:
    """What the values mean, behind the size; as it stands here where nothing is said."""

    bits: int = 8
    turned: bool = False  # by a quarter
    colours: tuple[int, int] = _SRGB  # primaries and transfer characteristics of H.273


class _Bits:
    """Numbers of few bits, the lowest first."""

    def __init__(self, data: bytes) -> None:
        self._value, self._left = int.from_bytes(data[:4096], "little"), 8 * min(len(data), 4096)

    def take(self, count: int) -> int:
        if count > self._left:
            raise EOFError
        taken = self._value & ((1 << count) - 1)
        self._value >>= count
        self._left -= count
        return taken

    def choice(self, *ways: tuple[int, int]) -> int:
        """A number by one of four ways: what is added to so many bits."""
        added, bits = ways[self.take(2)]
        return added + self.take(bits)

    def kind(self) -> int:
        return self.choice((0, 0), (1, 0), (2, 4), (18, 6))


def _read_header(bits: _Bits) -> _Header:
    header = _Header()
    if bits.take(1):  # all as usual
        return header
    if bits.take(1):
        header.turned = bits.take(3) >= 4  # orientations 5 to 8
        if bits.take(1):
            _size(bits)
        if bits.take(1):
            raise NotImplementedError(phrase(N_("a preview within JPEG XL")))
        if bits.take(1):
            raise NotImplementedError(phrase(N_("a moving picture")))
    header.bits = _depth(bits)
    bits.take(1)
    _check_channels(bits)
    bits.take(1)  # whether it is coded as XYB, of which the decoder makes what is stated
    header.colours = _colours(bits)
    return header


def _size(bits: _Bits) -> tuple[int, int]:
    """Height and width: in steps of 8, or by one of four ways; the width perhaps as a ratio."""
    in_eights = bits.take(1)

    def side() -> int:
        return 8 * (1 + bits.take(5)) if in_eights else bits.choice((1, 9), (1, 13), (1, 18), (1, 30))

    height = side()
    ratio = bits.take(3)
    if not ratio:
        return height, side()
    across, down = _RATIOS[ratio - 1]
    return height, height * across // down


def _depth(bits: _Bits) -> int:
    if bits.take(1):
        raise NotImplementedError(phrase(N_("values of type {dtype}"), dtype="float"))
    return bits.choice((8, 0), (10, 0), (12, 0), (1, 6))


def _check_channels(bits: _Bits) -> None:
    """Raises: NotImplementedError for more than one transparency beside the colours."""
    extra = bits.choice((0, 0), (1, 0), (2, 4), (1, 12))
    if extra > 1:
        raise NotImplementedError(phrase(N_("more than colours and transparency")))
    if not extra or bits.take(1):  # a transparency of 8 bits as usual
        return
    if bits.kind() != _ALPHA:
        raise NotImplementedError(phrase(N_("more than colours and transparency")))
    _depth(bits)
    bits.choice((0, 0), (3, 0), (4, 0), (1, 3))
    for _ in range(bits.choice((0, 0), (0, 4), (16, 5), (48, 10))):
        bits.take(8)  # a letter of its name
    if bits.take(1):
        raise NotImplementedError(phrase(N_("colours that were multiplied by their transparency")))


def _colours(bits: _Bits) -> tuple[int, int]:
    """Primaries and transfer characteristics as H.273 numbers them."""
    if bits.take(1):
        return _SRGB
    by_profile, space = bits.take(1), bits.kind()
    if by_profile or space not in (_RGB, _GREY):  # a profile is packed by a way of its own
        raise NotImplementedError(phrase(N_("JPEG XL with a packed colour profile")))
    white = bits.kind()
    primaries = bits.kind() if white != _CUSTOM and space == _RGB else 1
    if _CUSTOM in (white, primaries) or bits.take(1):
        raise NotImplementedError(phrase(N_("JPEG XL with colours of its own")))
    transfer = bits.kind()
    return (_DISPLAY_P3 if (primaries, white) == (_P3, _D65) else primaries), transfer
