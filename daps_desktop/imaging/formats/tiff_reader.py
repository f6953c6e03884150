"""TIFF files to photos, from phones' to scanners': 1 to 16 bits, floats, planes, palettes, inks."""

import logging
import math
import struct
from pathlib import Path
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray
from tifffile import PHOTOMETRIC, TiffFile, TiffPage

from daps_desktop.base.errors import UserError
from daps_desktop.base.i18n import N_, phrase
from daps_desktop.imaging.formats import exif
from daps_desktop.imaging.formats.icc import cmyk_to_srgb
from daps_desktop.imaging.formats.limits import LIMIT_MP, check_compression_ratio, check_size
from daps_desktop.imaging.photo import Metadata, Photo, Pixels

logging.getLogger("tifffile").addHandler(logging.NullHandler())  # else it writes to stderr itself

_XMP, _IPTC, _ICC, _DNG_VERSION, _REDUCED = 700, 33723, 34675, 50706, 1
_UNCOMPRESSED = 1
_JPEG = (6, 7, 33007, 34892)  # old and new, and two more names of it: their decoder gives RGB
_ASSOCIATED, _UNASSOCIATED = 1, 2
_MAX_SAMPLES = 16
_MAX_BYTES = LIMIT_MP * 1_000_000 * 8  # the largest photo with alpha at 16 bits


def decode_tiff(path: Path) -> Photo:
    """The first page as it is stored, not yet upright. Raises: UserError, or what the decoder raises."""
    with path.open("rb") as file, TiffFile(file) as tiff:
        page = tiff.pages[0]
        if not isinstance(page, TiffPage):
            raise NotImplementedError(phrase(N_("the first page has no description of its own")))
        _check_header(page)
        check_size(path, page.imagelength, page.imagewidth)
        _check_storage(page, path)
        array = _read_pixels(page)
        _check_numbers(path, array)
        icc = _bytes_tag(page, _ICC)
        pixels, alpha, icc = _interpret(page, array, icc)
        block = _orientation_block(page) if tiff.is_bigtiff else _exif_block(file)
        metadata = Metadata(icc, block, _bytes_tag(page, _XMP), iptc=_bytes_tag(page, _IPTC))
        return Photo(pixels, alpha, metadata, file_format="TIFF", pages=_count_pages(tiff))


_SINGLE = (
    "imagewidth",
    "imagelength",
    "imagedepth",
    "samplesperpixel",
    "bitspersample",
    "tilewidth",
    "tilelength",
)


def _check_header(page: TiffPage) -> None:
    """A damaged header may give a list where one number belongs; to multiply that would fill the memory."""
    if not all(isinstance(getattr(page, name), int) for name in _SINGLE):
        raise NotImplementedError(phrase(N_("sizes that differ within one picture")))


def _check_storage(page: TiffPage, path: Path) -> None:
    """What the header promises must be in the file, as missing parts would come out black without a word."""
    if _DNG_VERSION in page.tags:
        raise NotImplementedError(phrase(N_("it is a camera's raw file")))
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
    parts = list(zip(page.dataoffsets, page.databytecounts, strict=True))
    if len(parts) < math.prod(page.chunked):
        raise EOFError
    if any(count <= 0 or offset + count > file_size for offset, count in parts):
        raise EOFError
    if page.compression == _UNCOMPRESSED and 8 * sum(page.databytecounts) < _bits_needed(page):
        raise EOFError


def _bits_needed(page: TiffPage) -> int:
    bits = page.bitspersample
    return page.imagelength * page.imagewidth * page.samplesperpixel * bits


def _read_pixels(page: TiffPage) -> NDArray[np.generic]:
    """(H, W, samples), with the planes behind each other whatever their order in the file."""
    array = np.asarray(page.asarray())
    shape = page.imagelength, page.imagewidth
    if array.size != shape[0] * shape[1] * page.samplesperpixel:
        raise EOFError
    if page.planarconfig == 2:
        return np.moveaxis(array.reshape(page.samplesperpixel, *shape), 0, -1)
    return array.reshape(*shape, page.samplesperpixel)


def _check_numbers(path: Path, array: NDArray[np.generic]) -> None:
    if array.dtype.kind == "f" and not np.isfinite(array).all():
        raise UserError("photo_not_finite", path=path)


def _interpret(
    page: TiffPage, array: NDArray[np.generic], icc: bytes | None
) -> tuple[Pixels, Pixels | None, bytes | None]:
    """Pixels, alpha and the profile that then holds, by the meaning the page gives its values."""
    meaning = page.photometric
    if meaning == PHOTOMETRIC.PALETTE:
        return _look_up(page, array), None, icc
    values = _at_full_range(page, array)
    if meaning in (PHOTOMETRIC.MINISWHITE, PHOTOMETRIC.MINISBLACK):
        colours = 1
    elif meaning == PHOTOMETRIC.RGB or (meaning == PHOTOMETRIC.YCBCR and page.compression in _JPEG):
        colours = 3
    elif meaning == PHOTOMETRIC.SEPARATED:
        colours = 4
    else:
        raise NotImplementedError(phrase(N_("colours of the kind {meaning}"), meaning=str(meaning)))
    if values.shape[2] < colours:
        raise ValueError("fewer values per pixel than colours")
    pixels, alpha = _without_extras(page, values, colours)
    if meaning == PHOTOMETRIC.MINISWHITE:
        pixels = np.iinfo(pixels.dtype).max - pixels
    if meaning == PHOTOMETRIC.SEPARATED:
        pixels, icc = cmyk_to_srgb(pixels, icc)
    return pixels, alpha, icc


def _at_full_range(page: TiffPage, array: NDArray[np.generic]) -> Pixels:
    """uint8 or uint16 with white at 255 or 65535. Raises: NotImplementedError if there is no such sense."""
    bits = page.bitspersample
    if array.dtype.kind == "f":
        return _from_floats(array.astype(np.float32))
    if array.dtype.kind not in "ub" or bits > 16:
        raise NotImplementedError(phrase(N_("values of type {dtype}"), dtype=str(array.dtype)))
    if bits in (8, 16):
        return np.asarray(array, np.uint8 if bits == 8 else np.uint16)
    white, top = (255, np.uint8) if bits < 8 else (65535, np.uint16)
    steps = (1 << bits) - 1
    table = ((np.arange(steps + 1) * white * 2 + steps) // (2 * steps)).astype(top)
    return table[np.minimum(array.astype(np.uint16), steps)]


def _from_floats(array: NDArray[np.float32]) -> NDArray[np.uint16]:
    if array.min() < 0 or array.max() > 1:
        raise NotImplementedError(phrase(N_("floating-point values outside 0 to 1")))
    return np.rint(array * np.float32(65535)).astype(np.uint16)


def _look_up(page: TiffPage, array: NDArray[np.generic]) -> Pixels:
    if page.colormap is None or array.dtype.kind != "u":
        raise ValueError("a palette is missing")
    table = np.asarray(page.colormap, np.uint16).T  # (colours, 3)
    if (table % 257 == 0).all() or not (table & 0xFF).any() or array.dtype == np.uint8:
        table = (table >> 8).astype(np.uint8)  # the palette's low bytes are copies, or nothing
    return table[np.minimum(array[..., 0], len(table) - 1)]


def _without_extras(page: TiffPage, values: Pixels, colours: int) -> tuple[Pixels, Pixels | None]:
    """The colours and, where the page has one, the alpha; other extra values are skipped."""
    pixels = np.ascontiguousarray(values[..., :colours])
    for index, kind in enumerate(page.extrasamples):
        if kind in (_ASSOCIATED, _UNASSOCIATED) and colours + index < values.shape[2]:
            alpha = np.ascontiguousarray(values[..., colours + index])
            return (_unmultiply(pixels, alpha) if kind == _ASSOCIATED else pixels), alpha
    return pixels, None


def _unmultiply(pixels: Pixels, alpha: Pixels) -> Pixels:
    """Colours that were stored times alpha, as they were before."""
    white = int(np.iinfo(pixels.dtype).max)
    opacity = np.maximum(alpha, 1).astype(np.uint32)[..., None]
    return np.minimum((pixels * np.uint32(white) + opacity // 2) // opacity, white).astype(pixels.dtype)


def _bytes_tag(page: TiffPage, code: int) -> bytes | None:
    tag = page.tags.get(code)
    value = tag.value if tag is not None else None
    return value if isinstance(value, bytes) and value else None


def _count_pages(tiff: TiffFile) -> int:
    """Pages that are pictures of their own, not small copies of others; a chain that bites its tail ends."""
    seen: set[int] = set()
    count = 0
    for page in tiff.pages:
        if page.offset in seen:
            break
        seen.add(page.offset)
        count += isinstance(page, TiffPage) and not page.subfiletype & _REDUCED
    return max(1, count)


class _Slices:
    """A file that can be sliced like bytes."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._size = file.seek(0, 2)

    def __len__(self) -> int:
        return self._size

    def __getitem__(self, index: slice) -> bytes:
        self._file.seek(index.start)
        return self._file.read(index.stop - index.start)


def _orientation_block(page: TiffPage) -> bytes:
    """A block that says how the picture lies, of a file whose directories no block of EXIF can have."""
    tag = page.tags.get(exif.ORIENTATION)
    orientation = tag.value if tag is not None and tag.value in range(1, 9) else 1
    return exif.pack(exif.Exif("<", exif.Ifd({exif.ORIENTATION: exif.pack_short("<", orientation)})))


def _exif_block(file: BinaryIO) -> bytes | None:
    """What the file says about the photo, as a block of its own."""
    try:
        found = exif.parse(_Slices(file))
    except (ValueError, struct.error):
        return None
    main = found.main.for_copies()
    return exif.pack(exif.Exif(found.order, main)) if main.entries or main.children else None
