"""What a TIFF header promises must be in the file, as missing parts would come out black without a word.

Why headers are mended: scanners and old programs leave sizes out, or write nothing or far too much, and any
other program opens such files.
"""

import math
from bisect import bisect_right
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from tifffile import TIFF, TiffPage

from daps_desktop.base.i18n import N_, phrase
from daps_desktop.imaging.formats.limits import LIMIT_MP, check_compression_ratio, is_whole

_STRIP_COUNTS, _TILE_COUNTS = 279, 325
_UNCOMPRESSED, _PACKBITS = 1, 32773
_MAX_SAMPLES = 16
_MAX_BYTES = LIMIT_MP * 1_000_000 * 8  # the largest photo with alpha at 16 bits

_SINGLE = (
    "imagewidth",
    "imagelength",
    "imagedepth",
    "samplesperpixel",
    "bitspersample",
    "tilewidth",
    "tilelength",
)


def check_header(page: TiffPage) -> None:
    """A damaged header may give a list where one number belongs; to multiply that would fill the memory."""
    if not all(isinstance(getattr(page, name), int) for name in _SINGLE):
        raise NotImplementedError(phrase(N_("sizes that differ within one picture")))


def check_storage(page: TiffPage, path: Path) -> None:
    """Raises: EOFError, NotImplementedError, UserError where the file cannot hold what the header says.

    What the header says wrongly of the parts in which the pixels are stored is mended in `page`.
    """
    if page.imagedepth != 1 or page.samplesperpixel > _MAX_SAMPLES:
        raise NotImplementedError(
            phrase(
                N_("{values} values per pixel, {layers} layers"),
                values=page.samplesperpixel,
                layers=page.imagedepth,
            )
        )
    if page.dtype is None:
        raise NotImplementedError(phrase(N_("{bits} bits per value"), bits=page.bitspersample))
    tile = page.tilelength * page.tilewidth  # 0 where there are none
    largest = max(page.imagelength * page.imagewidth, tile) * page.samplesperpixel * page.dtype.itemsize
    if largest > _MAX_BYTES:
        raise NotImplementedError(phrase(N_("{size:.1f} GB of pixel values"), size=largest / 1000000000.0))
    file_size = path.stat().st_size
    check_compression_ratio(path, largest, file_size)
    _mend_counts(page, file_size)
    parts = list(zip(page.dataoffsets, page.databytecounts, strict=True))
    if len(parts) < math.prod(page.chunked):
        raise EOFError
    if any(count <= 0 or offset + count > file_size for offset, count in parts):
        raise EOFError
    if page.compression == _UNCOMPRESSED and 8 * sum(page.databytecounts) < _bits_needed(page):
        raise EOFError


def _mend_counts(page: TiffPage, file_size: int) -> None:
    """Sizes of parts that are missing, zero or beyond the file become what they can only be.

    Raises: EOFError where a packed part is then not all there.
    """
    offsets, counts = page.dataoffsets, list(page.databytecounts)
    if page.tags.get(_STRIP_COUNTS) is None and page.tags.get(_TILE_COUNTS) is None:
        counts = []
    counts += [0] * (len(offsets) - len(counts))
    bad = [k for k, at in enumerate(offsets) if not 0 < counts[k] <= file_size - at]
    ends = sorted({*offsets, page.offset, file_size})
    for k in bad:
        end = ends[min(bisect_right(ends, offsets[k]), len(ends) - 1)]
        packed = page.compression != _UNCOMPRESSED
        counts[k] = end - offsets[k] if packed else _plain_size(page, k)
    page.databytecounts = tuple(counts)
    if page.compression != _UNCOMPRESSED and not all(_is_whole(page, k) for k in bad):
        raise EOFError


def _plain_size(page: TiffPage, index: int) -> int:
    """Bytes of a strip or tile that is not packed."""
    samples = 1 if page.planarconfig == 2 else page.samplesperpixel
    row = math.ceil((page.tilewidth or page.imagewidth) * samples * page.bitspersample / 8)
    if page.tilelength:
        return row * page.tilelength
    rows = max(1, min(page.rowsperstrip, page.imagelength))
    strips = math.ceil(page.imagelength / rows)  # of one plane
    return row * min(rows, page.imagelength - index % strips * rows)


def _is_whole(page: TiffPage, index: int) -> bool:
    file = page.parent.filehandle
    file.seek(page.dataoffsets[index])
    data = file.read(page.databytecounts[index])
    if page.compression == _PACKBITS:  # whose decoder takes nothing that follows
        return len(TIFF.DECOMPRESSORS[_PACKBITS](data)) >= _plain_size(page, index)

    def decoded(packed: bytes) -> NDArray[np.generic]:
        pixels = page.decode(packed, index, jpegtables=page.jpegtables)[0]
        return np.zeros(0) if pixels is None else np.asarray(pixels)

    return is_whole(data, decoded)


def _bits_needed(page: TiffPage) -> int:
    bits = page.bitspersample
    return page.imagelength * page.imagewidth * page.samplesperpixel * bits
