"""The dots of a print and the streaks of a scanner, drawn over pictures: found, named, told from grain."""

from dataclasses import replace

import cv2
import numpy as np
import pytest
from skimage import data

from daps_desktop.analysis.diagnosis import diagnose
from daps_desktop.analysis.noise import measure_noise
from daps_desktop.analysis.pattern import find_pattern
from daps_desktop.analysis.profile import measure_profile
from daps_desktop.base.serialization import dump_json, from_jsonable, load_json, to_jsonable
from daps_desktop.imaging.photo import Photo
from daps_desktop.imaging.profile.noise_model import NoiseModel
from daps_desktop.jobs.damage import Noise
from tests.analysis.scenes import scene

PHOTOS = ("astronaut", "coffee", "chelsea", "camera", "rocket")
HEIGHT, WIDTH = 360, 480


def waves(period: float, angle: float, height: int = HEIGHT, width: int = WIDTH) -> np.ndarray:
    """(H, W, 1), -1 to 1, the dots of a screen: two waves at right angles."""
    y, x = np.mgrid[:height, :width] * 2 * np.pi / period
    c, s = np.cos(np.radians(angle)), np.sin(np.radians(angle))
    return ((np.cos(c * x + s * y + 1) + np.cos(c * y - s * x + 2)) / 2)[..., None]


def lines(level: float, axis: int, softness: float = 0.0) -> np.ndarray:
    """(H, 1, 1) or (1, W, 1)."""
    drawn = np.random.default_rng(7).normal(0, 1, (HEIGHT, WIDTH)[axis])
    if softness:
        drawn = cv2.GaussianBlur(drawn[:, None], (0, 0), softness)[:, 0]
    drawn *= level / drawn.std()
    return drawn[:, None, None] if axis == 0 else drawn[None, :, None]


def rounded(values: np.ndarray) -> np.ndarray:
    return np.clip(np.rint(values), 0, 255).astype(np.uint8)


@pytest.mark.parametrize("angle", [0, 15, 45])
@pytest.mark.parametrize("period", [3.0, 4.7, 8.0])
def test_a_screen_is_found_with_its_period_and_level(period: float, angle: float) -> None:
    for pixels in (scene(3, HEIGHT, WIDTH), scene(4, HEIGHT, WIDTH)[..., :1]):
        noise = measure_noise(rounded(pixels + 8 * waves(period, angle)))
        assert noise.screen_period == pytest.approx(period, rel=0.01)
        assert noise.screen_level == pytest.approx(4, rel=0.15)  # a half of 8: of each wave, 8 / 2 / sqrt(2)
        assert noise.streak_level == 0


def test_the_dots_of_ink_are_found_with_their_harmonics() -> None:
    """Dots whose size says the tone: their harmonics are whole multiples of the screen's two waves."""
    tone = scene(5, HEIGHT, WIDTH)[..., :1].mean(axis=2, keepdims=True) / 255
    ink = (tone > 0.5 + waves(6.0, 20) / 2) * 255.0
    found = find_pattern(rounded(cv2.GaussianBlur(ink, (0, 0), 1.0)[..., None]))
    c, s = np.cos(np.radians(20)) / 6, np.sin(np.radians(20)) / 6
    m, n = (order.ravel() for order in np.mgrid[-3:4, -3:4])
    orders = np.stack([m * s + n * c, m * c - n * s], axis=1)
    assert len(found) >= 4
    for one in sorted(found, key=lambda one: -one.covariance[0, 0])[:6]:
        away = orders - (one.down, one.right)
        away -= np.rint(away)  # beyond half a cycle a pixel it comes back from the other side
        assert np.hypot(*away.T).min() < 0.005


@pytest.mark.parametrize("axis", [0, 1])
@pytest.mark.parametrize("softness", [0.0, 0.7])
@pytest.mark.parametrize("level", [3.0, 12.0])
def test_streaks_are_found_with_their_direction_and_level(level: float, softness: float, axis: int) -> None:
    noise = measure_noise(rounded(scene(6, HEIGHT, WIDTH) + lines(level, axis, softness)))
    assert noise.streak_level == pytest.approx(level, rel=0.25)
    assert noise.screen_level == 0
    (streaks,) = noise.peaks
    assert streaks.width[axis] > 10 * streaks.width[1 - axis]


def test_neither_raises_the_level_of_the_grain() -> None:
    clean = scene(8, HEIGHT, WIDTH, grain=3.0)
    level = measure_noise(clean).level
    assert level == pytest.approx(3, rel=0.2)
    for over in (12 * waves(5.3, 30), lines(8, 0), lines(8, 1)):
        assert measure_noise(rounded(clean + over)).level == pytest.approx(level, rel=0.15)


@pytest.mark.parametrize("name", PHOTOS)
def test_photographs_have_neither(name: str) -> None:
    pixels = getattr(data, name)()
    pixels = pixels.reshape(*pixels.shape[:2], -1)
    assert find_pattern(pixels) == ()
    coded = cv2.imdecode(
        cv2.imencode(".jpg", pixels, [cv2.IMWRITE_JPEG_QUALITY, 40])[1], cv2.IMREAD_UNCHANGED
    )
    assert find_pattern(coded.reshape(pixels.shape)) == ()
    larger = cv2.resize(pixels, None, fx=1.5, fy=1.5, interpolation=cv2.INTER_LINEAR)
    assert find_pattern(larger.reshape(*larger.shape[:2], -1)) == ()


def test_what_covers_a_part_and_lines_of_one_period_are_neither() -> None:
    """A cloth, blinds, and a horizon."""
    pixels = scene(9, HEIGHT, WIDTH).astype(float)
    cloth = pixels.copy()
    cloth[:, : WIDTH // 3] += 20 * waves(5, 10)[:, : WIDTH // 3]
    blinds = pixels + 20 * np.sin(np.arange(HEIGHT) * 0.9)[:, None, None]
    horizon = pixels + np.where(np.arange(HEIGHT) < 150, 40, -40)[:, None, None]
    for picture in (cloth, blinds, horizon):
        assert find_pattern(rounded(picture)) == ()


@pytest.mark.parametrize("side", [1, 24, 191, 192, 200])
def test_any_picture_is_an_answer(side: int) -> None:
    y, x = np.mgrid[:side, : side + 7]
    grey = [(x + y) % 2 * 255, x // 2 % 2 * (y // 2 % 2) * 255, 0 * x + 90, x % 5 * 50, 7 * x * y % 251]
    for values in grey:
        for dtype, top in ((np.uint8, 1), (np.uint16, 257)):
            pixels = (values * top).astype(dtype)[..., None]
            model = measure_noise(pixels)
            assert from_jsonable(NoiseModel, load_json(dump_json(to_jsonable(model)))) == model
            assert np.isfinite([model.level, model.screen_level, model.streak_level]).all()


def test_noise_with_peaks_changes_its_colours_with_the_photo() -> None:
    """Of R = G = B it says the same with one channel and with three, and of its luma."""
    grey = rounded(scene(3, HEIGHT, WIDTH)[..., :1] + 8 * waves(5, 20) + lines(5, 0))
    one, three = measure_noise(grey), measure_noise(grey.repeat(3, axis=2))
    assert one.peaks == three.peaks
    for other in (one.of_channels(), one.of_luma(), one.at_level(20)):
        assert other.screen_level == pytest.approx(one.screen_level)
        assert other.streak_level == pytest.approx(one.streak_level)
    assert one.at_level(20).level == pytest.approx(20)
    assert one.grain == replace(one, peaks=())


def test_the_user_is_told_and_offered_to_have_them_taken_out() -> None:
    """Where ordinary noise is far too low to be offered."""
    pixels = scene(10, HEIGHT, WIDTH)
    told = {
        "pattern of dots every 4.2 pixels": pixels + 10 * waves(4.2, 40),
        "Scanner streaks": pixels + lines(5, 1),
    }
    for words, picture in told.items():
        (found,) = (
            suggestion
            for suggestion in diagnose(measure_profile(Photo(rounded(picture)))).suggestions
            if isinstance(suggestion.damage, Noise)
        )
        assert words in str(found.reason) and "About" not in str(found.reason)
