"""The difference of two pictures, amplified, tile by tile on the grid of the first. Computed without Qt."""

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from PySide6.QtGui import QPixmap

from daps_desktop.ui.canvas.drawing.layer import Layer, to_qimage
from daps_desktop.ui.canvas.drawing.pyramid import Picture, Pyramid, TileKey, tile_rect

EQUAL = 40  # the dark grey where nothing differs: neutral, and not to be taken for a black picture
_REACH = 2  # pixels around a part that resampling looks at


def difference_layer(original: Pyramid, result: Pyramid, factor: int) -> Layer:
    """|result - original| times `factor`; the result may be of any size and is laid over the original."""

    def render(key: TileKey) -> QPixmap:
        tile = original.tile(key)
        beside = matching_part(result, original.levels[key.level].shape[:2], key, tile.shape[:2])
        return QPixmap.fromImage(to_qimage(amplify(tile, beside, factor)))

    return Layer(original, render)


def amplify(a: Picture, b: Picture, factor: int) -> Picture:
    """EQUAL + factor |a - b| for pictures of one size, each (H, W, 3) RGB or (H, W) grey."""
    if a.ndim != b.ndim:
        a, b = _coloured(a), _coloured(b)
    apart = np.abs(a.astype(np.int16) - b)
    return np.minimum(apart * np.int16(factor) + EQUAL, 255).astype(np.uint8)


def matching_part(result: Pyramid, size: tuple[int, int], key: TileKey, shape: tuple[int, int]) -> Picture:
    """The part of `result` that lies on a tile of `shape` of a level of `size`, at that tile's size."""
    level = _nearest_level(result, size[0])
    if level.shape[:2] == size:
        return level[tile_rect(key).slices]
    place = tile_rect(key)
    tall, wide = level.shape[0] / size[0], level.shape[1] / size[1]
    box = (
        place.left * wide, place.top * tall, (place.left + shape[1]) * wide, (place.top + shape[0]) * tall
    )  # fmt: skip
    return _resized(level, box, shape)


def _nearest_level(pyramid: Pyramid, height: int) -> Picture:
    """The smallest level that is no smaller than `height`, or the largest there is."""
    enough = [level for level in pyramid.levels if level.shape[0] >= height]
    return enough[-1] if enough else pyramid.levels[0]


def _resized(level: Picture, box: tuple[float, float, float, float], shape: tuple[int, int]) -> Picture:
    """The `box` (left, top, right, bottom) of `level`, in fractions of its pixels, at `shape`."""
    left, top = (max(int(edge) - _REACH, 0) for edge in box[:2])
    right, bottom = (int(edge) + _REACH + 1 for edge in box[2:])
    part = np.ascontiguousarray(level[top:bottom, left:right])
    bounds = (min(box[2] - left, part.shape[1]), min(box[3] - top, part.shape[0]))
    image = Image.fromarray(part).resize(
        (shape[1], shape[0]), Image.Resampling.BILINEAR, (box[0] - left, box[1] - top, *bounds)
    )
    return np.asarray(image)


def _coloured(image: NDArray[np.uint8]) -> Picture:
    return image if image.ndim == 3 else np.repeat(image[..., None], 3, axis=2)
