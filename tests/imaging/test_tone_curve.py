"""The colour of a toned photo as a function of its luma: exact at both depths, and neutral to the bit."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from daps_desktop.imaging.photo import at_depth
from daps_desktop.imaging.profile.tone_curve import NEUTRAL, ToneCurve, luma_plane

# What red, green and blue have beyond the luma: each triple has the luma 0 (0.299 R + 0.587 G + 0.114 B).
SEPIA = ToneCurve(((0.04, 0.0, -0.01196 / 0.114), (0.114, 0.0, -0.299), (0.0, 0.057, -0.2935)))
LIGHTER = np.arange(60, 221, dtype=np.uint8)  # whose colours are in the gamut


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_a_neutral_curve_repeats_every_luma(dtype: type) -> None:
    luma = np.arange(np.iinfo(dtype).max + 1, dtype=dtype).reshape(-1, 16)
    colours = NEUTRAL.apply(luma)
    assert colours.dtype == dtype
    np.testing.assert_array_equal(colours, np.repeat(luma[..., None], 3, axis=2))


@pytest.mark.parametrize("bits", [8, 16])
def test_a_curve_gives_the_nearest_value_of_luma_and_tint(bits: int) -> None:
    luma = at_depth(LIGHTER, bits)
    top = 2**bits - 1
    tints = np.stack(
        [np.interp(luma / top, (0, 0.5, 1), channel) for channel in zip(*SEPIA.tints, strict=True)]
    )
    exact = luma + top * tints
    assert np.abs(SEPIA.apply(luma[None])[0].T - np.clip(exact, 0, top)).max() <= 0.5 + 1e-6


def test_lighter_stays_lighter_and_keeps_its_luma() -> None:
    luma = at_depth(LIGHTER[None], 16)
    again = luma_plane(SEPIA.apply(luma))[..., 0].astype(int)
    assert (np.diff(again) > 0).all() and np.abs(again - luma).max() <= 2


def test_colours_of_eight_bits_are_found_again_from_their_luma() -> None:
    colours = at_depth(SEPIA.apply(at_depth(LIGHTER[None], 16)), 8)
    again = at_depth(SEPIA.apply(luma_plane(colours)[..., 0]), 8)
    assert np.abs(again.astype(int) - colours).max() <= 1


@given(st.integers(0, 65535), st.sampled_from([np.uint8, np.uint16]))
def test_the_luma_of_a_grey_colour_is_its_value(value: int, dtype: type) -> None:
    grey = np.full((1, 1, 3), min(value, np.iinfo(dtype).max), dtype)
    np.testing.assert_array_equal(luma_plane(grey), at_depth(grey[..., :1], 16))
