"""How far out of focus a photo is, from its sharpest edges."""

import numpy as np
from numpy.typing import NDArray

from daps_desktop.analysis.planes import Plane, gaussian_blurred, gradients, to_luma
from daps_desktop.imaging.photo import Pixels

_FIRST = 1.2  # pixels: a known blur against noise
_AGAIN = 1.5  # pixels: the known blur that is added to see what it changes
_WINDOWS, _SIDE = 3, 384  # a grid of windows of this side is looked at where the photo is larger
_MIN_PIXELS = 60  # edge pixels
_STEEP, _LEAST = 4.0, 4.0  # an edge's slope: times the usual slope, and grey levels a pixel
_SHARPEST = 20  # percentile of the widths: depth of field leaves most edges softer than the lens did
# What is measured on photos blurred by so many pixels, in the median: edges that lie close together disturb
# each other's slopes, and no photo is a picture of ideal steps.
_BLURRED = (0.0, 0.5, 1.0, 1.5, 2.0, 3.0, 4.0, 5.0)
_MEASURED = (0.81, 0.87, 1.10, 1.39, 1.76, 2.51, 3.32, 4.14)


def estimate_blur(pixels: Pixels) -> float | None:
    """Standard deviation in pixels of the Gaussian that blurred all of the photo; 0 where it is sharp, None
    where it has too few edges to tell.

    `pixels` is (H, W, C), uint8 or uint16. A step of width sigma has a slope proportional to 1 / sigma, so
    the slope lost by a second, known blur tells the first (after Zhuo and Sim 2011). Of all edges the
    sharpest count, as one sharp thing shows that the lens was in focus somewhere.
    """
    widths = np.concatenate([_widths(window) for window in _windows(pixels)])
    if len(widths) < _MIN_PIXELS:
        return None
    return float(np.interp(np.percentile(widths, _SHARPEST), _MEASURED, _BLURRED))


def _windows(pixels: Pixels) -> list[Plane]:
    """The luma of the whole of a small photo, or of windows spread evenly over a large one."""
    height, width = pixels.shape[:2]
    if height * width <= _WINDOWS**2 * _SIDE**2:
        return [to_luma(pixels).astype(np.float32)]
    tops, lefts = (np.linspace(0, max(n - _SIDE, 0), _WINDOWS).astype(int) for n in (height, width))
    return [to_luma(pixels[t : t + _SIDE, s : s + _SIDE]).astype(np.float32) for t in tops for s in lefts]


def _widths(luma: Plane) -> Plane:
    """The standard deviation of every clear edge's profile, in pixels, (n,)."""
    luma = gaussian_blurred(luma, _FIRST)
    down, right = gradients(luma)
    steep = np.hypot(down, right)
    softer = np.hypot(*gradients(gaussian_blurred(luma, _AGAIN)))
    floor = max(_STEEP * float(np.median(steep)), _LEAST)
    edge = (steep > floor) & (softer > 0) & _is_crest(steep, down, right)
    ratio = np.maximum(steep[edge] / softer[edge], np.float32(1.0001))
    return np.asarray(_AGAIN / np.sqrt(ratio**2 - 1), np.float32)


def _is_crest(steep: Plane, down: Plane, right: Plane) -> NDArray[np.bool_]:
    """True where the slope is not less than at its two neighbours across the edge."""
    horizontal = np.abs(right) >= np.abs(down)
    crest = np.zeros(steep.shape, bool)
    crest[:, 1:-1] |= (
        horizontal[:, 1:-1] & (steep[:, 1:-1] >= steep[:, :-2]) & (steep[:, 1:-1] >= steep[:, 2:])
    )
    crest[1:-1] |= ~horizontal[1:-1] & (steep[1:-1] >= steep[:-2]) & (steep[1:-1] >= steep[2:])
    return crest
