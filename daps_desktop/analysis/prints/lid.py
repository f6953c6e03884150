"""The lid of a scanner or the page of an album behind prints, and what of a scan is not it."""

import cv2
import numpy as np
from numpy.typing import NDArray

from daps_desktop.imaging.mask import Mask

Floats = NDArray[np.float32]

_RING = 0.015  # of the longer side: the margin in which the lid shows
_SEEN = 0.35  # of the margin that looks like one lid: prints may lie at the frame
_ALIKE = 12.0  # grey levels around the commonest of the margin
_ROUNDS = 3
_LEAST, _MOST, _SIGMAS = 6.0, 24.0, 5.0  # how far a pixel may be from the lid, in grey levels and deviations
_EDGE = 4.0  # grey levels a pixel, at least, of an edge that the lid does not go across
_GRAIN = 0.99  # quantile of what the lid's own grain shows of edges


def foreground(small: Floats) -> tuple[Mask, float] | None:
    """True where no lid is on (h, w, C) grey levels, and how steep the lid's own grain is in levels a pixel.

    The lid is what can be reached from the frame without leaving its colour, which may change over the page
    as a polynomial of second degree does, or crossing an edge. None where the margin shows no lid.
    """
    height, width = small.shape[:2]
    ring = np.ones((height, width), bool)
    wide = max(2, round(_RING * max(height, width)))
    ring[wide:-wide, wide:-wide] = False
    lid = _commonest(small, ring)
    if lid is None:
        return None
    terms = _terms(height, width)
    away = np.zeros((height, width))
    for _ in range(_ROUNDS):
        sample = np.flatnonzero(lid)[:: max(1, int(lid.sum()) // 20_000)]
        flat = small.reshape(-1, small.shape[2])
        model = terms @ np.linalg.lstsq(terms[sample], flat[sample], rcond=None)[0]
        away = np.abs(flat - model).max(axis=1).reshape(height, width)
        deviation = 1.4826 * float(np.median(away[lid]))
        lid = away < np.clip(_SIGMAS * deviation, _LEAST, _MOST)
    steep = steepness(small)
    grain = float(np.quantile(steep[lid & ring], _GRAIN)) if (lid & ring).any() else 0.0
    open_lid = (lid & (steep < max(_EDGE, 1.5 * grain))).astype(np.uint8)
    _, labels = cv2.connectedComponents(open_lid, connectivity=4)
    reached = np.unique(labels[ring & (open_lid > 0)])
    outside = np.isin(labels, reached[reached > 0])
    around = cv2.dilate(outside.astype(np.uint8), np.ones((3, 3), np.uint8)) > 0
    return ~(outside | (around & lid)), grain


def steepness(values: Floats) -> Floats:
    """(h, w): grey levels a pixel, of the channel that changes most."""
    across = np.abs(cv2.Sobel(values, cv2.CV_32F, 1, 0, scale=1 / 8)).reshape(values.shape)
    down = np.abs(cv2.Sobel(values, cv2.CV_32F, 0, 1, scale=1 / 8)).reshape(values.shape)
    return np.hypot(across, down).max(axis=2)


def _commonest(small: Floats, ring: Mask) -> Mask | None:
    """The pixels of the margin that look like its commonest colour; None where too few do."""
    luma = small.mean(axis=2)
    counts = np.bincount(luma[ring].clip(0, 255).astype(int), minlength=256)
    near = np.convolve(counts, np.ones(2 * int(_ALIKE / 2) + 1, int), "same")
    level = int(near.argmax())
    colour = np.median(small[ring & (np.abs(luma - level) <= _ALIKE / 2)], axis=0)
    alike = ring & (np.abs(small - colour).max(axis=2) <= _ALIKE)
    return alike if alike.sum() >= _SEEN * ring.sum() else None


def _terms(height: int, width: int) -> NDArray[np.float64]:
    """(h * w, 6): 1, x, y, x², xy, y²."""
    y, x = (np.mgrid[0:height, 0:width] / max(height, width)).reshape(2, -1)
    return np.stack([np.ones_like(x), x, y, x * x, x * y, y * y], axis=1)
