"""The photo as a value."""

import numpy as np

from daps_desktop.imaging.photo import Photo, at_depth, to_rgb8
from tests.imaging.photo_files import photo, picture


def test_depths_round_to_the_nearest_and_back_exactly() -> None:
    every = np.arange(65536, dtype=np.uint16)
    assert np.array_equal(at_depth(every, 8), np.round(every / 257))
    eight = np.arange(256, dtype=np.uint8)
    assert np.array_equal(at_depth(at_depth(eight, 16), 8), eight)


def test_a_screen_gets_three_bytes_a_pixel() -> None:
    for channels in (1, 3):
        for bits in (8, 16):
            shown = to_rgb8(photo(channels, bits))
            assert shown.dtype == np.uint8
            assert shown.flags.c_contiguous
            expected = at_depth(picture(channels=channels, bits=bits), 8)
            assert np.array_equal(shown, np.broadcast_to(expected, shown.shape))


def test_an_8_bit_colour_photo_is_shown_without_a_copy() -> None:
    colour = photo()
    assert to_rgb8(colour) is colour.pixels


def test_pixels_cannot_be_written() -> None:
    assert not photo().pixels.flags.writeable


def test_transparency_goes_along_only_where_the_size_is_the_same() -> None:
    one: Photo = photo(alpha=True)
    assert one.with_pixels(picture()).alpha is one.alpha
    assert one.with_pixels(picture(80, 100)).alpha is None
