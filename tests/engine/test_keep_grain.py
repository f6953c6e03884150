"""A share of what denoising took away is given back."""

import numpy as np
import pytest

from daps_desktop.imaging.photo import Photo
from daps_desktop.jobs.damage import Downsampling, GaussianBlur, MissingPixels, Noise
from tests.engine.playing import crop, line, play
from tests.engine.test_fill_grain import grainy, spots

pytestmark = pytest.mark.usefixtures("tiny_prior")


def photos() -> dict[str, np.ndarray]:
    brown = grainy(0.8, colour=True)
    speckled = brown + np.random.default_rng(4).integers(-6, 7, brown.shape)  # the tone has no such colours
    return {
        "colour": crop(),
        "grey": crop()[..., :1],
        "equal": crop()[..., :1].repeat(3, axis=2),
        "toned": speckled.clip(0, 255).astype(np.uint8),
        "deep": crop().astype(np.uint16) * 257 + np.arange(64, dtype=np.uint16)[:, None],
    }


@pytest.mark.parametrize("name", photos())
def test_all_of_it_is_the_photo_to_the_bit(name: str) -> None:
    photo = photos()[name]
    assert (play(photo, Noise(), noise=20.0).pixels != photo).any()
    np.testing.assert_array_equal(play(photo, Noise(), noise=20.0, keep_grain=100).pixels, photo)


@pytest.mark.parametrize("name", photos())
def test_a_part_lies_between(name: str) -> None:
    photo = photos()[name]
    clean, kept = (
        play(photo, Noise(), noise=20.0, keep_tone=False, keep_grain=k).pixels.astype(float) for k in (0, 40)
    )
    white = np.iinfo(photo.dtype).max
    inside = (clean > 0) & (clean < white)  # rounded to what the file can say
    np.testing.assert_allclose(kept[inside], (0.6 * clean + 0.4 * photo)[inside], atol=1.01)


def test_a_fill_gets_the_same_share_of_drawn_grain() -> None:
    photo, mask = grainy(0.8, False), spots()
    kept = play(photo, Noise(), MissingPixels(), mask=mask, noise=9.0, keep_grain=60).pixels
    smooth = play(
        photo, Noise(), MissingPixels(), mask=mask, noise=9.0, keep_grain=60, fill_grain=False
    ).pixels
    np.testing.assert_array_equal(kept[~mask], smooth[~mask])
    drawn = kept[mask][:, 0].astype(float) - smooth[mask][:, 0]
    assert drawn.std() == pytest.approx(0.6 * 9, rel=0.15)


def test_what_a_blur_lets_through_is_no_grain() -> None:
    """The residual of a blurred photo is far less than what sharpening changed."""
    photo = crop()
    sharp, kept = (play(photo, GaussianBlur(2.0), noise=4.0, keep_grain=k).pixels for k in (0, 100))
    back = np.abs(kept.astype(float) - sharp).mean()
    assert 0 < back < np.abs(photo.astype(float) - sharp).mean()


def test_kept_grain_is_not_held_against_the_result() -> None:
    """It is the photo's own, put there on purpose: the figures are those of what was found without it."""
    reports = [play(crop(), Noise(), noise=20.0, keep_grain=k).finished.report for k in (0, 90)]
    assert reports[0].residual_over_noise == reports[1].residual_over_noise > 0


@pytest.mark.parametrize(("damage", "mask"), [(Downsampling(2), None), (MissingPixels(), line())])
def test_it_means_nothing_where_nothing_is_denoised_pixel_by_pixel(damage, mask) -> None:
    plain, kept = (play(crop(), damage, mask=mask, keep_grain=k).pixels for k in (0, 50))
    np.testing.assert_array_equal(plain, kept)


def test_transparent_places_stay_as_they_are() -> None:
    alpha = np.full((64, 64), 255, np.uint8)
    alpha[:, 40:] = 0
    kept = play(Photo(crop(), alpha=alpha), Noise(), noise=20.0, keep_grain=30).pixels
    np.testing.assert_array_equal(kept[:, 40:], crop()[:, 40:])
