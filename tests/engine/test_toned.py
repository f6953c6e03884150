"""A toned photo keeps its tone through the whole engine, and a grey one stays grey to the bit."""

import cv2
import numpy as np
import pytest
import skimage.data
from numpy.typing import NDArray

from daps_desktop.imaging.colour import REC601
from daps_desktop.imaging.jpeg_tables import tables_for_quality
from daps_desktop.imaging.photo import Photo, Pixels, at_depth
from daps_desktop.imaging.profile.tone_curve import ToneCurve, luma_plane
from daps_desktop.jobs.damage import (
    Clipping,
    Damage,
    Downsampling,
    GaussianBlur,
    Greyscale,
    JpegCompression,
    MissingPixels,
    Noise,
    PhaseRetrieval,
)
from tests.engine.playing import play

pytestmark = pytest.mark.usefixtures("tiny_prior")

SIDE = 96
SEPIA = ToneCurve(((0.04, 0.0, -0.105), (0.07, 0.0, -0.184), (0.03, 0.0, -0.079)))
ALL_PIXELS: list[Damage] = [
    Noise(), GaussianBlur(1.0), Downsampling(2), JpegCompression(50), Clipping(1.3),
]  # fmt: skip


def grey(bits: int = 8) -> Pixels:
    """(SIDE, SIDE), without its darkest and lightest values, whose colours would leave the gamut."""
    picture = skimage.data.astronaut()[20 : 20 + 2 * SIDE, 170 : 170 + 2 * SIDE]
    small = cv2.resize(cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY), (SIDE, SIDE), interpolation=cv2.INTER_AREA)
    return at_depth(np.rint(30 + small * (190 / 255)).astype(np.uint8), bits)


def holes() -> NDArray[np.bool_]:
    mask = np.zeros((SIDE, SIDE), bool)
    mask[20:24, 15:80], mask[60:70, 40:50] = True, True
    return mask


def off_the_curve(pixels: Pixels) -> float:
    """Grey levels (0-255) that 95 % of the colours are at most off the one that goes with their luma.

    Colours at an end of the range are left out: what the curve asks for may lie beyond it.
    """
    expected = SEPIA.apply(luma_plane(pixels)[..., 0])
    inside = (pixels.min(axis=2) > 0) & (pixels.max(axis=2) < np.iinfo(pixels.dtype).max)
    off = np.abs(at_depth(pixels, 16).astype(int) - expected).max(axis=2)
    return float(np.quantile(off[inside], 0.95)) / 257


@pytest.mark.parametrize("bits", [8, 16])
def test_fills_take_the_tone_and_all_else_stays_bit_for_bit(bits: int) -> None:
    photo, mask = SEPIA.apply(grey(bits)), holes()
    photo[mask] = np.iinfo(photo.dtype).max
    heard = play(photo, mask=mask, preview_side=SIDE)
    np.testing.assert_array_equal(heard.pixels[~mask], photo[~mask])
    assert heard.pixels.dtype == photo.dtype and off_the_curve(heard.pixels[mask][None]) < 3
    preview = next(p.preview for p in reversed(heard.progress) if p.preview is not None)
    assert off_the_curve(preview.pixels) < 4


def test_a_tone_that_drifts_goes_on_in_the_fills() -> None:
    flat = np.full((SIDE, SIDE, 3), (165, 140, 105)) + 25 * np.sin(np.arange(SIDE) / 6)[:, None, None]
    yellower = flat + np.linspace(-8, 8, SIDE)[:, None] * np.array([0.3, 0.1, -1.0])
    photo, mask = np.rint(yellower).astype(np.uint8), holes()
    expected = yellower[mask] - yellower[mask] @ np.array([REC601]).T
    filled = play(photo, mask=mask).pixels[mask]
    off = filled - filled @ np.array([REC601]).T - expected
    assert np.abs(off[:, 2]).mean() < 1.5  # the curve alone would be 4 off


def test_without_the_switch_the_prior_brings_in_its_own_colours() -> None:
    photo, mask = SEPIA.apply(grey()), holes()
    kept, free = (play(photo, mask=mask, keep_tone=keep).pixels[mask][None] for keep in (True, False))
    assert off_the_curve(free) > 2 * off_the_curve(kept)


@pytest.mark.parametrize("damage", ALL_PIXELS, ids=lambda damage: damage.name)
def test_where_all_pixels_change_nothing_but_the_tone_is_left_of_colour(damage: Damage) -> None:
    noisy = SEPIA.apply(grey()) + np.random.default_rng(0).normal(0, 6, (SIDE, SIDE, 3))
    photo = np.clip(np.rint(noisy), 0, 255).astype(np.uint8)
    assert off_the_curve(play(photo, damage).pixels) < 5


@pytest.mark.parametrize(
    "damage", [MissingPixels(), *ALL_PIXELS, PhaseRetrieval()], ids=lambda damage: damage.name
)
@pytest.mark.parametrize("bits", [8, 16])
def test_grey_in_three_channels_stays_grey(damage: Damage, bits: int) -> None:
    photo = np.repeat(grey(bits)[..., None], 3, axis=2)
    mask = holes() if isinstance(damage, MissingPixels) else None
    pixels = play(photo, damage, mask=mask).pixels
    assert pixels.shape[2] == 3 and (pixels == pixels[..., :1]).all()


def test_colours_are_added_to_a_grey_photo_all_the_same() -> None:
    pixels = play(np.repeat(grey()[..., None], 3, axis=2), Greyscale()).pixels
    assert (pixels != pixels[..., :1]).any()


def test_the_tables_of_a_colour_file_bind_the_luma_of_a_toned_photo() -> None:
    tables = tables_for_quality(30)
    _, data = cv2.imencode(".jpg", SEPIA.apply(grey())[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, 30])
    photo = Photo(cv2.imdecode(data, cv2.IMREAD_COLOR)[..., ::-1].copy(), jpeg=tables)
    heard = play(photo, JpegCompression(), noise=None)
    blocks = [
        cv2.dct(luma.reshape(SIDE // 8, 8, SIDE // 8, 8)[0, :, 0].astype(np.float32))
        for luma in (np.asarray(p @ np.array(REC601)) - 128 for p in (photo.pixels, heard.pixels))
    ]
    # Each coefficient lies in the interval that the file names, up to the rounding of pixels.
    middle = np.rint(blocks[0] / tables.luma) * tables.luma
    assert (np.abs(blocks[1] - middle) <= tables.luma / 2 + 2).all()
    assert off_the_curve(heard.pixels) < 5


def test_transparency_goes_along() -> None:
    alpha = np.arange(SIDE * SIDE, dtype=np.uint32).reshape(SIDE, SIDE).astype(np.uint8)
    finished = play(Photo(SEPIA.apply(grey()), alpha), mask=holes()).finished.photo
    assert finished.alpha is not None
    np.testing.assert_array_equal(finished.alpha, alpha)


@pytest.mark.parametrize("shape", [(9, 9, 3), (1, 40, 3), (40, 40, 3)])
def test_small_and_plain_photos_are_repaired_as_well(shape: tuple[int, ...]) -> None:
    photo = np.full(shape, (180, 140, 90), np.uint8)
    mask = np.zeros(shape[:2], bool)
    mask[0, :3] = True
    pixels = play(photo, mask=mask).pixels
    np.testing.assert_array_equal(pixels[~mask], photo[~mask])
