"""Small pictures of versions, made off the window's thread."""

from dataclasses import replace

import numpy as np
from PIL import Image
from PySide6.QtCore import QSize
from PySide6.QtGui import QImage

from daps_desktop.imaging.photo import Photo
from daps_desktop.ui.canvas.drawing.layer import to_qimage
from daps_desktop.ui.canvas.drawing.pyramid import display_image

SIZE = QSize(96, 64)
_SHARPNESS = 2  # device pixels for one pixel of the widget, on the finest screens in use
_SPARE = 4  # pixels read for one that is shown


def thumbnail(photo: Photo, size: QSize = SIZE) -> QImage:
    """The photo in its own colours, at most twice `size`; few of its pixels are read."""
    width, height = size.width() * _SHARPNESS, size.height() * _SHARPNESS
    step = max(min(photo.height // (height * _SPARE), photo.width // (width * _SPARE)), 1)
    few = replace(photo, pixels=np.ascontiguousarray(photo.pixels[::step, ::step]), alpha=None)
    image = Image.fromarray(display_image(few))
    image.thumbnail((width, height), Image.Resampling.BOX)
    return to_qimage(np.asarray(image))
