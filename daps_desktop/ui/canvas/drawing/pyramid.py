"""Pictures in ever smaller copies, so that drawing costs what is seen, not what was scanned. No Qt here."""

import io
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageCms

from daps_desktop.imaging.mask import Mask
from daps_desktop.imaging.photo import Photo, at_depth
from daps_desktop.imaging.rect import Rect

TILE = 512  # side of a tile in pixels of its level
_STRIP = 1024  # rows reduced at a time: bounds the memory, and lets other threads run
_MIN_SIDE = 256  # no level is made below this side

Picture = NDArray[np.uint8]  # (H, W, 3) RGB or (H, W) grey


@dataclass(frozen=True, slots=True)
class TileKey:
    level: int  # level n is 2^n times smaller
    row: int
    col: int


@dataclass(frozen=True, slots=True)
class Pyramid:
    """`levels[0]` is the picture itself; each further one is half as large, rounded up."""

    levels: tuple[Picture, ...]

    @classmethod
    def of(cls, image: Picture) -> "Pyramid":
        levels = [image]
        while max(levels[-1].shape[:2]) > 2 * _MIN_SIDE:
            levels.append(_halved(levels[-1]))
        return cls(tuple(levels))

    @property
    def size(self) -> tuple[int, int]:
        """(height, width) of the picture."""
        height, width = self.levels[0].shape[:2]
        return height, width

    @property
    def bytes(self) -> int:
        return sum(level.nbytes for level in self.levels)

    def tile(self, key: TileKey) -> Picture:
        return self.levels[key.level][tile_rect(key).slices]


class MaskPyramid:
    """The mask in ever smaller copies, in which the thinnest scratch stays visible.

    `levels[0]` is the document's own array; call `update` with the rectangle that changed in it.
    """

    def __init__(self, mask: Mask) -> None:
        self.levels = [mask]
        while max(self.levels[-1].shape) > 2 * _MIN_SIDE:
            height, width = self.levels[-1].shape
            self.levels.append(np.zeros(((height + 1) // 2, (width + 1) // 2), dtype=bool))
        if mask.any():
            self.update(Rect(0, 0, *mask.shape))

    def update(self, rect: Rect) -> None:
        for fine, coarse in zip(self.levels, self.levels[1:], strict=False):
            rect = Rect(rect.top // 2, rect.left // 2, (rect.bottom + 1) // 2, (rect.right + 1) // 2)
            rows, cols = rect.slices
            part = fine[2 * rows.start : 2 * rows.stop, 2 * cols.start : 2 * cols.stop]
            coarse[rect.slices] = _any_of_four(part)


def tile_rect(key: TileKey) -> Rect:
    """Where the tile lies in its level; may reach beyond the level's edge."""
    return Rect(key.row * TILE, key.col * TILE, (key.row + 1) * TILE, (key.col + 1) * TILE)


def display_image(photo: Photo) -> Picture:
    """The photo at 8 bits for the screen, converted from its own colour profile to sRGB where it has one."""
    pixels = at_depth(photo.pixels, 8)
    image = pixels[..., 0] if pixels.shape[2] == 1 else pixels
    if photo.metadata.icc is None:
        return image.astype(np.uint8, copy=False)
    return _to_srgb(np.ascontiguousarray(image, dtype=np.uint8), photo.metadata.icc)


def _to_srgb(picture: Picture, icc: bytes) -> Picture:
    image = Image.fromarray(picture)
    try:
        profile = ImageCms.ImageCmsProfile(io.BytesIO(icc))
        srgb = ImageCms.createProfile("sRGB")
        shown = ImageCms.profileToProfile(image, profile, srgb, outputMode="RGB")
    except (ImageCms.PyCMSError, OSError):
        return picture  # a profile for another kind of picture, or a damaged one: show the values as they are
    return picture if shown is None else np.asarray(shown)


def _halved(image: Picture) -> Picture:
    height, width = image.shape[:2]
    half = np.empty(((height + 1) // 2, (width + 1) // 2, *image.shape[2:]), dtype=np.uint8)
    for top in range(0, height, _STRIP):
        strip = np.ascontiguousarray(image[top : top + _STRIP])
        half[top // 2 : (top + _STRIP) // 2] = np.asarray(Image.fromarray(strip).reduce(2))
    return half


def _any_of_four(part: Mask) -> Mask:
    rows = part[0::2].copy()
    rows[: part.shape[0] // 2] |= part[1::2]
    cols = rows[:, 0::2].copy()
    cols[:, : part.shape[1] // 2] |= rows[:, 1::2]
    return cols
