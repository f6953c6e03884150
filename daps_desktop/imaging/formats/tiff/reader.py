"""TIFF files to photos, from phones' to scanners': 1 to 16 bits, floats, planes, palettes, inks."""

import logging
import struct
from pathlib import Path
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray
from tifffile import PHOTOMETRIC, TiffFile, TiffPage

from daps_desktop.base.errors import UserError
from daps_desktop.base.i18n import N_, phrase
from daps_desktop.imaging.formats.limits import check_size
from daps_desktop.imaging.formats.metadata import exif
from daps_desktop.imaging.formats.metadata.icc import cmyk_to_srgb
from daps_desktop.imaging.formats.metadata.ifd import ICC, IPTC, XMP
from daps_desktop.imaging.formats.metadata.iptc import from_photoshop_block
from daps_desktop.imaging.formats.tiff.pages import photos
from daps_desktop.imaging.formats.tiff.storage import check_header, check_storage
from daps_desktop.imaging.photo import Metadata, Photo, Pixels, at_full_range

logging.getLogger("tifffile").addHandler(logging.NullHandler())  # else it writes to stderr itself

_PHOTOSHOP = 34377
_JPEG = (6, 7, 33007, 34892)  # old and new, and two more names of it: their decoder gives RGB
_UNSPECIFIED, _ASSOCIATED, _UNASSOCIATED = 0, 1, 2


def decode_tiff(path: Path, page: int | None = None) -> Photo:
    """The page asked for, or the first that is a photo of its own, as it is stored, not yet upright.

    Raises: UserError, or what the decoder raises.
    """
    with path.open("rb") as file, TiffFile(file) as tiff:
        pages = photos(tiff)
        if not pages:
            raise NotImplementedError(phrase(N_("the first page has no description of its own")))
        number = page if page is not None and 1 <= page <= len(pages) else 1
        chosen = pages[number - 1]
        check_header(chosen)
        check_size(path, chosen.imagelength, chosen.imagewidth)
        check_storage(chosen, path)
        array = _read_pixels(chosen)
        _check_numbers(path, array)
        icc = _bytes_tag(chosen, ICC)
        pixels, alpha, infrared, icc = _interpret(chosen, array, icc)
        block = _exif_block(file, chosen.offset)
        metadata = Metadata(icc, block, _bytes_tag(chosen, XMP), iptc=_captions(chosen))
        return Photo(
            pixels, alpha, metadata, file_format="TIFF", pages=len(pages), page=number, infrared=infrared
        )


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
) -> tuple[Pixels, Pixels | None, Pixels | None, bytes | None]:
    """Pixels, alpha, infrared and the profile that then holds, by the meaning the page gives its values."""
    meaning = page.photometric
    if meaning == PHOTOMETRIC.PALETTE:
        return _look_up(page, array), None, None, icc
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
    infrared = _extra(page, values, colours, (_UNSPECIFIED,)) if meaning == PHOTOMETRIC.RGB else None
    if meaning == PHOTOMETRIC.MINISWHITE:
        pixels = np.iinfo(pixels.dtype).max - pixels
    if meaning == PHOTOMETRIC.SEPARATED:
        pixels, icc = cmyk_to_srgb(pixels, icc)
    return pixels, alpha, infrared and infrared[0], icc


def _at_full_range(page: TiffPage, array: NDArray[np.generic]) -> Pixels:
    """uint8 or uint16 with white at 255 or 65535. Raises: NotImplementedError if there is no such sense."""
    bits = page.bitspersample
    if array.dtype.kind == "f":
        return _from_floats(array.astype(np.float32))
    if array.dtype.kind not in "ub" or bits > 16:
        raise NotImplementedError(phrase(N_("values of type {dtype}"), dtype=str(array.dtype)))
    return at_full_range(array, bits)


def _from_floats(array: NDArray[np.float32]) -> NDArray[np.uint16]:
    if array.min() < 0 or array.max() > 1:
        raise NotImplementedError(phrase(N_("floating-point values outside 0 to 1")))
    return np.rint(array * np.float32(65535)).astype(np.uint16)


def _look_up(page: TiffPage, array: NDArray[np.generic]) -> Pixels:
    if page.colormap is None or array.dtype.kind not in "ub":
        raise ValueError("a palette is missing")
    array = array.astype(np.uint8) if array.dtype.kind == "b" else array
    table = np.asarray(page.colormap, np.uint16).T  # (colours, 3)
    if (table % 257 == 0).all() or not (table & 0xFF).any() or array.dtype == np.uint8:
        table = (table >> 8).astype(np.uint8)  # the palette's low bytes are copies, or nothing
    return table[np.minimum(array[..., 0], len(table) - 1)]


def _without_extras(page: TiffPage, values: Pixels, colours: int) -> tuple[Pixels, Pixels | None]:
    """The colours and, where the page has one, the alpha."""
    pixels = np.ascontiguousarray(values[..., :colours])
    found = _extra(page, values, colours, (_ASSOCIATED, _UNASSOCIATED))
    if found is None:
        return pixels, None
    alpha, kind = found
    return (_unmultiply(pixels, alpha) if kind == _ASSOCIATED else pixels), alpha


def _extra(page: TiffPage, values: Pixels, colours: int, kinds: tuple[int, ...]) -> tuple[Pixels, int] | None:
    """The first value beyond the colours that is of one of those kinds, (H, W), and which."""
    for index, kind in enumerate(page.extrasamples):
        if kind in kinds and colours + index < values.shape[2]:
            return np.ascontiguousarray(values[..., colours + index]), int(kind)
    return None


def _unmultiply(pixels: Pixels, alpha: Pixels) -> Pixels:
    """Colours that were stored times alpha, as they were before."""
    white = int(np.iinfo(pixels.dtype).max)
    opacity = np.maximum(alpha, 1).astype(np.uint32)[..., None]
    return np.minimum((pixels * np.uint32(white) + opacity // 2) // opacity, white).astype(pixels.dtype)


def _captions(page: TiffPage) -> bytes | None:
    """IPTC records from their own tag, else from Photoshop's block."""
    block = _bytes_tag(page, _PHOTOSHOP)
    return _bytes_tag(page, IPTC) or (from_photoshop_block(block) if block else None)


def _bytes_tag(page: TiffPage, code: int) -> bytes | None:
    tag = page.tags.get(code)
    value = tag.value if tag is not None else None
    return value if isinstance(value, bytes) and value else None


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


def _exif_block(file: BinaryIO, at: int) -> bytes | None:
    """What the directory at that place says about the photo, as a block of its own."""
    try:
        found = exif.parse(_Slices(file), at)
    except (ValueError, struct.error):
        return None
    main = found.main.for_copies()
    return exif.pack(exif.Exif(found.order, main)) if main.entries or main.children else None
