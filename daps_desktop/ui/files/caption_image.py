"""The words under a before/after picture, drawn here because fonts for every language are here."""

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import Qt
from PySide6.QtGui import QFont, QFontMetrics, QImage, QPainter

_SHARE = 36  # the text height is that part of the width of a photo
_MIN_SIZE = 12  # pixels


def caption(text: str, width: int) -> NDArray[np.uint8]:
    """(h, w) ink of 0 to 255 for a caption under a photo `width` pixels wide."""
    font = QFont()
    font.setPixelSize(max(_MIN_SIZE, width // _SHARE))
    metrics = QFontMetrics(font)
    margin = metrics.height() // 2
    image = QImage(
        metrics.horizontalAdvance(text) + 2 * margin, 2 * metrics.height(), QImage.Format.Format_Grayscale8
    )
    image.fill(Qt.GlobalColor.black)
    painter = QPainter(image)
    painter.setFont(font)
    painter.setPen(Qt.GlobalColor.white)
    painter.drawText(image.rect(), Qt.AlignmentFlag.AlignCenter, text)
    painter.end()
    rows = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.bytesPerLine())
    return rows[:, : image.width()].copy()
