"""Draws a pyramid through a cache of tiles, stretched over the rectangle of the photo."""

import math
from collections import OrderedDict
from collections.abc import Callable, Iterator
from typing import Protocol

import numpy as np
from PySide6.QtCore import QRect, QRectF
from PySide6.QtGui import QImage, QPainter, QPixmap

from daps_desktop.imaging.mask import Mask
from daps_desktop.imaging.rect import Rect
from daps_desktop.ui.canvas.drawing.pyramid import TILE, Picture, Pyramid, TileKey

CACHED_TILES = 256  # of 1 MB each
PIXELS_SEEN_ABOVE = 2.0  # widget pixels: a photo enlarged more is shown as squares


Shown = Callable[[QImage], QImage]
Recolour = Callable[[Picture], Picture]  # a tile, (h, w) or (h, w, 3), in other colours


class TilePyramid(Protocol):
    """What a layer needs of a pyramid: the shapes of its levels."""

    @property
    def levels(self) -> tuple[Picture, ...] | list[Mask]: ...


class Layer:
    """`render(key)` makes a tile's pixmap, or None where it is empty; tiles not seen for long are dropped."""

    def __init__(self, pyramid: TilePyramid, render: Callable[[TileKey], QPixmap | None]) -> None:
        self._pyramid = pyramid
        self._render = render
        self._tiles: OrderedDict[TileKey, QPixmap | None] = OrderedDict()

    def invalidate(self, rect: Rect) -> None:
        """Drop the tiles of every level that show `rect`, given in pixels of level 0."""
        for key in list(self._tiles):
            side = TILE << key.level
            rows = key.row * side < rect.bottom and rect.top < (key.row + 1) * side
            cols = key.col * side < rect.right and rect.left < (key.col + 1) * side
            if rows and cols:
                del self._tiles[key]

    def invalidate_all(self) -> None:
        self._tiles.clear()

    def paint(self, painter: QPainter, photo_rect: QRectF, exposed: QRectF, device_ratio: float) -> None:
        """Draw the part of the layer that lies in `exposed`; `photo_rect` is where the whole of it goes."""
        width = self._pyramid.levels[0].shape[1]
        scale = photo_rect.width() / width  # widget pixels for one pixel of level 0
        level = self._level_for(scale * device_ratio)
        step = scale * 2**level
        smooth = scale <= PIXELS_SEEN_ABOVE
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, smooth)
        seen = exposed.intersected(photo_rect)
        for key in self._keys(level, seen.translated(-photo_rect.topLeft()), step):
            pixmap = self._tile(key)
            if pixmap is not None:
                painter.drawPixmap(_target(key, pixmap, photo_rect, step), pixmap, pixmap.rect())

    def _level_for(self, device_scale: float) -> int:
        if device_scale >= 1:
            return 0
        return min(int(-math.log2(device_scale) + 1e-6), len(self._pyramid.levels) - 1)

    def _keys(self, level: int, seen: QRectF, step: float) -> Iterator[TileKey]:
        if seen.isEmpty():
            return
        rows, cols = (math.ceil(n / TILE) for n in self._pyramid.levels[level].shape[:2])
        side = TILE * step
        for row in range(int(seen.top() / side), min(math.ceil(seen.bottom() / side), rows)):
            for col in range(int(seen.left() / side), min(math.ceil(seen.right() / side), cols)):
                yield TileKey(level, row, col)

    def _tile(self, key: TileKey) -> QPixmap | None:
        if key not in self._tiles:
            self._tiles[key] = self._render(key)
            if len(self._tiles) > CACHED_TILES:
                self._tiles.popitem(last=False)
        self._tiles.move_to_end(key)
        return self._tiles[key]


def _target(key: TileKey, pixmap: QPixmap, photo_rect: QRectF, step: float) -> QRect:
    """Where a tile goes, in whole widget pixels: fractional edges would show as a fine grid."""
    left = round(photo_rect.left() + key.col * TILE * step)
    top = round(photo_rect.top() + key.row * TILE * step)
    right = round(photo_rect.left() + (key.col * TILE + pixmap.width()) * step)
    bottom = round(photo_rect.top() + (key.row * TILE + pixmap.height()) * step)
    return QRect(left, top, right - left, bottom - top)


def image_layer(pyramid: Pyramid, shown: Shown) -> Layer:
    """The picture as it is; `shown` turns an image into what the screen is to be given."""
    return Layer(pyramid, lambda key: QPixmap.fromImage(shown(to_qimage(pyramid.tile(key)))))


def recoloured_layer(pyramid: Pyramid, recolour: Recolour, shown: Shown) -> Layer:
    """The picture in other colours; only the tiles that are seen are computed."""

    def render(key: TileKey) -> QPixmap:
        return QPixmap.fromImage(shown(to_qimage(recolour(pyramid.tile(key)))))

    return Layer(pyramid, render)


def to_qimage(image: Picture) -> QImage:
    """A picture, (H, W, 3) RGB or (H, W) grey, as an image with its own memory, in the screen's format."""
    grey = image.ndim == 2
    kind = QImage.Format.Format_Grayscale8 if grey else QImage.Format.Format_RGB888
    pixels = np.ascontiguousarray(image)
    return image_view(pixels, kind).convertToFormat(QImage.Format.Format_RGB32)


def image_view(array: Picture, kind: QImage.Format) -> QImage:
    """An image that borrows the array's memory: use it up while the array lives."""
    height, width = array.shape[:2]
    return QImage(array.data, width, height, array.strides[0], kind)
