"""What the values of a colour mean: luma, and the curve between values and light."""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]

REC601 = (0.299, 0.587, 0.114)
"""Weights of red, green and blue in the luma of photos and JPEG files (ITU-R BT.601)."""

RGB_TO_YCC = (REC601, (-0.168736, -0.331264, 0.5), (0.5, -0.418688, -0.081312))
"""R, G, B to Y, Cb, Cr (JFIF 1.02)."""

# The curve of sRGB (IEC 61966-2-1): linear up to the threshold, a power with an offset above.
SRGB_SLOPE, SRGB_THRESHOLD, SRGB_OFFSET, SRGB_POWER = 12.92, 0.04045, 0.055, 2.4
SRGB_LIGHT_THRESHOLD = 0.0031308


def to_light(value: NDArray[np.floating]) -> Floats:
    """sRGB values in [0, 1] to linear light."""
    curved = ((value + SRGB_OFFSET) / (1 + SRGB_OFFSET)) ** SRGB_POWER
    return np.where(value <= SRGB_THRESHOLD, value / SRGB_SLOPE, curved).astype(np.float32)


def from_light(light: Floats) -> Floats:
    """Linear light in [0, 1] to sRGB values."""
    curved = (1 + SRGB_OFFSET) * light ** (1 / SRGB_POWER) - SRGB_OFFSET
    return np.where(light <= SRGB_LIGHT_THRESHOLD, light * SRGB_SLOPE, curved)
