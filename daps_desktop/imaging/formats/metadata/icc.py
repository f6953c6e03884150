"""Colour profiles: made, and printing inks taken through theirs to a screen's colours."""

import imagecodecs
import numpy as np

from daps_desktop.imaging.colour import to_light
from daps_desktop.imaging.photo import Pixels

SRGB_PRIMARIES, D65 = (0.64, 0.33, 0.30, 0.60, 0.15, 0.06), (0.3127, 0.3290)  # x and y of each
_STEPS = 1024
_DATE = slice(24, 36)  # of a profile's header


def srgb_profile() -> bytes:
    """An sRGB ICC profile, the same bytes at any time of day."""
    return timeless(imagecodecs.cms_profile("srgb"))


def timeless(profile: bytes) -> bytes:
    """The profile without the moment it was made."""
    patched = bytearray(profile)
    patched[_DATE] = np.array([2000, 1, 1, 0, 0, 0], ">u2").tobytes()
    return bytes(patched)


def for_colours(icc: bytes, coloured: bool) -> bytes | None:
    """The profile for a picture in colours, or in grey, with the curve it has for grey where it is of the
    other kind; None of one that is damaged, or of other colours still."""
    kinds = {b"GRAY": "gray", b"RGB ": "rgb"}
    kind = kinds.get(icc[16:20])
    if kind is None or coloured == (kind == "rgb"):
        return icc if kind else None
    ramp = np.linspace(0, 65535, _STEPS).astype(np.uint16)[:, None]
    ramp = ramp if coloured else np.repeat(ramp[..., None], 3, axis=2)
    try:
        shown = imagecodecs.cms_transform(
            ramp, icc, srgb_profile(), colorspace=kind, outcolorspace="rgb", outdtype=ramp.dtype
        )
        light = to_light(shown[:, 0, 1] / 65535)
        table = np.maximum.accumulate(np.rint(light * 65535).astype(np.uint16))
        return timeless(
            imagecodecs.cms_profile(
                "rgb" if coloured else "gray",
                whitepoint=D65 if coloured else None,
                primaries=SRGB_PRIMARIES if coloured else None,
                transferfunction=table,
            )
        )
    except (RuntimeError, ValueError):
        return None


def cmyk_to_srgb(inks: Pixels, icc: bytes | None) -> tuple[Pixels, bytes]:
    """sRGB pixels (H, W, 3) of the same depth and their profile, from (H, W, 4) inks, 0 = none.

    Through the inks' own profile where they have one that can be used; else by the plain formula
    (1 - ink) (1 - black).
    """
    srgb = srgb_profile()
    pixels = _through_profile(inks, icc, srgb) if icc else None
    return _plain_formula(inks) if pixels is None else pixels, srgb


def _through_profile(inks: Pixels, icc: bytes, srgb: bytes) -> Pixels | None:
    try:
        return imagecodecs.cms_transform(
            inks, icc, srgb, colorspace="cmyk", outcolorspace="rgb", outdtype=inks.dtype
        )
    except (RuntimeError, ValueError):
        return None


def _plain_formula(inks: Pixels) -> Pixels:
    white = np.iinfo(inks.dtype).max
    light = white - inks.astype(np.uint32)
    return ((light[..., :3] * light[..., 3:] + white // 2) // white).astype(inks.dtype)
