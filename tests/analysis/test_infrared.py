"""Dust is where the infrared channel is dark and red is not to blame, wherever the channel lies."""

import cv2
import numpy as np
import pytest
import skimage.data

from daps_desktop.analysis.finding import infrared as module
from daps_desktop.analysis.finding.infrared import infrared_damage
from daps_desktop.imaging.mask import Mask, dilate
from daps_desktop.imaging.photo import Pixels


def dusty(
    leak: float = 0.15, noise: float = 2.0, shift: tuple[int, int] = (0, 0)
) -> tuple[Pixels, Pixels, Mask]:
    """A scan of film, its infrared channel, which shows that power of red, and where both are dusty."""
    clean = skimage.data.astronaut()[:360, 60:420].astype(np.float32)
    rng = np.random.default_rng(0)
    dust = np.zeros(clean.shape[:2], np.float32)
    for _ in range(25):
        x, y = (int(v) for v in rng.integers(10, 350, 2))
        cv2.circle(dust, (x, y), int(rng.integers(1, 6)), float(rng.uniform(0.3, 1)), -1, cv2.LINE_AA)
    cv2.polylines(dust, [np.array([[20, 300], [150, 260], [330, 320]])], False, 0.8, 2, cv2.LINE_AA)
    light = 1 - dust
    seen = 200 * ((clean[..., 0] + 4) / 259) ** leak * light  # what is black still gives some light
    seen = np.roll(seen, shift, (0, 1)) + rng.normal(0, noise, seen.shape)
    pixels = (clean * light[..., None]).astype(np.uint8)
    return pixels, seen.clip(0, 255).astype(np.uint8), dust > 0.15


@pytest.mark.parametrize("shift", [(0, 0), (-2, 3), (6, -4)])
@pytest.mark.parametrize(("leak", "noise"), [(0, 1), (0.15, 2), (0.25, 4)])
def test_dust_is_found_and_nothing_else(shift: tuple[int, int], leak: float, noise: float) -> None:
    pixels, seen, dust = dusty(leak, noise, shift)
    found = infrared_damage(pixels, seen)
    assert found is not None
    marked, inner = found > 127, np.s_[8:-8, 8:-8]  # what comes in at the frame is not from there
    assert dilate(marked, 1)[inner][dust[inner]].mean() > 0.9
    assert dilate(dust, 3)[inner][marked[inner]].mean() > 0.95


def test_what_shows_the_picture_tells_nothing() -> None:
    """Silver film and Kodachrome are as dark in infrared as in red."""
    pixels, seen, _ = dusty(leak=0.95)
    assert infrared_damage(pixels, seen) is None


def test_depth_and_strips_change_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    pixels, seen, _ = dusty(shift=(1, 2))
    whole = infrared_damage(pixels, seen)
    deep = infrared_damage(pixels.astype(np.uint16) * np.uint16(257), seen.astype(np.uint16) * np.uint16(257))
    monkeypatch.setattr(module, "_STRIP", 50)
    strips = infrared_damage(pixels, seen)
    assert whole is not None and deep is not None and strips is not None
    assert np.array_equal(whole, deep)
    assert ((strips > 127) != (whole > 127)).mean() < 1e-3


def test_it_says_how_far_it_is_and_can_be_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    pixels, seen, _ = dusty()
    monkeypatch.setattr(module, "_STRIP", 100)
    shares: list[float] = []
    infrared_damage(pixels, seen, shares.append)
    assert shares == pytest.approx([0, 100 / 360, 200 / 360, 300 / 360])

    def stop(share: float) -> None:
        if share:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        infrared_damage(pixels, seen, stop)


@pytest.mark.parametrize("shape", [(1, 1), (3, 200), (24, 5), (40, 40)])
@pytest.mark.parametrize("value", [0, 200, 255])
def test_an_even_channel_shows_nothing(shape: tuple[int, int], value: int) -> None:
    pixels = np.random.default_rng(0).integers(0, 256, (*shape, 3), dtype=np.uint8)
    found = infrared_damage(pixels, np.full(shape, value, np.uint8))
    assert found is not None and found.shape == shape and not (found > 127).any()
