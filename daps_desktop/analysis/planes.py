"""Planes of values that most measurements begin with: luma, softened copies, slopes."""

from typing import cast

import cv2
import numpy as np
from numpy.typing import NDArray

from daps_desktop.imaging.photo import Pixels, at_depth

Plane = NDArray[np.float32]  # (H, W)


def to_luma(pixels: Pixels) -> NDArray[np.uint8]:
    """(H, W) at 8 bits of (H, W, C) pixels, C = 1 or 3, uint8 or uint16."""
    eight = at_depth(pixels, 8)
    if eight.shape[2] == 1:
        return cast(NDArray[np.uint8], eight[..., 0])
    return cast(NDArray[np.uint8], cv2.cvtColor(eight, cv2.COLOR_RGB2GRAY))


def gaussian_blurred(plane: Plane, sigma: float) -> Plane:
    """Blurred by a Gaussian of `sigma` pixels."""
    return cast(Plane, cv2.GaussianBlur(plane, (0, 0), sigma))


def gradients(plane: Plane) -> tuple[Plane, Plane]:
    """Down and to the right, in grey levels a pixel."""
    down = cv2.Sobel(plane, cv2.CV_32F, 0, 1, ksize=3, scale=1 / 8)
    right = cv2.Sobel(plane, cv2.CV_32F, 1, 0, ksize=3, scale=1 / 8)
    return cast(Plane, down), cast(Plane, right)
