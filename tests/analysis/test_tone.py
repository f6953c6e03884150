"""Toned or in colour: by what is left of the chroma once luma has had its say."""

from collections.abc import Callable

import cv2
import numpy as np
import pytest
import skimage.data
from numpy.typing import NDArray

from daps_desktop.analysis.tone import find_tone
from daps_desktop.imaging.colour import REC601
from daps_desktop.imaging.photo import at_depth
from daps_desktop.imaging.profile.tone_curve import NEUTRAL

Colours = NDArray[np.float64]

# The darkest, the middle and the lightest colour of a print.
TONES = {
    "sepia": ((38, 26, 18), (150, 124, 92), (246, 232, 205)),
    "selenium": ((30, 22, 28), (128, 116, 124), (244, 240, 240)),
    "cyanotype": ((14, 32, 62), (84, 124, 158), (226, 236, 238)),
    "yellowed": ((28, 25, 20), (134, 128, 108), (240, 230, 196)),
    "blue-black": ((14, 18, 30), (120, 127, 140), (240, 243, 248)),
}
SIDE = 320


def luma() -> Colours:
    return skimage.data.astronaut()[:SIDE, :SIDE] @ np.array(REC601)


def toned(tone: str, plane: Colours | None = None) -> Colours:
    colours = zip(*TONES[tone], strict=True)
    plane = luma() if plane is None else plane
    return np.stack([np.interp(plane, (0, 128, 255), channel) for channel in colours], axis=-1)


def eight_bits(colours: Colours) -> NDArray[np.uint8]:
    return np.clip(np.rint(colours), 0, 255).astype(np.uint8)


def grain(photo: Colours) -> Colours:
    return photo + np.random.default_rng(0).normal(0, 8, photo.shape[:2])[..., None]


def colour_noise(photo: Colours) -> Colours:
    return photo + np.random.default_rng(0).normal(0, 12, photo.shape)


def yellower_to_one_side(photo: Colours) -> Colours:
    return photo + np.linspace(-6, 6, SIDE)[:, None] * np.array([0.3, 0.1, -1.0])


def stained_edges(photo: Colours) -> Colours:
    stain = np.zeros(photo.shape[:2])
    stain[:14, 60:200], stain[150:, :12] = 1, 1
    return photo - cv2.GaussianBlur(stain, (0, 0), 3)[..., None] * np.array([5, 12, 24])


def scratched(photo: Colours) -> Colours:
    drawn = photo.copy()
    for left in range(40, 300, 50):
        cv2.line(drawn, (left, 10), (left + 20, 300), (250, 249, 246), 3)
    return drawn


def coarse_jpeg(photo: Colours) -> Colours:
    _, data = cv2.imencode(".jpg", eight_bits(photo)[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, 60])
    return cv2.imdecode(data, cv2.IMREAD_COLOR)[..., ::-1].astype(float)


@pytest.mark.parametrize("tone", TONES)
@pytest.mark.parametrize(
    "wear",
    [lambda photo: photo, grain, colour_noise, yellower_to_one_side, stained_edges, scratched, coarse_jpeg],
)
def test_a_toned_photo_is_known_with_its_curve(tone: str, wear: Callable[[Colours], Colours]) -> None:
    curve = find_tone(eight_bits(wear(toned(tone))))
    assert curve is not None and not curve.neutral
    expected = toned(tone, np.linspace(30, 200, 20)[None])
    found = curve.apply(np.rint(expected @ np.array(REC601)).astype(np.uint8))
    # Where the wear itself has a colour, the curve follows it a little.
    assert np.abs(found - expected).max() < 5


@pytest.mark.parametrize("tone", TONES)
def test_sixteen_bits_give_the_same_curve(tone: str) -> None:
    photo = eight_bits(toned(tone))
    one, other = find_tone(photo), find_tone(at_depth(photo, 16))
    assert one is not None and other is not None
    np.testing.assert_allclose(one.tints, other.tints, atol=0.5 / 255)


def test_a_colour_photo_is_none() -> None:
    assert find_tone(skimage.data.astronaut()) is None
    assert find_tone(skimage.data.coffee()) is None


def test_a_faded_colour_photo_is_in_colour() -> None:
    photo = skimage.data.astronaut().astype(float)
    grey = (photo @ np.array(REC601))[..., None]
    assert find_tone(eight_bits((grey + 0.5 * (photo - grey)) * (0.8, 0.7, 0.55) + (45, 35, 20))) is None


@pytest.mark.parametrize("tint", [(35, -12, -8), (-18, 15, -10), (-20, 0, 25)])
@pytest.mark.parametrize("tone", TONES)
def test_a_hand_coloured_place_makes_a_colour_photo(tone: str, tint: tuple[int, ...]) -> None:
    photo = toned(tone)
    cheek = np.zeros(photo.shape[:2])
    cv2.circle(cheek, (220, 100), 14, 1.0, -1)  # 0.6 % of the photo
    assert (
        find_tone(eight_bits(photo + cv2.GaussianBlur(cheek, (0, 0), 2)[..., None] * np.array(tint))) is None
    )


@pytest.mark.parametrize("shape", [(1, 1), (3, 200), (9, 9), (SIDE, SIDE)])
@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_grey_of_any_size_is_neutral_in_one_channel_and_in_three(shape: tuple[int, int], dtype: type) -> None:
    grey = np.random.default_rng(1).integers(0, 255, (*shape, 1)).astype(dtype)
    assert find_tone(grey) is NEUTRAL and find_tone(np.repeat(grey, 3, axis=2)) is NEUTRAL


def test_what_is_grey_but_for_rounding_is_neutral() -> None:
    grey = eight_bits(luma())[..., None].repeat(3, axis=2)
    grey[::7, ::5, 2] ^= 1
    assert find_tone(grey) is NEUTRAL


def test_too_little_tells_nothing() -> None:
    assert find_tone(eight_bits(toned("sepia"))[:20, :20]) is None


def test_one_colour_all_over_is_that_colour() -> None:
    photo = np.full((100, 100, 3), (180, 140, 90), np.uint8)
    curve = find_tone(photo)
    assert curve is not None
    value = np.rint(photo[:1, :1] @ np.array(REC601)).astype(np.uint8)
    assert np.abs(curve.apply(value).astype(int) - photo[0, 0]).max() <= 1
