"""Pictures at other sizes, averaged in linear light: what a lens would have made of it, not what the file's
curve makes of it. The curve is that of sRGB, which Adobe RGB and the usual grey profiles come close to.
"""

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from daps_desktop.imaging.photo import Photo, Pixels

Floats = NDArray[np.float32]


def resized(photo: Photo, height: int, width: int) -> Photo:
    """The photo at `height` x `width`: exact areas where it shrinks, Lanczos where it grows."""
    if (height, width) == (photo.height, photo.width):
        return photo
    pixels = resized_pixels(photo.pixels, height, width)
    alpha = None
    if photo.alpha is not None:
        white = float(photo.white)
        share = _scaled(photo.alpha[..., None], _even(photo.white), height, width)
        alpha = np.rint(share[..., 0] * white).clip(0, white).astype(photo.alpha.dtype)
    larger = photo.with_pixels(pixels)
    return Photo(pixels, alpha, larger.metadata, larger.path, larger.file_format, larger.pages)


def resized_pixels(pixels: Pixels, height: int, width: int) -> Pixels:
    """(H, W, C) -> (height, width, C) of the same depth."""
    white = int(np.iinfo(pixels.dtype).max)
    light = _scaled(pixels, _linear(white), height, width)
    result = np.empty(light.shape, pixels.dtype)
    for row, values in enumerate(light):  # row by row: the powers need several copies of what they work on
        result[row] = np.rint(_encoded(values.clip(0, 1)) * white)
    return result


def _even(white: int) -> Floats:
    return (np.arange(white + 1) / white).astype(np.float32)


def _linear(white: int) -> Floats:
    """The light of every value a pixel can take. Source: IEC 61966-2-1."""
    value = np.arange(white + 1) / white
    return np.where(value <= 0.04045, value / 12.92, ((value + 0.055) / 1.055) ** 2.4).astype(np.float32)


def _encoded(light: Floats) -> Floats:
    return np.where(light <= 0.0031308, light * 12.92, 1.055 * light ** (1 / 2.4) - 0.055)


def _scaled(pixels: Pixels, light: Floats, height: int, width: int) -> Floats:
    """(height, width, C) of `light[pixels]`; shrinking comes first, so that the least is kept at once."""
    rows = _fewer_rows(pixels, light, min(height, pixels.shape[0]))
    both = _fewer(rows.swapaxes(0, 1), min(width, pixels.shape[1])).swapaxes(0, 1)
    if both.shape[:2] == (height, width):
        return both
    planes = [Image.fromarray(np.ascontiguousarray(both[..., k])) for k in range(both.shape[2])]
    grown = [np.asarray(plane.resize((width, height), Image.Resampling.LANCZOS)) for plane in planes]
    return np.stack(grown, axis=-1)


def _fewer_rows(pixels: Pixels, light: Floats, count: int) -> Floats:
    """The light of `count` bands of rows; only a few rows are turned into light at a time."""
    step = max(1, count // max(1, pixels.shape[0] * pixels.shape[1] // 4_000_000))
    result = np.empty((count, *pixels.shape[1:]), np.float32)
    scale = pixels.shape[0] / count
    for first in range(0, count, step):
        last = min(first + step, count)
        top, bottom = int(first * scale), min(int(np.ceil(last * scale)), pixels.shape[0])
        result[first:last] = _areas(light[pixels[top:bottom]], first * scale - top, scale, last - first)
    return result


def _fewer(values: Floats, count: int) -> Floats:
    return _areas(values, 0.0, values.shape[0] / count, count)


def _areas(values: Floats, start: float, scale: float, count: int) -> Floats:
    """Means over `count` bands of `scale` rows, the first at `start`; cut rows count by their share."""
    if scale == 1:
        return values[int(start) : int(start) + count]
    result = np.empty((count, *values.shape[1:]), np.float32)
    for band in range(count):
        top, bottom = start + band * scale, min(start + (band + 1) * scale, len(values))
        rows = np.arange(int(top), min(int(np.ceil(bottom)), len(values)))
        weights = np.minimum(rows + 1, bottom) - np.maximum(rows, top)
        result[band] = np.tensordot(
            weights.astype(np.float32) / scale, values[rows[0] : rows[-1] + 1], axes=1
        )
    return result
