"""What is filled in has the grain of the photo around it."""

import cv2
import numpy as np
import pytest

from daps_desktop.imaging.mask import Mask
from tests.engine.playing import play

pytestmark = pytest.mark.usefixtures("tiny_prior")

SIDE = 256


def grainy(blur: float, colour: bool) -> np.ndarray:
    """A soft slope under grain of 9 grey levels, coarse where blurred; brown, or grey as three channels."""
    rng = np.random.default_rng(2)
    grain = rng.normal(0, 1, (SIDE, SIDE)).astype(np.float32)
    grain = cv2.GaussianBlur(grain, (0, 0), blur) if blur else grain
    slope = np.linspace(90, 150, SIDE)[:, None] + 9 * grain / grain.std()
    tint = (1.15, 1.0, 0.8) if colour else (1, 1, 1)
    return np.rint(slope[..., None] * tint).clip(0, 255).astype(np.uint8)


def spots() -> Mask:
    """Sixteen squares of 24 pixels."""
    mask = np.zeros((SIDE, SIDE), bool)
    for top in range(20, SIDE - 40, 60):
        for left in range(20, SIDE - 40, 60):
            mask[top : top + 24, left : left + 24] = True
    return mask


def roughness(pixels: np.ndarray, mask: Mask) -> tuple[float, float]:
    """Standard deviation of luma beyond its slope inside the squares, and correlation of neighbours."""
    luma = pixels.astype(float).mean(2)
    parts: list[np.ndarray] = []
    for top, left in zip(*np.nonzero(mask & ~np.roll(mask, 1, 0) & ~np.roll(mask, 1, 1)), strict=True):
        part = luma[top : top + 24, left : left + 24]
        parts.append(part - part.mean(1, keepdims=True))
    rest = np.stack(parts)
    return float(rest.std()), float((rest[..., 1:] * rest[..., :-1]).mean() / (rest**2).mean())


@pytest.mark.parametrize("blur", [0.0, 0.8, 1.3])
@pytest.mark.parametrize("colour", [False, True], ids=["grey", "brown"])
def test_the_grain_of_a_fill_is_that_of_its_surroundings(blur: float, colour: bool) -> None:
    photo, mask = grainy(blur, colour), spots()
    around = np.roll(mask, 30, 1) & ~mask
    filled = play(photo, mask=mask).pixels
    np.testing.assert_array_equal(filled[~mask], photo[~mask])
    level, alike = roughness(filled, mask)
    expected, expected_alike = roughness(photo, around)
    assert level == pytest.approx(expected, rel=0.15)
    assert alike == pytest.approx(expected_alike, abs=0.15)
    assert (filled == filled[..., :1]).all() or colour


def test_it_is_the_same_for_the_same_seed_and_can_be_left_out() -> None:
    photo, mask = grainy(0.8, False), spots()
    first, again = (play(photo, mask=mask, seed=3).pixels for _ in range(2))
    np.testing.assert_array_equal(first, again)
    assert (play(photo, mask=mask, seed=4).pixels != first)[mask].any()
    smooth = play(photo, mask=mask, seed=3, fill_grain=False).pixels
    assert roughness(smooth, mask)[0] < 0.6 * roughness(first, mask)[0]


@pytest.mark.parametrize("law", ["film", "scanner"])
def test_the_grain_of_a_fill_is_as_strong_as_at_its_tone(law: str) -> None:
    """Film is grainiest in the middle tones, a scanner in the dark ones."""
    luma = np.linspace(15, 240, SIDE)[None].repeat(SIDE, axis=0)
    share = luma / 255
    film = 0.1 + 0.9 * np.sqrt(4 * share * (1 - share))
    level = film if law == "film" else 0.25 + 0.75 * (1 - share) ** 2
    grain = np.random.default_rng(5).normal(0, 12, (SIDE, SIDE)) * level
    photo, mask = np.rint(luma + grain).clip(0, 255).astype(np.uint8)[..., None], spots()
    filled = play(photo, mask=mask).pixels[..., 0] - luma
    clean = play(photo, mask=mask, fill_grain=False).pixels[..., 0] - luma
    ratios: list[float] = []
    for left in range(20, SIDE - 40, 60):
        inside = np.zeros_like(mask)
        inside[:, left : left + 24] = mask[:, left : left + 24]
        around = np.zeros_like(mask)
        around[:, left : left + 24] = ~mask[:, left : left + 24]
        drawn = (filled - clean)[inside]
        assert drawn.std() == pytest.approx(filled[around].std(), rel=0.15)
        ratios.append(float(drawn.std()))
    assert max(ratios) > 1.2 * min(ratios)  # which one level for all would not be
