"""One version painted into another, as it is seen: only what changed is put together again."""

from dataclasses import dataclass

import numpy as np
from PIL import Image

from daps_desktop.document.version_ops import scaled_up
from daps_desktop.imaging.mask import Mask
from daps_desktop.imaging.photo import Photo
from daps_desktop.imaging.rect import Rect
from daps_desktop.ui.canvas.drawing.pyramid import Picture, Pyramid, display_image


@dataclass(frozen=True, slots=True)
class CompositePyramid:
    """`shown` is drawn by the canvas and written by `update`; both others stay as they are."""

    target: Picture
    source: Picture
    shown: Pyramid
    scale: int  # times the size of the photo, whose size the layer has

    @classmethod
    def of(cls, target: Photo, source: Photo, scale: int) -> "CompositePyramid":
        below = display_image(target)
        pyramid = Pyramid.of(below)
        shown = Pyramid(tuple(level.copy() for level in pyramid.levels))
        return cls(below, display_image(source), shown, scale)

    def update(self, layer: Mask, rect: Rect) -> Rect:
        """Show the layer as it is now in `rect` of it; returns the rectangle of the picture that changed."""
        changed = scaled_up(rect, self.scale)
        inside = layer[rect.slices].repeat(self.scale, axis=0).repeat(self.scale, axis=1)
        if self.target.ndim == 3:
            inside = inside[..., None]
        part = changed.slices
        self.shown.levels[0][part] = np.where(inside, self.source[part], self.target[part])
        coarse = changed
        for fine, smaller in zip(self.shown.levels, self.shown.levels[1:], strict=False):
            coarse = Rect(coarse.top // 2, coarse.left // 2, -(-coarse.bottom // 2), -(-coarse.right // 2))
            rows, cols = coarse.slices
            block = fine[2 * rows.start : 2 * rows.stop, 2 * cols.start : 2 * cols.stop]
            smaller[coarse.slices] = np.asarray(Image.fromarray(np.ascontiguousarray(block)).reduce(2))
        return changed
