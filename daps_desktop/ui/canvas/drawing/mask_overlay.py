"""The marks over the photo: one colour, as strong as the filling will be."""

import numpy as np
from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QColor, QImage, QPixmap

from daps_desktop.imaging.mask import Mask
from daps_desktop.imaging.rect import Rect
from daps_desktop.imaging.soft_edge import expanded, soft_edge
from daps_desktop.ui.canvas.drawing.layer import Layer, image_view
from daps_desktop.ui.canvas.drawing.pyramid import MaskPyramid, TileKey, tile_rect

COLOURS = {"red": "#ff0000", "green": "#00d84a", "blue": "#1f6bff"}
OPACITIES = (25, 45, 65, 85)  # per cent
_COLOUR, _OPACITY = "red", 45


class Overlay(QObject):
    """Draws the mask with its soft edge; what it looks like is not part of the document."""

    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.colour, self.opacity = _COLOUR, _OPACITY
        self.shown = True
        self._mask: MaskPyramid | None = None
        self._edge = 0  # pixels of the photo
        self._layer: Layer | None = None

    @property
    def layer(self) -> Layer | None:
        """What is to be drawn over the photo; None: nothing."""
        return self._layer if self.shown else None

    def show_mask(self, mask: Mask | None) -> None:
        """The (H, W) mask of a newly opened photo, the document's own array; None: there is none any more."""
        self._mask = None if mask is None else MaskPyramid(mask)
        self._layer = self._mask and Layer(self._mask, self._tile)
        self.changed.emit()

    def update(self, rect: Rect) -> Rect:
        """Take over what changed in the mask; returns where the overlay did."""
        reached = expanded(rect, self._edge)
        if self._mask is not None and self._layer is not None:
            self._mask.update(rect)
            self._layer.invalidate(reached)
        return reached

    def set_shown(self, shown: bool) -> None:
        self.shown = shown
        self.changed.emit()

    def set_look(self, colour: str, opacity: int) -> None:
        """`colour` is a key of COLOURS, `opacity` in per cent; what is neither leaves all as it is."""
        if colour in COLOURS and 0 < opacity <= 100:
            self.colour, self.opacity = colour, opacity
            self._draw_again()

    def set_soft_edge(self, width: int) -> None:
        if width != self._edge:
            self._edge = width
            self._draw_again()

    def _draw_again(self) -> None:
        if self._layer is not None:
            self._layer.invalidate_all()
        self.changed.emit()

    def _tile(self, key: TileKey) -> QPixmap | None:
        """One tile in the overlay's colour, or None where nothing is marked."""
        strength = self._strength(key)
        if strength is None:
            return None
        image = image_view(strength, QImage.Format.Format_Indexed8)
        image.setColorTable(self._shades())
        return QPixmap.fromImage(image)

    def _strength(self, key: TileKey) -> np.ndarray | None:
        """(rows, cols) uint8, 255 where the filling is whole; None where there is none."""
        assert self._mask is not None
        level = self._mask.levels[key.level]
        edge = self._edge / (1 << key.level)
        inner = tile_rect(key).clipped(*level.shape)
        outer = expanded(inner, edge).clipped(*level.shape)
        part = level[outer.slices]
        if not part.any():
            return None
        cut = inner.translated(-outer.top, -outer.left).slices
        if edge < 1:
            return np.ascontiguousarray(part[cut]).view(np.uint8) * np.uint8(255)
        return (soft_edge(part, edge)[cut] * 255).astype(np.uint8)

    def _shades(self) -> list[int]:
        """The colour at every strength from 0 to 255."""
        colour = QColor(COLOURS[self.colour])
        shades: list[int] = []
        for strength in range(256):
            colour.setAlphaF(self.opacity / 100 * strength / 255)
            shades.append(colour.rgba())
        return shades
