"""Pictures at other sizes, averaged in linear light: what a lens would have made of it, not what the file's
curve makes of it. The curve is that of sRGB, which Adobe RGB and the usual grey profiles come close to.
"""

import cv2
import numpy as np
from PIL import Image

from daps_desktop.imaging.colour import Floats, from_light, to_light
from daps_desktop.imaging.photo import Photo, Pixels

_STRIP = 4_000_000  # values turned into light at a time


def resize(photo: Photo, height: int, width: int) -> Photo:
    """The photo at `height` x `width`: exact areas where it shrinks, Lanczos where it grows."""
    if (height, width) == (photo.height, photo.width):
        return photo
    pixels = resize_pixels(photo.pixels, height, width)
    alpha = None
    if photo.alpha is not None:
        white = float(photo.white)
        share = _scale(photo.alpha[..., None], _even(photo.white), height, width)
        alpha = np.rint(share[..., 0] * white).clip(0, white).astype(photo.alpha.dtype)
    larger = photo.with_pixels(pixels)
    return Photo(pixels, alpha, larger.metadata, larger.path, larger.file_format, larger.pages)


def resize_pixels(pixels: Pixels, height: int, width: int) -> Pixels:
    """(H, W, C) -> (height, width, C) of the same depth."""
    white = int(np.iinfo(pixels.dtype).max)
    light = _scale(pixels, _linear(white), height, width)
    result = np.empty(light.shape, pixels.dtype)
    for row, values in enumerate(light):  # row by row: the powers need several copies of what they work on
        result[row] = np.rint(from_light(values.clip(0, 1)) * white)
    return result


def _even(white: int) -> Floats:
    return (np.arange(white + 1) / white).astype(np.float32)


def _linear(white: int) -> Floats:
    """The light of every value that a pixel can take."""
    return to_light(np.arange(white + 1) / white)


def _scale(pixels: Pixels, light: Floats, height: int, width: int) -> Floats:
    """(height, width, C) of `light[pixels]`; shrinking comes first, so that the least is kept at once."""
    both = _shrunk(pixels, light, min(height, pixels.shape[0]), min(width, pixels.shape[1]))
    if both.shape[:2] == (height, width):
        return both
    planes = [Image.fromarray(np.ascontiguousarray(both[..., k])) for k in range(both.shape[2])]
    grown = [np.asarray(plane.resize((width, height), Image.Resampling.LANCZOS)) for plane in planes]
    return np.stack(grown, axis=-1)


def _shrunk(pixels: Pixels, light: Floats, height: int, width: int) -> Floats:
    """Means over areas, of the rows first: only a strip of columns is turned into light at a time."""
    rows = np.empty((height, *pixels.shape[1:]), np.float32)
    step = max(1, _STRIP // pixels[:, 0].size)
    for left in range(0, pixels.shape[1], step):
        strip = pixels[:, left : left + step]
        rows[:, left : left + step] = _areas(light[strip], height, strip.shape[1])
    return _areas(rows, height, width)


def _areas(values: Floats, height: int, width: int) -> Floats:
    means = cv2.resize(values, (width, height), interpolation=cv2.INTER_AREA)
    return np.asarray(means, np.float32).reshape(height, width, -1)
