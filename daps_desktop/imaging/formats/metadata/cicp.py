"""Colours that a file names by numbers instead of a profile: a profile written for them, or HDR toned down.

Source: ITU-T H.273, tables 2 and 3; ITU-R BT.2100 (PQ, HLG), BT.2408 (reference white at 203 cd/m²).
"""

from dataclasses import replace
from functools import cache

import imagecodecs
import numpy as np
from numpy.typing import NDArray

from daps_desktop.base.i18n import N_, phrase
from daps_desktop.imaging.colour import Floats, from_light, to_light
from daps_desktop.imaging.formats.metadata.icc import D65, SRGB_PRIMARIES, timeless
from daps_desktop.imaging.photo import Photo, Pixels

UNSAID = (2, 2)  # primaries and transfer characteristics of a file that says neither
_DCI, _C = (0.314, 0.351), (0.310, 0.316)
# x and y of red, green, blue; white; and a name of at most 12 letters.
_PRIMARIES = {
    4: ((0.67, 0.33, 0.21, 0.71, 0.14, 0.08), _C, "BT.470 M"),
    5: ((0.64, 0.33, 0.29, 0.60, 0.15, 0.06), D65, "BT.601 (625)"),
    6: ((0.63, 0.34, 0.31, 0.595, 0.155, 0.07), D65, "BT.601 (525)"),
    7: ((0.63, 0.34, 0.31, 0.595, 0.155, 0.07), D65, "SMPTE 240M"),
    9: ((0.708, 0.292, 0.170, 0.797, 0.131, 0.046), D65, "BT.2020"),
    11: ((0.68, 0.32, 0.265, 0.69, 0.15, 0.06), _DCI, "DCI P3"),
    12: ((0.68, 0.32, 0.265, 0.69, 0.15, 0.06), D65, "Display P3"),
}
_SRGB = (SRGB_PRIMARIES, D65, "RGB")
_GAMMAS = {4: 2.2, 5: 2.8, 8: 1.0}  # the other curves of SDR are shown by that of sRGB
_PQ, _HLG = 16, 18
_REFERENCE_WHITE = 203.0  # cd/m²: paper white, which a screen without HDR shows as its white
_PEAK = {_PQ: 10_000.0, _HLG: 1000.0}
_KNEE = 0.5  # of the light of paper white: darker things stay as they are
_ROWS = 256
_BT2020_LUMA = (0.2627, 0.6780, 0.0593)
_GAMMA_RANGE, _SRGB_GAMMA, _NEAR = (0.2, 5.0), 2.2, 0.01
_STEPS = 1024


def with_meaning(photo: Photo, colours: tuple[int, int]) -> Photo:
    """The photo with a profile for those primaries and transfer characteristics, unless it has one or they
    are those of sRGB; PQ and HLG brought within the light of a screen, which a remark then says."""
    primaries, transfer = colours
    hdr = transfer in _PEAK
    if photo.metadata.icc and not hdr:
        return photo
    if hdr:
        toned = _toned_down(photo.pixels, transfer)
        words = N_("Its colours are HDR ({curve}): what is brighter than a screen shows was toned down.")
        remark = phrase(words, curve="PQ" if transfer == _PQ else "HLG")
        primaries = primaries if primaries in _PRIMARIES or primaries == 1 else 9
        photo = replace(photo, pixels=toned, remarks=(*photo.remarks, remark))
    icc = _profile(primaries, _GAMMAS.get(transfer), photo.pixels.shape[2] == 1)
    return replace(photo, metadata=replace(photo.metadata, icc=icc))


def _profile(primaries: int, gamma: float | None, grey: bool) -> bytes | None:
    """None for sRGB, which is what a file without a profile means."""
    if grey:
        return grey_profile(gamma) if gamma else None
    if primaries not in _PRIMARIES and gamma is None:
        return None
    points, white, name = _PRIMARIES.get(primaries, _SRGB)
    return rgb_profile(points, white, gamma, name)


def by_gamma(points: tuple[float, ...] | None, gamma: float | None, grey: bool) -> bytes | None:
    """A profile for the white and the primaries (x and y of each) and the exponent that a PNG states.

    None where that is sRGB, or no screen's colours.
    """
    if gamma is not None and not _GAMMA_RANGE[0] <= gamma <= _GAMMA_RANGE[1]:
        return None
    if gamma is not None and abs(gamma - _SRGB_GAMMA) < _NEAR:
        gamma = None  # how such files say sRGB
    if grey:
        return grey_profile(gamma) if gamma else None
    white, primaries = (points[:2], points[2:]) if points else (D65, _SRGB[0])
    same = np.abs(np.subtract((*white, *primaries), (*D65, *_SRGB[0]))).max() < _NEAR
    if same and gamma is None:
        return None
    try:
        return rgb_profile(tuple(primaries), tuple(white), gamma, _SRGB[2])
    except (RuntimeError, ValueError):
        return None


@cache
def rgb_profile(
    primaries: tuple[float, ...], white: tuple[float, ...], gamma: float | None, name: str
) -> bytes:
    """ICC profile; `gamma` None for the curve of sRGB."""
    curve = np.linspace(0, 1, _STEPS, dtype=np.float32)
    light = to_light(curve) if gamma is None else curve**gamma
    table = np.rint(light * 65535).astype(np.uint16)
    made = imagecodecs.cms_profile("rgb", whitepoint=white, primaries=primaries, transferfunction=table)
    return timeless(made).replace("RGB built-in".encode("utf-16-be"), f"{name:<12}".encode("utf-16-be"))


@cache
def grey_profile(gamma: float) -> bytes:
    return timeless(imagecodecs.cms_profile("gray", gamma=gamma))


def _toned_down(pixels: Pixels, transfer: int) -> Pixels:
    """(H, W, C) at the same depth, by the curve of sRGB, from values by PQ or HLG."""
    white = int(np.iinfo(pixels.dtype).max)
    light_of = _light_table(transfer, white)
    out = np.empty_like(pixels)
    for top in range(0, len(pixels), _ROWS):
        light = light_of[pixels[top : top + _ROWS]]
        if transfer == _HLG:  # the light of the scene becomes that of a screen of 1000 cd/m²
            weights = np.array(_BT2020_LUMA, np.float32) if light.shape[2] == 3 else np.ones(1, np.float32)
            light *= (light @ weights)[..., None] ** 0.2 * np.float32(_PEAK[_HLG] / _REFERENCE_WHITE)
        most = light.max(axis=2, keepdims=True)
        light *= _rolled_off(most, _PEAK[transfer] / _REFERENCE_WHITE) / np.maximum(most, 1e-9)
        out[top : top + _ROWS] = np.rint(from_light(np.clip(light, 0, 1)) * white).astype(pixels.dtype)
    return out


def _light_table(transfer: int, white: int) -> Floats:
    """Linear light of each value: for PQ over reference white, for HLG of the scene in [0, 1]."""
    value = np.linspace(0, 1, white + 1)
    return {_PQ: _pq_light, _HLG: _hlg_light}[transfer](value).astype(np.float32)


def _pq_light(value: NDArray[np.float64]) -> NDArray[np.float64]:
    """BT.2100, table 4."""
    m1, m2 = 2610 / 16384, 2523 / 32
    c1, c2, c3 = 3424 / 4096, 2413 / 128, 2392 / 128
    root = value ** (1 / m2)
    return (np.maximum(root - c1, 0) / (c2 - c3 * root)) ** (1 / m1) * (_PEAK[_PQ] / _REFERENCE_WHITE)


def _hlg_light(value: NDArray[np.float64]) -> NDArray[np.float64]:
    """BT.2100, table 5."""
    a, b, c = 0.17883277, 0.28466892, 0.55991073
    return np.where(value <= 0.5, value**2 / 3, (np.exp((value - c) / a) + b) / 12)


def _rolled_off(light: Floats, peak: float) -> Floats:
    """Light up to `peak` within [0, 1]: as it is up to the knee, from there ever flatter."""
    room = np.float32(1 - _KNEE)
    over = np.maximum(light - np.float32(_KNEE), 0) / room
    top = (peak - _KNEE) / (1 - _KNEE)
    rolled = np.minimum(light, np.float32(_KNEE)) + room * over * (1 + over / np.float32(top**2)) / (1 + over)
    return rolled.astype(np.float32, copy=False)
