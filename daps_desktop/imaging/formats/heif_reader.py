"""HEIF files to photos: HEIC, as phones keep them, and AVIF. Source: ISO/IEC 14496-12, 23008-12 and 23000-22.

libheif, by way of pi-heif, decodes what is coded by HEVC. Why AVIF of 8 bits goes through Pillow, and deeper
ones through imagecodecs: the one gives 8 bits alone, the other nothing that a file says beside its pixels.
"""

import io
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import imagecodecs
import numpy as np
from PIL import AvifImagePlugin

from daps_desktop.base.i18n import N_, phrase
from daps_desktop.imaging.formats.limits import check_compression_ratio, check_size
from daps_desktop.imaging.formats.metadata import cicp, exif, xmp
from daps_desktop.imaging.formats.pillow_reader import (
    all_of,
    check_picture,
    from_pillow,
    split,
)
from daps_desktop.imaging.photo import Metadata, Photo, at_full_range

_HEIC_BRANDS = (b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1")
_BYTES = 8  # that a pixel with alpha takes at 16 bits
_MAX_BOXES = 10_000


def is_avif(head: bytes) -> bool:
    return head[4:8] == b"ftyp" and any(brand in head[8:] for brand in (b"avif", b"avis"))


def is_heic(head: bytes) -> bool:
    """Asked after `is_avif`, which shares the brands that say nothing of the coding."""
    return head[4:8] == b"ftyp" and any(brand in head[8:] for brand in _HEIC_BRANDS)


def decode_heic(path: Path, page: int | None = None) -> Photo:
    """The picture asked for, else the largest; of those the one the file calls its primary one.

    libheif turns the pixels as the file says; what EXIF says of it is then a copy, which does not count.
    """
    # Here, as it takes a tenth of a second, for which no window should wait.
    import pi_heif  # pyright: ignore[reportMissingTypeStubs]

    data = all_of(path)
    _check_names(data)
    opened: Callable[..., Any] = getattr(pi_heif, "open_heif")  # noqa: B009 - which has half of its types
    file = opened(data, convert_hdr_to_8bit=False, hdr_to_16bit=False)
    if not len(file):
        raise NotImplementedError(phrase(N_("it holds no still picture")))
    sizes = [int(image.size[0] * image.size[1]) for image in file]
    primary = int(file.primary_index)
    chosen = max(range(len(sizes)), key=lambda k: (sizes[k], k == primary))
    if page is not None and 1 <= page <= len(sizes):
        chosen = page - 1
    image: Any = file[chosen]
    width, height = image.size
    check_size(path, height, width)
    check_compression_ratio(path, height * width * _BYTES, len(data))
    array, alpha = split(np.array(image))  # a copy: the library frees its own
    bits = int(image.info["bit_depth"])
    if image.premultiplied_alpha:
        raise NotImplementedError(phrase(N_("colours that were multiplied by their transparency")))
    block, packet = image.info.get("exif"), image.info.get("xmp")
    photo = Photo(
        at_full_range(array, bits),
        None if alpha is None else at_full_range(alpha, bits),
        Metadata(
            image.info.get("icc_profile") or None,
            exif.without_orientation(block) if block else None,
            xmp.without_orientation(packet) if packet else None,
        ),
        file_format="HEIC",
        pages=len(sizes),
        page=chosen + 1,
    )
    return cicp.with_meaning(photo, _by_nclx(image.info.get("nclx_profile")))


def _check_names(data: bytes) -> None:
    """Raises: ValueError where a part has a name that is no text, at which pi-heif ends the process."""
    for content in _within(data, (b"meta", 4), (b"iinf", 0)):
        start = 8 if content[:1] != b"\0" else 6  # behind version and count
        for kind, entry in boxes(content[start:]):
            if kind == b"infe":
                entry[8:].decode()


def _by_nclx(told: dict[str, Any] | None) -> tuple[int, int]:
    return (told["color_primaries"], told["transfer_characteristics"]) if told else cicp.UNSAID


def decode_avif(path: Path, _page: int | None = None) -> Photo:
    """At 8 bits, or 16 where the file has more than 8; not yet upright."""
    data = all_of(path)
    properties = list(_properties(data))
    with AvifImagePlugin.AvifImageFile(io.BytesIO(data)) as image:
        check_picture(path, image, len(data))
        bits = max((_bits(content) for kind, content in properties if kind == b"av1C"), default=8)
        photo = from_pillow(image)
        if bits > 8:
            pixels, alpha = split(at_full_range(imagecodecs.avif_decode(data, index=0), bits))
            if pixels.shape[:2] != photo.pixels.shape[:2]:
                raise ValueError("sizes that differ")
            photo = replace(photo, pixels=pixels, alpha=alpha)
    packet = photo.metadata.xmp  # which does not count: Pillow makes EXIF of the turn that the file states
    upright = xmp.without_orientation(packet) if packet else None
    photo = replace(photo, metadata=replace(photo.metadata, xmp=upright))
    told = next((c for kind, c in properties if kind == b"colr" and c[:4] == b"nclx" and len(c) >= 8), None)
    colours = (int.from_bytes(told[4:6]), int.from_bytes(told[6:8])) if told else cicp.UNSAID
    return cicp.with_meaning(photo, colours)


def _bits(configuration: bytes) -> int:
    """Of a value, by an AV1 configuration box. Source: AV1 codec ISO media file format binding, 2.3.3."""
    flags = configuration[2] if len(configuration) > 2 else 0
    return (12 if flags & 0x20 else 10) if flags & 0x40 else 8


def _properties(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Kind and content of all that the file says of its pictures."""
    for content in _within(data, (b"meta", 4), (b"iprp", 0), (b"ipco", 0)):
        yield from boxes(content)


def _within(data: bytes, *path: tuple[bytes, int]) -> Iterator[bytes]:
    """What is in the first box of each kind in the last, behind so many bytes; nothing where one lacks."""
    for kind, skipped in path:
        found = next((content for name, content in boxes(data) if name == kind), None)
        if found is None:
            return
        data = found[skipped:]
    yield data


def boxes(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Kind and content of each, at the top; what is damaged is the end."""
    at = 0
    for _ in range(_MAX_BOXES):
        size, start = int.from_bytes(data[at : at + 4]), at + 8
        if size == 1:
            size, start = int.from_bytes(data[at + 8 : at + 16]), at + 16
        end = at + size if size else len(data)
        if start > len(data) or end < start:
            return
        yield data[at + 4 : at + 8], data[start:end]
        at = end
