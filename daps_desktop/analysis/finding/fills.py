"""What shows a filled mark without looking for damage: colours or grain unlike what is around it."""

from typing import cast

import cv2
import numpy as np
from numpy.typing import NDArray

from daps_desktop.analysis.planes import Plane, gaussian_blurred, to_luma
from daps_desktop.imaging.colour import RGB_TO_YCC
from daps_desktop.imaging.mask import Mask, erode
from daps_desktop.imaging.photo import Pixels, at_depth
from daps_desktop.imaging.profile.noise_model import NoiseModel, level_ratio
from daps_desktop.imaging.profile.tone_curve import ToneCurve

_AROUND = 24  # pixels around one that are its surroundings
_OFF = 10.0  # grey levels of chroma beyond all that is around
_CALM = 2.0  # pixels: std of the Gaussian over which chroma is averaged, and beyond which grain is
_LEAST_GRAIN = 3.0  # grey levels: of less none is missed
_SMOOTH = 0.25  # of the variance of the grain: less is none
_CORE, _ENOUGH = 2, 60  # pixels inside of the rim of a fill, and how many of them tell its grain
_WINDOW = 15  # pixels


def off_colour(pixels: Pixels, mask: Mask, tone: ToneCurve | None) -> Mask:
    """Where (H, W, C) pixels in the (H, W) mask have colours that nothing near the mask has.

    Those of a toned photo are compared beyond its curve, as a fill may be lighter than all around it.
    """
    if pixels.shape[2] == 1:
        return np.zeros_like(mask)
    seen = ~mask
    off = np.zeros(mask.shape, np.float32)
    for plane in _chroma(pixels, tone):
        calm = gaussian_blurred(plane, _CALM)
        highest = _highest(np.where(seen, calm, -np.inf).astype(np.float32))
        lowest = -_highest(np.where(seen, -calm, -np.inf).astype(np.float32))
        beyond = np.maximum(calm - highest, lowest - calm)
        off += np.where(np.isfinite(beyond), np.maximum(beyond, 0), 0) ** 2
    return mask & (off > _OFF**2)


def _chroma(pixels: Pixels, tone: ToneCurve | None) -> NDArray[np.float32]:
    """(2, H, W) in grey levels; for a toned photo what it has beyond the curve."""
    to_ycc = np.array(RGB_TO_YCC, np.float32)
    ycc = at_depth(pixels, 8).astype(np.float32) @ to_ycc.T
    if tone is not None:
        ycc -= (255 * tone.tint(ycc[..., 0] / 255)).astype(np.float32) @ to_ycc.T
    return np.moveaxis(ycc, 2, 0)[1:]


def _highest(plane: Plane) -> Plane:
    box = np.ones((2 * _AROUND + 1, 2 * _AROUND + 1), np.uint8)
    return cast(Plane, cv2.dilate(plane, box, borderType=cv2.BORDER_REPLICATE))


def without_grain(pixels: Pixels, mask: Mask, noise: NoiseModel) -> Mask:
    """Where (H, W, C) pixels well inside the (H, W) mask are smooth, though the photo has grain there.

    Grain is what lies beyond a blur, and is expected to be as strong as the noise model says, or as it is
    just around the mask where that is less.
    """
    core = erode(mask, _CORE)
    if noise.level < _LEAST_GRAIN or not core.any():
        return np.zeros_like(mask)
    luma = to_luma(pixels).astype(np.float32)
    fine = (luma - gaussian_blurred(luma, _CALM)) ** 2
    inside, count = _mean(fine, core, _WINDOW)
    outside, _ = _mean(fine, ~mask, 2 * _AROUND + 1)
    expected = _fine_variance(noise) * level_ratio(noise.tones, luma / 255) ** 2
    smooth = (count >= _ENOUGH) & (inside < _SMOOTH * np.minimum(expected, outside))
    return core & smooth


def _mean(plane: Plane, counts: Mask, side: int) -> tuple[Plane, Plane]:
    """Of what counts in a window around each pixel, and how many do."""
    weight = counts.astype(np.float32)
    total, count = (
        cv2.boxFilter(values, -1, (side, side), normalize=False, borderType=cv2.BORDER_CONSTANT)
        for values in (plane * weight, weight)
    )
    return cast(Plane, total / np.maximum(count, 1)), cast(Plane, count)


def _fine_variance(noise: NoiseModel) -> float:
    """Of the luma of the grain beyond the blur, in squared grey levels."""
    lags = np.array(noise.grain.of_luma().lags[0]) / 3
    reach = 4 * round(_CALM)
    kernel = -np.outer(*(cv2.getGaussianKernel(2 * reach + 1, _CALM)[:, 0],) * 2)
    kernel[reach, reach] += 1
    spread = cv2.filter2D(np.pad(kernel, 2 * reach), -1, kernel, borderType=cv2.BORDER_CONSTANT)
    middle, own = spread.shape[0] // 2, lags.shape[0] // 2
    shared = min(middle, own)
    both = (
        array[at - shared : at + shared + 1, at - shared : at + shared + 1]
        for array, at in ((spread, middle), (lags, own))
    )
    return float(np.multiply(*both).sum())
