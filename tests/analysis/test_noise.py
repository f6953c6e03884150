"""The noise of photographs with noise of known strength added."""

import io
import time

import numpy as np
import pytest
from PIL import Image
from skimage import data

from daps_desktop.analysis.noise import measure_noise
from daps_desktop.imaging.profile.noise_model import level_ratio

PHOTOS = {name: getattr(data, name)() for name in ("astronaut", "coffee", "chelsea", "rocket", "camera")}


def noisy(name: str, sigma: float) -> np.ndarray:
    photo = PHOTOS[name].reshape(*PHOTOS[name].shape[:2], -1)
    values = photo + np.random.default_rng(1).normal(0, sigma, photo.shape)
    return np.clip(np.round(values), 0, 255).astype(np.uint8)


def as_jpeg(pixels: np.ndarray, quality: int) -> np.ndarray:
    file = io.BytesIO()
    image = Image.fromarray(pixels if pixels.shape[2] == 3 else pixels[..., 0])
    image.save(file, "JPEG", quality=quality)
    return np.asarray(Image.open(file)).reshape(pixels.shape)


@pytest.mark.parametrize("name", PHOTOS)
@pytest.mark.parametrize("sigma", [2, 3, 5, 10, 20, 35, 50])
def test_white_noise_is_measured(name: str, sigma: float) -> None:
    own = 2.4 if name == "astronaut" else 0.0  # the grain of a scanned film; the others have next to none
    truth = np.hypot(sigma, own)
    assert measure_noise(noisy(name, sigma)).level == pytest.approx(truth, rel=0.15, abs=0.5)


@pytest.mark.parametrize("name", PHOTOS)
def test_16_bits_say_the_same(name: str) -> None:
    eight = noisy(name, 5)
    sixteen = eight.astype(np.uint16) * 257
    assert measure_noise(sixteen).level == pytest.approx(measure_noise(eight).level, rel=1e-3)


@pytest.mark.parametrize("name", PHOTOS)
@pytest.mark.parametrize("quality", [95, 85, 75, 50])
def test_a_clean_jpeg_is_called_clean(name: str, quality: int) -> None:
    assert measure_noise(as_jpeg(noisy(name, 0), quality)).level < 2


@pytest.mark.parametrize("name", PHOTOS)
@pytest.mark.parametrize(("sigma", "quality"), [(7, 85), (10, 85), (10, 75), (20, 75), (20, 50)])
def test_a_noisy_jpeg_is_not_called_clean(name: str, sigma: float, quality: int) -> None:
    """Compared with the noise that JPEG has left, measured against the clean photo after the same JPEG."""
    clean, photo = as_jpeg(noisy(name, 0), quality), as_jpeg(noisy(name, sigma), quality)
    left = (photo.astype(float) - clean).std()
    assert 0.6 * left < measure_noise(photo).level < 1.25 * left


def test_clipped_regions_do_not_count() -> None:
    rng = np.random.default_rng(0)
    scene = np.full((400, 400, 1), 120.0)
    scene[:, 200:] = 300  # burnt out: white whatever the noise
    photo = np.clip(scene + rng.normal(0, 8, scene.shape), 0, 255).astype(np.uint8)
    assert measure_noise(photo).level == pytest.approx(8, rel=0.1)


def test_a_drawn_frame_does_not_count() -> None:
    framed = np.full((500, 700, 3), 240, np.uint8)
    framed[150:350, 200:500] = noisy("chelsea", 10)[:200, :300]
    assert measure_noise(framed).level == pytest.approx(10, rel=0.15)


def test_texture_does_not_count() -> None:
    half = noisy("rocket", 3)
    half[:, :300] = np.random.default_rng(0).integers(0, 256, half[:, :300].shape)
    assert measure_noise(half).level == pytest.approx(3, rel=0.2)


@pytest.mark.parametrize("shape", [(1, 1, 3), (1, 500, 3), (2, 3, 1), (5, 7, 3)])
def test_tiny_photos_give_a_number(shape: tuple[int, int, int]) -> None:
    photo = np.random.default_rng(0).integers(100, 140, shape).astype(np.uint8)
    assert 0 <= measure_noise(photo).level < 40


@pytest.mark.parametrize(
    ("shape", "tolerance"), [((12, 12, 3), 0.4), ((32, 32, 1), 0.3), ((64, 64, 3), 0.15)]
)
def test_small_photos_are_measured_roughly(shape: tuple[int, int, int], tolerance: float) -> None:
    photo = (128 + np.random.default_rng(0).normal(0, 10, shape)).astype(np.uint8)
    assert measure_noise(photo).level == pytest.approx(10, rel=tolerance)


def test_a_photo_of_one_colour_has_no_noise() -> None:
    assert measure_noise(np.full((100, 100, 3), 77, np.uint8)).level == 0


def test_large_photos_take_no_longer() -> None:
    large = np.tile(noisy("astronaut", 5), (8, 12, 1))[:4000, :6000].copy()
    measure_noise(large)
    started = time.process_time()
    measure_noise(large)
    assert time.process_time() - started < 4  # not the time of all 24 megapixels


def film(name: str, level: float, floor: float) -> np.ndarray:
    """A photo in grey with grain that is strongest in the middle tones."""
    grey = PHOTOS[name].reshape(*PHOTOS[name].shape[:2], -1).mean(2)
    share = grey / 255
    strength = level * (floor + (1 - floor) * np.sqrt(4 * share * (1 - share)))
    values = grey + strength * np.random.default_rng(1).normal(0, 1, grey.shape)
    return np.clip(np.round(values), 0, 255).astype(np.uint8)[..., None]


@pytest.mark.parametrize("name", PHOTOS)
@pytest.mark.parametrize("floor", [0.1, 0.3, 1.0])
def test_the_level_is_measured_at_each_tone(name: str, floor: float) -> None:
    photo = film(name, 12, floor)
    model = measure_noise(photo)
    share = np.linspace(0.2, 0.8, 7)
    seen = np.array([(abs(photo[..., 0] / 255 - at) < 0.05).mean() for at in share]) > 0.03
    truth = 12 * (floor + (1 - floor) * np.sqrt(4 * share * (1 - share)))
    found = model.level * level_ratio(model.tones, share)
    np.testing.assert_allclose(found[seen], truth[seen], rtol=0.2)


def test_few_patches_tell_of_no_tones() -> None:
    photo = (128 + np.random.default_rng(0).normal(0, 10, (64, 64, 3))).astype(np.uint8)
    assert measure_noise(photo).tones == ()
