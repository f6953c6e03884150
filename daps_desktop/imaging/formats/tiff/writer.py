"""A photo as the bytes of a TIFF file: strips, deflate, horizontal differences. Source: TIFF 6.0.

Why not tifffile's writer: it leaves out the EXIF and GPS directories, which hang below the page.
"""

import struct
from concurrent.futures import ThreadPoolExecutor

import imagecodecs
import numpy as np

from daps_desktop.base.i18n import N_, phrase
from daps_desktop.imaging.formats.metadata import exif
from daps_desktop.imaging.formats.metadata.ifd import (
    ASCII,
    BYTE,
    DESCRIPTION,
    ICC,
    IPTC,
    SHORT,
    UNDEFINED,
    XMP,
    Ifd,
    IfdEntry,
    pack_directory,
    pack_longs,
    pack_short,
)
from daps_desktop.imaging.formats.metadata.kept import as_words
from daps_desktop.imaging.photo import Metadata, Photo, Pixels

_STRIP_BYTES = 1 << 18
_LEVEL = 6
_MAX_OFFSET = 1 << 32  # offsets have 32 bits
_DEFLATE, _HORIZONTAL = 8, 2
_UNSPECIFIED, _UNASSOCIATED = 0, 2


def encode_tiff(photo: Photo) -> bytes:
    """Grey or RGB, 8 or 16 bits, with alpha and infrared where the photo has them.

    Raises: ValueError above 4 GB.
    """
    source = exif.parse(photo.metadata.exif) if photo.metadata.exif else exif.Exif("<", Ifd())
    strips, rows_per_strip = _strips(photo, source.order)
    offsets = np.cumsum([8, *map(len, strips)]).tolist()
    padding = offsets[-1] % 2
    directory_at = offsets[-1] + padding
    if directory_at + (1 << 24) > _MAX_OFFSET:
        raise ValueError(phrase(N_("a TIFF file holds at most 4 GB")))
    told = source.main.for_copies()
    entries = told.entries | _storage(photo, source.order, rows_per_strip)
    entries[273] = pack_longs(source.order, offsets[:-1])
    entries[279] = pack_longs(source.order, map(len, strips))
    entries |= _metadata(photo.metadata, source.order)
    if photo.metadata.texts and DESCRIPTION not in entries:
        words = as_words(photo.metadata.texts).encode("utf-8", "replace")
        entries[DESCRIPTION] = IfdEntry(ASCII, words + b"\0")
    tree = pack_directory(Ifd(entries, told.children), source.order, directory_at)
    header = {"<": b"II*\0", ">": b"MM\0*"}[source.order] + struct.pack(f"{source.order}I", directory_at)
    return b"".join((header, *strips, bytes(padding), tree))


def _storage(photo: Photo, order: str, rows_per_strip: int) -> dict[int, IfdEntry]:
    """How the pixels are stored."""
    extras = [kind for kind, _ in _extras(photo)]
    samples = photo.pixels.shape[2] + len(extras)
    bits = IfdEntry(SHORT, struct.pack(f"{order}{samples}H", *[photo.bits] * samples))
    entries = {
        256: pack_longs(order, [photo.width]),
        257: pack_longs(order, [photo.height]),
        258: bits,
        259: pack_short(order, _DEFLATE),
        262: pack_short(order, 1 if photo.pixels.shape[2] == 1 else 2),
        277: pack_short(order, samples),
        278: pack_longs(order, [rows_per_strip]),
        284: pack_short(order, 1),
        317: pack_short(order, _HORIZONTAL),
    }
    if extras:
        entries[338] = IfdEntry(SHORT, struct.pack(f"{order}{len(extras)}H", *extras))
    return entries


def _extras(photo: Photo) -> list[tuple[int, Pixels]]:
    """What each pixel holds beyond its colours, (H, W), and what kind the file calls it."""
    infrared = None if photo.infrared_beside else photo.infrared
    planes = ((_UNASSOCIATED, photo.alpha), (_UNSPECIFIED, infrared))
    return [(kind, plane) for kind, plane in planes if plane is not None]


def _metadata(metadata: Metadata, order: str) -> dict[int, IfdEntry]:
    entries = exif.resolution(order, metadata.dpi) if metadata.dpi else {}
    if metadata.xmp:
        entries[XMP] = IfdEntry(BYTE, metadata.xmp)
    if metadata.icc:
        entries[ICC] = IfdEntry(UNDEFINED, metadata.icc)
    if metadata.iptc:
        entries[IPTC] = IfdEntry(UNDEFINED, metadata.iptc)
    return entries


def _strips(photo: Photo, order: str) -> tuple[list[bytes], int]:
    """The compressed strips, and how many rows each has."""
    samples = photo.pixels.shape[2] + len(_extras(photo))
    rows = max(1, _STRIP_BYTES // (photo.width * samples * photo.bits // 8))

    def compressed(top: int) -> bytes:
        return bytes(imagecodecs.deflate_encode(_differences(_rows(photo, top, rows), order), _LEVEL))

    with ThreadPoolExecutor() as pool:  # the codec works without the interpreter's lock
        return list(pool.map(compressed, range(0, photo.height, rows))), rows


def _rows(photo: Photo, top: int, rows: int) -> Pixels:
    planes = [plane[..., None] for _, plane in _extras(photo)]
    return np.concatenate([plane[top : top + rows] for plane in (photo.pixels, *planes)], axis=2)


def _differences(pixels: Pixels, order: str) -> bytes:
    """Each value less its left neighbour, modulo the depth (TIFF 6.0, section 14)."""
    differences = pixels.copy()
    differences[:, 1:] -= pixels[:, :-1]
    kind = np.dtype(f"{order}u{differences.itemsize}")
    return differences.astype(kind, copy=False).tobytes()
