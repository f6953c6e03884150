"""Connected pieces of what stands out, each with the few numbers by which damage differs from content."""

from dataclasses import dataclass, fields
from typing import cast

import cv2
import numpy as np
from numpy.typing import NDArray

from daps_desktop.analysis.planes import Plane, gaussian_blurred, gradients
from daps_desktop.analysis.scratches.ridges import RidgeMaps
from daps_desktop.imaging.mask import Mask

Values = NDArray[np.float64]

_FAINT, _STRONG = 1.0, 4.0  # excess over unrest of a pixel that may belong to a piece, and of a speck
_LINE, _SURE_LINE = 4.0, 8.0  # the same of a line through it
_MIN_EXCESS = 6.0  # grey levels
_MIN_PIXELS = 4  # pixels
_NEAR = 65  # side of the neighbourhood in which clutter is counted
_BESIDE = 5  # pixels from a line to its sides
_MAX_COMPONENTS = 4000  # pieces looked at; the photo is texture all over where there are more


@dataclass(frozen=True, slots=True)
class Features:
    """One number a piece, (n,) each; `length` and `width` in pixels of this scale."""

    length: Values
    width: Values
    contrast: Values  # log of the excess, grey levels
    salience: Values  # log of excess over unrest
    line: Values  # log of the line sum
    edge: Values  # slope of what lies behind, over the excess: content changes at a line
    extreme: Values  # beyond the lightest or darkest of what lies around, over the excess
    clutter: Values  # share of the neighbourhood that stands out as well
    even: Values  # spread of the excess, over itself
    paint: Values  # spread of its own luma against the spread of what lies behind
    colour: Values  # chroma gained, over the excess: damage is grey
    sides: Values  # difference between what lies on its two sides, over the excess
    nearer_side: Values  # difference from the side that is nearer to it, over the excess
    busy: Values  # log of the share of the photo that stands out
    usual_noise: Values  # log of the photo's usual unrest
    dark: Values  # 1 where darker than its neighbourhood

    def matrix(self) -> Values:
        return np.stack([getattr(self, f.name) for f in fields(self)], axis=1)


@dataclass(frozen=True, slots=True)
class Components:
    """`labels` is (H, W) int32, 0 = none, i + 1 = piece i; `places` are the slices of each."""

    labels: NDArray[np.int32]
    places: list[tuple[slice, slice]]
    features: Features


def find_components(maps: RidgeMaps, chroma: Plane, dark: bool) -> Components:
    """All pieces lighter (or darker) than their neighbourhood; `chroma` is (H, W), largest minus smallest."""
    sign = np.float32(-1 if dark else 1)
    excess = maps.excess * sign
    salience = excess / maps.local_noise
    line = maps.dark if dark else maps.bright
    labels = _labels(excess, salience, line)
    from scipy import ndimage  # not at the top: the window imports this module, and must not wait for scipy

    return Components(labels, ndimage.find_objects(labels), _features(labels, maps, chroma, dark))


def _labels(excess: Plane, salience: Plane, line: Plane) -> NDArray[np.int32]:
    """Hysteresis: faint pixels on a line or of a speck, kept where one of them is sure."""
    faint = (excess >= _MIN_EXCESS) & (((salience > _FAINT) & (line > _LINE)) | (salience > _STRONG))
    bridged = cv2.morphologyEx(faint.view(np.uint8), cv2.MORPH_CLOSE, np.ones((3, 3), np.uint8))
    labels = np.where(faint, cv2.connectedComponents(bridged, connectivity=8)[1], 0)
    sure = np.unique(labels[(line > _SURE_LINE) | (salience > 1.5 * _STRONG)])
    area = np.bincount(labels.ravel())
    keep = np.zeros(len(area), bool)
    keep[sure] = True
    keep &= area >= _MIN_PIXELS
    keep[0] = False
    if keep.sum() > _MAX_COMPONENTS:
        keep &= area >= np.sort(area[keep])[-_MAX_COMPONENTS]
    renumbered = np.zeros(len(area), np.int32)
    renumbered[keep] = np.arange(1, keep.sum() + 1)
    return renumbered[labels]


@dataclass(frozen=True, slots=True)
class _Members:
    """`index` says of each pixel of any piece which piece it belongs to, (pixels,)."""

    index: NDArray[np.int32]
    count: int

    @property
    def area(self) -> Values:
        return np.bincount(self.index, minlength=self.count).astype(np.float64)

    def mean(self, values: Values | Plane) -> Values:
        """(count,) means over each piece of one value a pixel."""
        return np.bincount(self.index, values, minlength=self.count) / self.area

    def spread(self, values: Values | Plane) -> Values:
        """(count,) standard deviations."""
        values = values.astype(np.float64)
        return np.sqrt(np.maximum(self.mean(values**2) - self.mean(values) ** 2, 0))


def _features(labels: NDArray[np.int32], maps: RidgeMaps, chroma: Plane, dark: bool) -> Features:
    at = np.nonzero(labels)
    members = _Members(labels[at] - 1, int(labels.max()))
    mean, spread, count, area = members.mean, members.spread, members.count, members.area
    sign = np.float32(-1 if dark else 1)
    excess = maps.excess[at] * sign
    size = mean(excess)
    own, one, other = (sign * values for values in _profile(maps.luma, (at[0], at[1])))
    length = _lengths(at[0].astype(np.float64), at[1].astype(np.float64), members)
    return Features(
        length=np.log(length),
        width=np.log(area / length),
        contrast=np.log(size),
        salience=np.log(mean(excess / maps.local_noise[at])),
        line=np.log(np.maximum(mean((maps.dark if dark else maps.bright)[at]), 0.1)),
        edge=mean(_slope(maps.background)[at]) / size,
        extreme=np.clip(mean(maps.luma[at] * sign - _outermost(maps.background * sign)[at]) / size, -2, 1),
        clutter=mean(_share_around(labels > 0)[at]) - np.minimum(area, _NEAR * area / length) / _NEAR**2,
        even=spread(excess) / size,
        paint=np.log((spread(maps.luma[at]) + 3) / (spread(maps.background[at]) + 3)),
        colour=np.clip(mean((chroma - cv2.medianBlur(chroma, 5))[at]) / size, -2, 2),
        sides=mean(np.abs(one - other)) / size,
        nearer_side=mean(np.minimum(own - one, own - other)) / size,
        busy=np.full(count, np.log(len(at[0]) / labels.size + 1e-4)),
        usual_noise=np.full(count, np.log(np.median(maps.local_noise))),
        dark=np.full(count, float(dark)),
    )


def _profile(luma: Plane, at: tuple[NDArray[np.intp], NDArray[np.intp]]) -> tuple[Plane, Plane, Plane]:
    """Luma of the pixels at `at` and of what lies `_BESIDE` pixels across the line on either side."""
    soft = gaussian_blurred(luma, 0.8)
    down, right = gradients(soft)
    rr, cc, rc = (gaussian_blurred(x, 2.0)[at] for x in (down * down, right * right, down * right))
    across = 0.5 * np.arctan2(2 * rc, cc - rr)  # of the structure tensor's larger axis, from the columns
    rows, cols = np.rint(_BESIDE * np.sin(across)), np.rint(_BESIDE * np.cos(across))
    return luma[at], _sample(soft, at, rows, cols), _sample(soft, at, -rows, -cols)


def _sample(plane: Plane, at: tuple[NDArray[np.intp], NDArray[np.intp]], rows: Plane, cols: Plane) -> Plane:
    row = np.clip(at[0] + rows, 0, plane.shape[0] - 1).astype(np.intp)
    col = np.clip(at[1] + cols, 0, plane.shape[1] - 1).astype(np.intp)
    return plane[row, col]


def _lengths(rows: Values, cols: Values, members: _Members) -> Values:
    """Of the long axis of the ellipse with the same second moments, stretched to that of a bar."""
    mean = members.mean
    r, c = mean(rows), mean(cols)
    rr, cc, rc = mean(rows**2) - r**2 + 1 / 12, mean(cols**2) - c**2 + 1 / 12, mean(rows * cols) - r * c
    largest = (rr + cc) / 2 + np.sqrt(((rr - cc) / 2) ** 2 + rc**2)
    return np.sqrt(12 * largest)


def _slope(behind: Plane) -> Plane:
    """Grey levels a pixel."""
    return np.hypot(*gradients(gaussian_blurred(behind, 2.0)))


def _outermost(behind: Plane) -> Plane:
    """The lightest of what lies around, thin things left out."""
    return cast(Plane, cv2.dilate(behind, np.ones((31, 31), np.uint8)))


def _share_around(marked: Mask) -> Plane:
    return cast(Plane, cv2.blur(marked.astype(np.float32), (_NEAR, _NEAR)))
