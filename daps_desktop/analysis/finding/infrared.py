"""Where a scan's infrared channel shows dust and scratches: the dyes of film are clear in it, dirt is not.

Silver, of which black-and-white film is made, and Kodachrome are as dark in infrared as in red: of such
film the channel shows the picture, and says nothing of damage.
"""

import math
from collections.abc import Callable
from typing import cast

import cv2
import numpy as np
from numpy.typing import NDArray

from daps_desktop.analysis.planes import Plane, gaussian_blurred
from daps_desktop.imaging.photo import Pixels, at_depth
from daps_desktop.imaging.rect import Rect

_SHIFT = 16  # pixels at most by which the two lie apart
_MIDDLE = 1024  # pixels a side of the part by which that, the share of red and the noise are found
_LEAST = 32  # pixels a side of what is correlated
_BLACK = 4.0  # grey levels that are black: of less, noise is most
_SURE = 0.05  # peak of the correlation: below, they are taken to lie upon each other
_FINE = 3.0  # pixels: std of the Gaussian, what lies beyond is detail
_WIDEST = 61  # pixels: what is as dark over more than that is no dust
_TRACE = 0.08  # of the light, at least, that dust takes
_CHANCE = 4.5  # times the noise, at least
_SLOPE = 6.0  # of the log-odds, by how many times the least dip one is as deep
_PICTURE = 0.5  # of the detail of red: a channel that shows so much of it shows the picture
_USUAL, _ROUNDS = 4.0, 4  # times the usual distance from the slope that counts, and how often it is drawn
_MOST_DUST = 0.4  # of the photo
_STRIP = 512  # rows worked on together, so that memory does not grow with the scan


def infrared_damage(
    pixels: Pixels, infrared: Pixels, check: Callable[[float], None] = lambda share: None
) -> NDArray[np.uint8] | None:
    """(H, W), how likely damage each pixel is, 0 to 255; None where the channel shows the picture instead.

    `pixels` is (H, W, 3), `infrared` (H, W). The channel is moved onto red (phase correlation), freed of what
    it shows of red (regression of its detail on that of red), and levelled; a dip below is damage.
    `check(share)` is called now and then with the share that is done, and may raise to end the search.
    """
    height, width = infrared.shape
    middle = Rect(
        (height - _MIDDLE) // 2, (width - _MIDDLE) // 2, (height + _MIDDLE) // 2, (width + _MIDDLE) // 2
    ).clipped(height, width)
    shift = _shift(_log(pixels[..., 0], middle), _log(infrared, middle))
    red, light = _log(pixels[..., 0], middle), _log(infrared, middle, shift)
    share = _share_of(*(plane - gaussian_blurred(plane, _FINE) for plane in (red, light)))
    if share > _PICTURE:
        return None
    dip = _dip(cast(Plane, light - np.float32(share) * red))
    usual, bright = float(np.median(dip)), float(np.median(light))
    noise = 1.4826 * float(np.median(np.abs(dip - usual)))
    found = np.empty((height, width), np.uint8)
    for top in range(0, height, _STRIP):
        check(top / height)
        own = Rect(top, 0, top + _STRIP, width).clipped(height, width)
        seen = Rect(top - 2 * _WIDEST, 0, top + _STRIP + 2 * _WIDEST, width).clipped(height, width)
        red, light = _log(pixels[..., 0], seen), _log(infrared, seen, shift)
        dip = _dip(cast(Plane, light - np.float32(share) * red))
        level = gaussian_blurred(cast(Plane, light + dip), _FINE)
        darker = np.exp(bright - level).clip(1)  # where there is little light, more of it is noise
        least = np.maximum(_CHANCE * noise * darker, -math.log(1 - _TRACE))
        odds = _SLOPE * ((dip - usual) / least - 1)[own.translated(-seen.top, 0).slices]
        found[own.slices] = np.rint(255 / (1 + np.exp(-odds.clip(-30, 30))))
    return found if (found > 127).mean() < _MOST_DUST else None


def _log(plane: Pixels, rect: Rect, shift: tuple[int, int] = (0, 0)) -> Plane:
    """Of the light in `rect` of a plane (H, W) that lies so many columns and rows beside it."""
    across, down = shift
    rows = (np.arange(rect.top, rect.bottom) + down).clip(0, plane.shape[0] - 1)
    cols = (np.arange(rect.left, rect.right) + across).clip(0, plane.shape[1] - 1)
    return np.log(at_depth(plane[rows][:, cols], 8).astype(np.float32) + np.float32(_BLACK))


def _shift(red: Plane, light: Plane) -> tuple[int, int]:
    """Columns and rows by which the channel lies beside red; dust is dark in both."""
    here, there = (plane - gaussian_blurred(plane, _FINE) for plane in (red, light))
    if min(here.shape) < _LEAST:
        return 0, 0
    (across, down), peak = cv2.phaseCorrelate(
        here, there, cv2.createHanningWindow(here.shape[::-1], cv2.CV_32F)
    )
    if peak < _SURE or max(abs(across), abs(down)) > _SHIFT:
        return 0, 0
    return round(across), round(down)


def _share_of(detail: Plane, seen: Plane) -> float:
    """How much of red's detail the channel shows: a slope through what is not as far off as dust is."""
    share = 0.0
    for _ in range(_ROUNDS):
        off = np.abs(seen - share * detail)
        usual = off <= _USUAL * np.median(off)
        some, other = detail[usual], seen[usual]
        share = float(np.clip((some @ other) / max(some @ some, 1e-6), 0, 1))
    return share


def _dip(light: Plane) -> Plane:
    """How far it lies below its level: what it is without what is dark and narrow (closing), smoothed."""
    side = min(_WIDEST, 2 * ((min(light.shape) - 1) // 2) + 1)
    closed = cv2.morphologyEx(light, cv2.MORPH_CLOSE, np.ones((side, side), np.uint8))
    return cast(Plane, gaussian_blurred(cast(Plane, closed), side / 4) - light)
