"""Pixels, masks and maps as PNG at their full depth, and safely back."""

import io
import struct
from dataclasses import replace
from typing import cast

import imagecodecs
import numpy as np
from numpy.typing import NDArray
from PIL import Image, PngImagePlugin

from daps_desktop.base.i18n import N_, phrase
from daps_desktop.imaging.formats import png_chunks
from daps_desktop.imaging.mask import Mask
from daps_desktop.imaging.photo import Photo, Pixels, with_alpha

_PAETH, _LEVEL = 128, 2  # within 8 % of the size of level 4, in two thirds of its time
_MOST_PIXELS = 1 << 22  # of a picture whose size nothing else bounds
_CHANNELS = {0: 1, 2: 3, 4: 2, 6: 4}  # of a PNG by its colour type


def encode_mask(mask: Mask) -> bytes:
    """(H, W) bool as a PNG of one bit a pixel, white = repair."""
    file = io.BytesIO()
    Image.fromarray(np.ascontiguousarray(mask)).save(file, "PNG", compress_level=1)
    return file.getvalue()


def decode_mask(data: bytes, height: int, width: int) -> Mask:
    """Raises: ValueError where `data` is not a sound PNG of one bit and of that size."""
    if _header(data) != (height, width, 1, 0):
        raise ValueError(phrase(N_("the marks are not of the size of the photo")))
    drawing = png_chunks.read_chunks(data).pixel_chunks
    try:
        with PngImagePlugin.PngImageFile(io.BytesIO(drawing)) as image:
            return np.array(image.convert("L")) > 127  # its own array of bools holds 255 for True
    except (OSError, SyntaxError) as error:
        raise ValueError(phrase(N_("the marks are damaged"))) from error


def encode_pixels(photo: Photo) -> bytes:
    """Pixels and transparency as a PNG of 8 or 16 bits; metadata stays with the photo it came from."""
    pixels = np.ascontiguousarray(with_alpha(photo))
    return bytes(imagecodecs.png_encode(pixels, level=_LEVEL, filter=_PAETH))


def decode_pixels(data: bytes, photo: Photo, scale: int) -> Photo:
    """A version of `photo`, `scale` times its size and at its depth, from what `encode_pixels` gave.

    Raises: ValueError where `data` is not a sound PNG of that size and depth.
    """
    height, width, bits, colours = _header(data)
    if (height, width, bits) != (photo.height * scale, photo.width * scale, photo.bits):
        raise ValueError(phrase(N_("a version is not of the size and depth of the photo")))
    channels = _CHANNELS.get(colours)
    if channels is None:
        raise ValueError(phrase(N_("a version has a palette")))
    array = _decode(data).reshape(height, width, channels)
    colour = channels if channels % 2 else channels - 1
    alpha = None if channels == colour else np.ascontiguousarray(array[..., -1])
    return replace(photo.with_pixels(np.ascontiguousarray(array[..., :colour])), alpha=alpha)


def unpack_picture(data: bytes) -> Pixels:
    """(H, W, C) of a small PNG that belongs to no photo. Raises: ValueError where it is none, or is large."""
    height, width, _, colours = _header(data)
    if height * width > _MOST_PIXELS or colours not in _CHANNELS:
        raise ValueError("a picture inside is too large, or has a palette")
    return _decode(data).reshape(height, width, _CHANNELS[colours])


def encode_map(values: NDArray[np.float16]) -> bytes:
    """(h, w) float16 as a grey PNG of 16 bits, which holds the bits of each number."""
    return bytes(imagecodecs.png_encode(np.ascontiguousarray(values).view(np.uint16), level=_LEVEL))


def decode_map(data: bytes, photo: Photo) -> NDArray[np.float16]:
    """The map of a version of `photo`, NaN where the photo shows nothing.

    Raises: ValueError where `data` is no sound PNG of such values, or shows more than the photo does.
    """
    height, width, bits, colours = _header(data)
    if (bits, colours) != (16, 0) or height > photo.height or width > photo.width:
        raise ValueError(phrase(N_("a map is not one of this photo")))
    values = _decode(data).reshape(height, width).view(np.float16)
    if np.isinf(values).any() or (values < 0).any():
        raise ValueError(phrase(N_("a map holds an impossible number")))
    return values


def decoded_size(data: bytes) -> int:
    """What a PNG will take in memory, from its header alone. Raises: ValueError where it has none."""
    height, width, bits, colours = _header(data)
    return height * width * max(bits // 8, 1) * _CHANNELS.get(colours, 1)


def _header(data: bytes) -> tuple[int, int, int, int]:
    """Height, width, bits and colour type."""
    if data[:8] != png_chunks.SIGNATURE or data[12:16] != b"IHDR" or len(data) < 33:
        raise ValueError(phrase(N_("a picture inside is damaged")))
    width, height, bits, colours = struct.unpack_from(">IIBB", data, 16)
    return height, width, bits, colours


def _decode(data: bytes) -> Pixels:
    drawing = png_chunks.read_chunks(data).pixel_chunks
    try:
        return cast(NDArray[np.uint8], imagecodecs.png_decode(drawing))
    except RuntimeError as error:
        raise ValueError(phrase(N_("a picture inside is damaged"))) from error
