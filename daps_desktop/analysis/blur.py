"""How soft a photo is, from its strongest edges; or that it does not say."""

import json
from dataclasses import dataclass
from functools import cache

import cv2
import numpy as np
from numpy.typing import NDArray

from daps_desktop.analysis.picture_area import at_size, picture_area, without_hidden
from daps_desktop.analysis.planes import Plane, gaussian_blurred, gradients, to_luma
from daps_desktop.base.paths import resource
from daps_desktop.imaging.mask import Mask
from daps_desktop.imaging.photo import Pixels

Values = NDArray[np.float64]

_SCALES = (0.5, 0.8, 1.3, 2.0, 3.2, 5.0, 8.0)  # pixels: known blurs that are added, one after another
_WINDOWS, _SIDE = 3, 384  # a grid of windows of this side is looked at where the photo is larger
_STRONGEST, _FEWEST = 0.02, 80  # of the edge pixels at each scale: share, and number at least
_SHARPEST = 25  # percentile: depth of field leaves most edges softer than the lens did
_INSIDE = 17  # pixels across: edges as near to what surrounds the picture are not its own
_CHANCE = 0.27  # usual slope over steepest, 0.37 in noise: as much at all scales, nothing stands out
_FAINT = 2.0  # grey levels from one side of an edge to the other: less is none

_UNSURE = 0.35  # pixels: standard deviation of what the edges leave possible, above which they do not say
_STRANGE = 60.0  # squared distance, in standard deviations, of what no photo shows: chequers, dither, noise


@dataclass(frozen=True, slots=True)
class SharpnessTable:
    """What `measure_edges` finds in photographs blurred by each `sigma` (S,): means (S, 9), covariances."""

    sigma: Values
    mean: Values
    precision: Values  # (S, 9, 9)
    log_volume: Values  # (S,): logarithms of the determinants of the covariances

    def posterior(self, found: Values) -> tuple[Values, float]:
        """How likely each sigma is, all alike before; and the squared distance of the nearest one."""
        away = found - self.mean
        distance = np.einsum("si,sij,sj->s", away, self.precision, away)
        log = -(distance + self.log_volume) / 2
        likely = np.exp(log - log.max())
        return likely / likely.sum(), float(distance.min())


@cache
def sharpness_table() -> SharpnessTable:
    """Fitted by `tests.benchmarks.sharpness` on photographs at half their size; means are interpolated."""
    numbers = json.loads(resource("analysis/sharpness.json").read_text("utf-8"))
    fitted, means, covariances = (np.array(numbers[name]) for name in ("sigma", "mean", "covariance"))
    sigma = np.linspace(fitted[0], fitted[-1], 101)
    covariance = covariances[np.abs(sigma[:, None] - fitted).argmin(axis=1)]
    mean = np.stack([np.interp(sigma, fitted, column) for column in means.T], axis=1)
    return SharpnessTable(sigma, mean, np.linalg.inv(covariance), np.linalg.slogdet(covariance)[1])


def estimate_blur(pixels: Pixels, alpha: Pixels | None = None) -> float | None:
    """Standard deviation in pixels of the Gaussian that blurred all of the photo, 0 to 5; None: no telling.

    `pixels` is (H, W, C), uint8 or uint16, `alpha` (H, W) or None. A step of width sigma has a slope
    proportional to 1 / sigma, so that what a second, known blur takes from it tells the first (after Zhuo and
    Sim 2011). Here at six scales: the slopes lost, and the noise beside them, are compared with those of
    photographs blurred by known amounts and made noisy, each a Gaussian; the answer is the median of what
    that leaves possible. No telling where there are no edges, or where much is possible.
    """
    found = measure_edges(pixels, alpha)
    if found is None:
        return None
    table = sharpness_table()
    likely, distance = table.posterior(found)
    spread = likely @ np.square(table.sigma) - (likely @ table.sigma) ** 2
    if distance > _STRANGE or spread > _UNSURE**2:
        return None
    return float(table.sigma[np.searchsorted(np.cumsum(likely), 0.5)])


def measure_edges(pixels: Pixels, alpha: Pixels | None = None) -> Values | None:
    """(9,): for six scales the logarithm of the share of slope lost to the next, noise to slope for three.

    None where the picture has no edges.
    """
    windows = _windows(without_hidden(pixels, alpha), picture_area(pixels, alpha))
    insides = np.concatenate([inside.ravel() for _, inside in windows])
    levels = [_level(windows, scale) for scale in _SCALES]
    lost: list[float] = []
    noise: list[float] = []
    for scale, (steep, crest), (softer, _) in zip(_SCALES, levels, levels[1:], strict=False):
        edges = np.flatnonzero(crest & insides)
        if len(edges) < _FEWEST:
            return None
        count = max(_FEWEST, round(_STRONGEST * len(edges)))
        strongest = edges[np.argpartition(steep[edges], -count)[-count:]]
        usual = float(np.median(steep[strongest]))
        if usual * scale < _FAINT:
            return None
        ratios = np.log(steep[strongest] / np.maximum(softer[strongest], 1e-3))
        lost.append(float(np.log(max(np.percentile(ratios, _SHARPEST), 0.01))))
        noise.append(float(np.median(steep[insides]) / usual))
    return np.array(lost + noise[:3]) if min(noise) < _CHANCE else None


def _level(windows: list[tuple[Plane, Mask]], scale: float) -> tuple[NDArray[np.float32], Mask]:
    """The slopes of all windows after a blur of `scale` pixels, in one row, and which are crests of edges."""
    slopes = [gradients(gaussian_blurred(luma, scale)) for luma, _ in windows]
    steep = [np.hypot(*slope) for slope in slopes]
    crests = [_is_crest(s, *slope) for s, slope in zip(steep, slopes, strict=True)]
    return np.concatenate([s.ravel() for s in steep]), np.concatenate([c.ravel() for c in crests])


def _windows(pixels: Pixels, area: Mask) -> list[tuple[Plane, Mask]]:
    """Luma, and what is inside the picture: all of a small photo, or windows from all over a large one."""
    height, width = pixels.shape[:2]
    inside = (
        cv2.erode(at_size(area, height, width).astype(np.uint8), np.ones((_INSIDE, _INSIDE), np.uint8)) > 0
    )
    if height * width <= _WINDOWS**2 * _SIDE**2:
        return [(to_luma(pixels).astype(np.float32), inside)]
    tops, lefts = (np.linspace(0, max(n - _SIDE, 0), _WINDOWS).astype(int) for n in (height, width))
    parts = [(slice(t, t + _SIDE), slice(s, s + _SIDE)) for t in tops for s in lefts]
    return [(to_luma(pixels[part]).astype(np.float32), inside[part]) for part in parts]


def _is_crest(steep: Plane, down: Plane, right: Plane) -> Mask:
    """True where the slope is not less than at its two neighbours across the edge."""
    horizontal = np.abs(right) >= np.abs(down)
    crest = np.zeros(steep.shape, bool)
    crest[:, 1:-1] |= (
        horizontal[:, 1:-1] & (steep[:, 1:-1] >= steep[:, :-2]) & (steep[:, 1:-1] >= steep[:, 2:])
    )
    crest[1:-1] |= ~horizontal[1:-1] & (steep[1:-1] >= steep[:-2]) & (steep[1:-1] >= steep[2:])
    return crest
