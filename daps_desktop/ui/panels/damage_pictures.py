"""The small pictures on the damage cards: one little photo, drawn here and degraded in each card's way."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QImage, QLinearGradient, QPainter, QPainterPath, QPaintEvent, QPen, QPixmap
from PySide6.QtWidgets import QWidget

from daps_desktop.imaging.colour import REC601
from daps_desktop.imaging.profile.tone_curve import TONES

SIDE = 28  # widget pixels
_DRAWN = 44  # units of a picture, in which its damage is drawn
_RADIUS = 5
_DISABLED = 0.35  # opacity

Floats = NDArray[np.float32]  # (side, side, 3), 0 to 255
Degrade = Callable[[Floats], Floats]

_HILLS = (
    ("#7fa06b", ((0, 29), (12, 24), (25, 28), (44, 21), (44, 44), (0, 44))),
    ("#55804f", ((0, 35), (16, 31), (44, 36), (44, 44), (0, 44))),
)
_ROOF, _WALL = ((17, 25), (25, 18), (33, 25)), QRectF(19, 25, 12, 9)
_SCRATCHES = (((6, 0), (10, 15), (9, 29), (13, 44)), ((33, 0), (30, 13), (36, 26), (34, 44)))
_TEAR = ((44, 28), (37, 32), (39, 36), (31, 40), (30, 44), (44, 44))


class DamageThumbnail(QWidget):
    """The little photo as the damage would leave it; paler where its card cannot be ticked."""

    def __init__(self, spoil: Degrade) -> None:
        super().__init__()
        self.setFixedSize(SIDE, SIDE)
        self._spoil = spoil
        self._drawn: dict[int, QPixmap] = {}  # by the side in pixels of the screen

    def paintEvent(self, _event: QPaintEvent) -> None:
        side = round(SIDE * self.devicePixelRatioF())
        if side not in self._drawn:
            self._drawn[side] = QPixmap.fromImage(degraded(self._spoil, side))
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setOpacity(1.0 if self.isEnabled() else _DISABLED)
        frame = QPainterPath()
        frame.addRoundedRect(QRectF(self.rect()), _RADIUS, _RADIUS)
        painter.setClipPath(frame)
        painter.drawPixmap(self.rect(), self._drawn[side])
        painter.end()


def degraded(spoil: Degrade, side: int) -> QImage:
    """The little photo with that damage, `side` pixels high and wide."""
    return _image(spoil(_pixels(_photo(side))))


def _photo(side: int) -> QImage:
    """A house on a hill under a morning sky."""
    image = QImage(QSize(side, side), QImage.Format.Format_RGB888)
    painter = _painter(image)
    sky = QLinearGradient(0, 0, 0, 30)
    sky.setColorAt(0, QColor("#5b8fc7"))
    sky.setColorAt(1, QColor("#f3dfc0"))
    painter.fillRect(QRectF(0, 0, _DRAWN, _DRAWN), sky)
    painter.setBrush(QColor("#fff3c4"))
    painter.drawEllipse(QPointF(35, 9), 4, 4)
    for colour, points in _HILLS:
        _fill(painter, colour, points)
    painter.fillRect(_WALL, QColor("#f4efe4"))
    _fill(painter, "#a8483a", _ROOF)
    painter.fillRect(QRectF(23.5, 28, 3, 6), QColor("#5d4636"))
    painter.fillRect(QRectF(9, 25, 1.6, 8), QColor("#5d4636"))
    painter.setBrush(QColor("#3f6a45"))
    painter.drawEllipse(QPointF(9.8, 22), 4.5, 6)
    painter.end()
    return image


def _painter(image: QImage) -> QPainter:
    """Draws in units of the widget, whatever the side of the image."""
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.scale(image.width() / _DRAWN, image.width() / _DRAWN)
    painter.setPen(Qt.PenStyle.NoPen)
    return painter


def _fill(painter: QPainter, colour: str, points: tuple[tuple[float, float], ...]) -> None:
    painter.setBrush(QColor(colour))
    painter.drawPolygon([QPointF(*point) for point in points])


def _pixels(image: QImage) -> Floats:
    rows = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.bytesPerLine())
    return rows[:, : 3 * image.width()].reshape(image.height(), image.width(), 3).astype(np.float32)


def _image(pixels: Floats) -> QImage:
    values = np.ascontiguousarray(pixels.clip(0, 255).round().astype(np.uint8))
    height, width = values.shape[:2]
    return QImage(values.tobytes(), width, height, 3 * width, QImage.Format.Format_RGB888).copy()


# What damages it. Lengths are given in widget pixels and scaled to those of the picture.


def scratched(photo: Floats) -> Floats:
    image = _image(photo)
    painter = _painter(image)
    _fill(painter, "#f7f4ee", _TEAR)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(QColor("#fbf8f2"), 1.2))
    for points in _SCRATCHES:
        painter.drawPolyline([QPointF(*point) for point in points])
    painter.end()
    return _pixels(image)


def dusty(photo: Floats) -> Floats:
    image = _image(photo)
    painter = _painter(image)
    places = np.random.default_rng(8).uniform(2, _DRAWN - 2, (26, 2))
    for i, (x, y) in enumerate(places):
        painter.setBrush(QColor("#fdfbf6" if i % 3 else "#2c2620"))
        painter.drawEllipse(QPointF(x, y), 0.7 + i % 4 * 0.35, 0.7 + i % 3 * 0.4)
    painter.end()
    return _pixels(image)


def blurred(photo: Floats) -> Floats:
    for _ in range(3):
        photo = _averaged(_averaged(photo, 1.6, 0), 1.6, 1)
    return photo


def shaken(photo: Floats) -> Floats:
    return _averaged(photo, 5.0, 1)


def _averaged(photo: Floats, reach: float, axis: int) -> Floats:
    """Means over `reach` widget pixels to either side along one axis."""
    radius = max(1, round(reach * len(photo) / _DRAWN))
    pad = [(radius, radius) if i == axis else (0, 0) for i in range(3)]
    wide = np.pad(photo, pad, mode="edge")
    length = photo.shape[axis]
    parts = [wide.take(range(k, k + length), axis) for k in range(2 * radius + 1)]
    return np.stack(parts).mean(0, dtype=np.float32)


def small(photo: Floats) -> Floats:
    return _blocks(photo, 4.0)


def noisy(photo: Floats) -> Floats:
    return photo + np.random.default_rng(3).normal(0, 34, photo.shape).astype(np.float32)


def compressed(photo: Floats) -> Floats:
    """Flat blocks with a little of what was in them, and colours coarser still."""
    block = 5.5
    kept = 0.3 * (photo - _blocks(photo, block))
    return (24 * np.round((_blocks(photo, block) + kept) / 24)).astype(np.float32)


def _blocks(photo: Floats, block: float) -> Floats:
    """The mean of each block of that many widget pixels."""
    cell = (np.arange(len(photo)) * _DRAWN / len(photo) / block).astype(int)
    starts = np.flatnonzero(np.diff(cell, prepend=-1))
    counts = np.diff(np.append(starts, len(photo)))
    rows = np.add.reduceat(photo, starts, 0) / counts[:, None, None]
    means = np.add.reduceat(rows, starts, 1) / counts[None, :, None]
    return means[np.ix_(cell, cell)].astype(np.float32)


def faded(photo: Floats) -> Floats:
    grey = photo.mean(2, keepdims=True)
    pale = 0.45 * photo + 0.55 * grey
    return 0.5 * pale + np.array([118, 104, 75], np.float32)


def half_grey(photo: Floats) -> Floats:
    result = photo.copy()
    half = len(photo) // 2
    result[:, :half] = _luma(photo[:, :half])
    return result


def half_sepia(photo: Floats) -> Floats:
    luma = _luma(photo)
    result = np.repeat(luma, 3, axis=2)
    half = len(photo) // 2
    result[:, half:] += (255 * TONES["sepia"].tint(luma[:, half:, 0] / 255)).astype(np.float32)
    return result


def _luma(photo: Floats) -> Floats:
    return photo @ np.array(REC601, np.float32)[:, None]
