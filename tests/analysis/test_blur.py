"""The blur of photographs blurred by a known amount, and no figure where there is nothing to go by."""

import cv2
import numpy as np
import pytest
from skimage import data

from daps_desktop.analysis.blur import estimate_blur
from tests.analysis.scenes import scene

# At half their size, so that next to nothing of their own blur is left.
PHOTOS = {
    name: cv2.resize(getattr(data, name)(), None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
    for name in ("astronaut", "coffee", "chelsea")
}


def soft(photo: np.ndarray, sigma: float, noise: float = 0.0, coarse: float = 0.0) -> np.ndarray:
    blurred = cv2.GaussianBlur(photo.astype(np.float32), (0, 0), sigma) if sigma else photo.astype(np.float32)
    grain = np.random.default_rng(0).normal(0, 1, blurred.shape).astype(np.float32)
    grain = cv2.GaussianBlur(grain, (0, 0), coarse) if coarse else grain
    return np.clip(np.rint(blurred + grain * (noise / grain.std())), 0, 255).astype(np.uint8)


@pytest.mark.parametrize("name", PHOTOS)
@pytest.mark.parametrize("sigma", [0.8, 1.5, 2.0, 3.0])
@pytest.mark.parametrize(("noise", "coarse"), [(0, 0), (4, 0), (4, 1)])
def test_the_size_of_a_blur_is_met(name: str, sigma: float, noise: float, coarse: float) -> None:
    found = estimate_blur(soft(PHOTOS[name], sigma, noise, coarse))
    assert found is not None and found == pytest.approx(sigma, abs=0.5)


@pytest.mark.parametrize("name", PHOTOS)
def test_a_sharp_photo_is_called_sharp(name: str) -> None:
    found = estimate_blur(PHOTOS[name])
    assert found is not None and found < 0.8


def test_16_bits_and_a_margin_say_the_same() -> None:
    photo = soft(PHOTOS["coffee"], 2.0)
    found = estimate_blur(photo)
    assert found is not None
    assert estimate_blur(photo.astype(np.uint16) * 257) == pytest.approx(found, abs=0.05)
    framed = cv2.copyMakeBorder(photo, 14, 14, 14, 14, cv2.BORDER_CONSTANT, value=(255, 255, 255))
    assert estimate_blur(framed) == pytest.approx(found, abs=0.15)


def test_the_edge_of_a_cut_out_is_not_the_photo_s() -> None:
    photo = soft(PHOTOS["astronaut"], 2.0)
    alpha = np.zeros(photo.shape[:2], np.uint8)
    cv2.circle(alpha, (128, 128), 110, 255, -1)
    found = estimate_blur(photo)
    assert found is not None
    for hidden in (0, 255):
        cut = np.where(alpha[..., None] > 0, photo, np.uint8(hidden))
        assert estimate_blur(cut, alpha) == pytest.approx(found, abs=0.4)


def test_large_photos_say_the_same_as_a_part_of_them() -> None:
    photo = np.pad(soft(PHOTOS["coffee"], 2.0), ((0, 1500), (0, 1500), (0, 0)), "symmetric")
    assert estimate_blur(photo) == pytest.approx(2.0, abs=0.4)


NOTHING = {
    "one colour": np.full((300, 300, 3), 90, np.uint8),
    "noise": np.random.default_rng(0).normal(128, 20, (300, 300, 1)).clip(0, 255).astype(np.uint8),
    "slow shade": np.broadcast_to(np.linspace(60, 200, 300)[:, None, None], (300, 300, 3)).astype(np.uint8),
    "chequers": (np.indices((300, 300)).sum(0) % 2 * 255).astype(np.uint8)[..., None],
    "dither": np.random.default_rng(0).integers(0, 2, (300, 300, 1)).astype(np.uint8) * 255,
    "black": np.zeros((60, 60, 3), np.uint16),
    **{f"{side} a side": scene(16, 90, 90)[:side, :side] for side in (1, 2, 3, 8, 24)},
}


@pytest.mark.parametrize("name", NOTHING)
@pytest.mark.filterwarnings("error")
def test_nothing_is_said_where_there_are_no_edges(name: str) -> None:
    pixels = NOTHING[name]
    assert estimate_blur(pixels) is None
    assert estimate_blur(pixels, np.zeros(pixels.shape[:2], pixels.dtype)) is None
