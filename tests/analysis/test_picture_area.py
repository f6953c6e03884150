"""What is around a picture is left out, and a picture without anything around it is kept."""

import cv2
import numpy as np
import pytest

from daps_desktop.analysis.picture_area import SMALL, at_size, picture_area
from tests.analysis.scenes import scene

PICTURE = scene(31, 300, 420, fine=True)


def found(pixels: np.ndarray, alpha: np.ndarray | None = None) -> np.ndarray:
    return at_size(picture_area(pixels, alpha), *pixels.shape[:2])


def score(area: np.ndarray, truth: np.ndarray) -> tuple[float, float]:
    """The share of the picture that is kept, and the share of what is kept that is not the picture."""
    return area[truth].mean(), (area & ~truth).sum() / area.sum()


def on(ground: tuple[int, ...], margins: tuple[int, int, int, int], picture: np.ndarray = PICTURE):
    """The picture with margins (top, right, bottom, left), and where it is."""
    top, right, bottom, left = margins
    height, width = picture.shape[:2]
    pixels = np.empty((top + height + bottom, left + width + right, 3), np.uint8)
    pixels[:] = np.clip(ground + np.random.default_rng(0).normal(0, 2, pixels.shape), 0, 255)
    truth = np.zeros(pixels.shape[:2], bool)
    truth[top : top + height, left : left + width] = True
    pixels[truth] = picture.reshape(-1, 3)
    return pixels, truth


@pytest.mark.parametrize("ground", [(255, 255, 255), (0, 0, 0), (205, 190, 160)])
@pytest.mark.parametrize("margins", [(10, 10, 10, 10), (12, 12, 60, 12), (0, 25, 0, 0)])
def test_a_margin_is_left_out(ground: tuple[int, ...], margins: tuple[int, int, int, int]) -> None:
    kept, wrong = score(found(on(ground, margins)[0]), on(ground, margins)[1])
    assert kept > 0.94 and wrong < 0.005


def test_margins_in_one_another_and_a_print_that_lies_askew() -> None:
    mounted, inner = on((235, 225, 200), (20, 20, 45, 20))
    pixels, outer = on((8, 8, 8), (30, 40, 30, 25), mounted)
    truth = np.zeros_like(outer)
    truth[outer] = inner.ravel()
    height, width = truth.shape
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), 1.5, 1)
    turned = cv2.warpAffine(pixels, turn, (width, height), borderValue=(8, 8, 8))
    area = cv2.warpAffine(truth.astype(np.uint8), turn, (width, height)) > 0
    for shown, where in ((pixels, truth), (turned, area)):
        kept, wrong = score(found(shown), where)
        assert kept > 0.92 and wrong < 0.02


def test_a_torn_corner_is_left_out() -> None:
    pixels = (PICTURE * 0.8).astype(np.uint8)
    rows, cols = np.indices(pixels.shape[:2])
    torn = rows + cols < 60
    pixels[torn] = 255
    area = found(pixels)
    assert not area[torn].any() and area[~torn].mean() > 0.95


def test_what_is_transparent_is_not_the_picture() -> None:
    alpha = np.full(PICTURE.shape[:2], 255, np.uint8)
    alpha[:, :200] = 0
    area = found(PICTURE, alpha)
    assert not area[:, :198].any() and area[:, 204:].mean() > 0.95


def test_a_picture_alone_is_kept() -> None:
    """Also where a sky, or the ground of a studio, reaches its sides."""
    assert found(PICTURE).mean() > 0.96
    hills = PICTURE.copy()
    rows, cols = np.indices(hills.shape[:2])
    hills[rows < 90 + 35 * np.sin(cols / 40)] = (190, 210, 235)
    assert found(hills).mean() > 0.94
    studio = np.full_like(PICTURE, 60)
    cv2.ellipse(studio, (210, 190), (110, 150), 0, 0, 360, (200, 170, 150), -1)
    assert found(studio).mean() > 0.94


@pytest.mark.parametrize("shape", [(1, 1, 3), (1, 900, 1), (2, 3, 3), (24, 24, 3), (700, 5, 1)])
@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_something_is_always_left(shape: tuple[int, int, int], dtype: type) -> None:
    for pixels in (np.zeros(shape, dtype), np.indices(shape).sum(0).astype(dtype) % 2 * np.iinfo(dtype).max):
        for alpha in (None, np.zeros(shape[:2], dtype)):
            area = picture_area(pixels.astype(dtype), alpha)
            assert area.any() and max(area.shape) <= SMALL
