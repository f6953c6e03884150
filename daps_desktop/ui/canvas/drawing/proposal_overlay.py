"""Proposals over the photo: they glow in a colour that no mark has; what is put aside leaves a pale trace."""

import cv2
import numpy as np
from PySide6.QtGui import QColor, QImage, QPixmap

from daps_desktop.imaging.mask import Mask
from daps_desktop.imaging.rect import Rect
from daps_desktop.ui.canvas.drawing.layer import Layer, image_view
from daps_desktop.ui.canvas.drawing.pyramid import MaskPyramid, TileKey, tile_rect

PROPOSED, PUT_ASIDE = "#ffc400", "#ffffff"
_CORE, _HALO = 0.9, 0.35  # opacity
_REACH = 5  # side of the halo in pixels of the level shown


class ProposalOverlay:
    """A set of places of one colour; the set may grow and shrink by patches that do not overlap."""

    def __init__(self, height: int, width: int, colour: str, strength: float = 1.0) -> None:
        self._places = np.zeros((height, width), bool)
        self._pyramid = MaskPyramid(self._places)
        self._shades = [QColor(0, 0, 0, 0).rgba(), *(_shade(colour, strength * a) for a in (_HALO, _CORE))]
        self.layer = Layer(self._pyramid, self._tile)

    def write(self, rect: Rect, patch: Mask, lit: bool) -> None:
        """Light or put out the pixels of `patch`, which lies at `rect`."""
        places = self._places[rect.slices]
        places[patch] = lit
        self._pyramid.update(rect)
        self.layer.invalidate(rect)

    def _tile(self, key: TileKey) -> QPixmap | None:
        places = self._pyramid.levels[key.level][tile_rect(key).slices]
        part = np.ascontiguousarray(places).view(np.uint8)
        if not part.any():
            return None
        halo = np.asarray(cv2.dilate(part, np.ones((_REACH, _REACH), np.uint8)), np.uint8)
        image = image_view(halo + part, QImage.Format.Format_Indexed8)
        image.setColorTable(self._shades)
        return QPixmap.fromImage(image)


def _shade(colour: str, opacity: float) -> int:
    shade = QColor(colour)
    shade.setAlphaF(opacity)
    return shade.rgba()
