"""Whether a photo has one dimension of colour: luma says which, along a curve. Else it is a colour photo."""

from typing import Any, cast

import cv2
import numpy as np
from numpy.typing import NDArray

from daps_desktop.imaging.colour import RGB_TO_YCC
from daps_desktop.imaging.photo import Pixels
from daps_desktop.imaging.profile.tone_curve import NEUTRAL, ToneCurve

Floats = NDArray[np.floating[Any]]
Mask = NDArray[np.bool_]

_CELL, _SIDE = 4, 320  # pixels of a cell's side at least, and cells along a photo at most
_FEWEST = 64  # cells
_MARGIN = 0.06  # of each side, left out: mounts, stains and torn edges are not the picture
_BINS = 32  # of luma
_ENOUGH = 100  # cells that a bin needs to be fully believed
_DRIFT_CELLS = 4000  # that are enough to tell it
_UNEVEN = 6.0  # grey levels of chroma that the tone may drift across the photo
_ALONG = 2.0  # how much more is allowed along the tone, where paper is bare, stained or bleached
_BUSY = 30.0  # grey levels between neighbouring cells: what damage and edges mix is no colour of the photo
_SHARE = 0.998  # of the cells must lie on the curve,
_OFF = 4.3  # within so many grey levels of chroma,
_PER_NOISE = 0.5  # and half of the noise that a cell's chroma has
_GREYEST = 0.5  # grey levels: a tint below is rounding


def find_tone(pixels: Pixels) -> ToneCurve | None:
    """The curve of a toned photo, neutral for a grey one; None for a colour photo, or one too small to tell.

    `pixels` is (H, W, C), C = 1 or 3, uint8 or uint16. Colour is fitted as a function of luma: medians of the
    means of 4 x 4 pixels (more in large photos) in 32 bins, smoothed. What is left of the chroma is freed of
    a slow drift, for paper yellows unevenly. A photo counts as toned where that is next to nothing almost
    everywhere: a tinted place of 0.3 % of the picture makes a colour photo.
    """
    if (pixels == pixels[..., :1]).all():
        return NEUTRAL
    luma, chroma = _cells(pixels)
    if luma.size < _FEWEST:
        return None
    seen = _seen(luma)
    at, tints = _fit(luma[seen], chroma[seen])
    tone = np.stack([np.interp(luma, at, tint) for tint in tints.T], axis=-1)
    left = chroma - tone
    left -= _drift(left, seen)
    return _curve(at, tints) if _is_nothing(left, tone, seen) else None


def _cells(pixels: Pixels) -> tuple[Floats, Floats]:
    """Luma (h, w) and chroma (h, w, 2) of the cells, in grey levels."""
    height, width = pixels.shape[:2]
    side = max(_CELL, round(max(height, width) / _SIDE))
    rows, cols = height // side, width // side
    if not rows or not cols:
        return np.empty((0, 0)), np.empty((0, 0, 2))
    small = cv2.resize(pixels[: rows * side, : cols * side], (cols, rows), interpolation=cv2.INTER_AREA)
    colours = small * (255 / np.iinfo(pixels.dtype).max) @ np.array(RGB_TO_YCC).T
    return colours[..., 0], colours[..., 1:]


def _seen(luma: Floats) -> Mask:
    """The cells (h, w) that show the photo: away from its sides, and calm where enough are."""
    height, width = luma.shape
    inside = np.zeros(luma.shape, bool)
    top, left = int(height * _MARGIN), int(width * _MARGIN)
    inside[top : height - top, left : width - left] = True
    square = np.ones((3, 3), np.uint8)
    calm = inside & (cv2.dilate(luma, square) - cv2.erode(luma, square) < _BUSY)
    return calm if calm.sum() > inside.sum() / 4 else inside


def _fit(luma: Floats, chroma: Floats) -> tuple[Floats, Floats]:
    """Luma (n,) in the middle of each bin that anything is near, and the chroma (n, 2) there."""
    index = np.minimum(luma * _BINS / 256, _BINS - 1).astype(int)
    counts = np.bincount(index, minlength=_BINS)
    medians = np.zeros((_BINS, 2))
    for number in np.flatnonzero(counts):
        medians[number] = np.median(chroma[index == number], axis=0)
    distance = np.subtract.outer(np.arange(_BINS), np.arange(_BINS))
    weights = np.exp(-(distance**2) / 2) * np.minimum(counts, _ENOUGH)
    near = weights.sum(axis=1) >= 1
    smooth = weights[near] @ medians / weights[near].sum(axis=1, keepdims=True)
    return (np.flatnonzero(near) + 0.5) * 256 / _BINS, smooth


def _drift(left: Floats, seen: Mask) -> Floats:
    """A quadratic surface through chroma (h, w, 2), by reweighted least squares, of a mild amplitude."""
    y, x = (np.linspace(-1, 1, n) for n in left.shape[:2])
    y, x = np.meshgrid(y, x, indexing="ij")
    terms = np.stack([np.ones_like(x), x, y, x * y, x * x, y * y], axis=-1)
    step = max(1, int(seen.sum()) // _DRIFT_CELLS)
    A, b = terms[seen][::step], left[seen][::step]
    weights = np.ones((len(b), 1))
    surface = np.zeros((6, 2))
    for _ in range(4):
        surface = np.linalg.lstsq(A * weights, b * weights, rcond=None)[0]
        off = np.linalg.norm(b - A @ surface, axis=1, keepdims=True)
        weights = 1 / np.sqrt(1 + (off / max(1.5 * np.median(off), 0.3)) ** 2)
    return np.clip(terms @ surface, -_UNEVEN, _UNEVEN)


def _is_nothing(left: Floats, tone: Floats, seen: Mask) -> bool:
    """Whether so little chroma is left that it is noise, stains and damage alone."""
    noise = 1.4826 * float(np.median(np.abs(left - cv2.blur(left, (3, 3)))))
    direction = tone / np.maximum(np.linalg.norm(tone, axis=-1, keepdims=True), 4)
    along = (left * direction).sum(axis=-1, keepdims=True) * direction
    other = (left - along + along / _ALONG).astype(np.float32)
    calm = [cv2.medianBlur(np.ascontiguousarray(other[..., i]), 3) for i in (0, 1)]
    return float(np.quantile(np.hypot(*calm)[seen], _SHARE)) < _OFF + _PER_NOISE * noise


def _curve(at: Floats, chroma: Floats) -> ToneCurve:
    """The same as a curve of tints, which are nothing but chroma: their luma is 0."""
    ends = np.linspace(0, 255, _BINS + 1)
    cb, cr = (np.interp(ends, at, channel) for channel in chroma.T)
    tints = np.stack([np.zeros_like(cb), cb, cr], axis=-1) @ np.linalg.inv(np.array(RGB_TO_YCC)).T / 255
    if np.abs(tints).max() < _GREYEST / 255:
        return NEUTRAL
    return ToneCurve(tuple(cast(tuple[float, float, float], tuple(tint)) for tint in tints.tolist()))
