"""Crops stay inside their photo, copy or average its pixels, and depend on the seed alone."""

import numpy as np
import pytest

from daps_desktop.training.data import crops as module
from daps_desktop.training.data.crops import Crops
from tests.training.conftest import picture


@pytest.fixture
def as_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is shrunk or made grey."""
    monkeypatch.setattr(module, "SHRUNK", 0)
    monkeypatch.setattr(module, "GREY", 0)


def drawn(crops: Crops, count: int, side: int, seed: int = 0) -> np.ndarray:
    """In 0-255."""
    return (crops.draw(count, side, np.random.default_rng(seed)) + 1) * 127.5


def test_crops_come_from_every_photo_as_often_as_its_area_says(as_taken: None) -> None:
    sizes = [(32, 32), (32, 90), (47, 33), (64, 200), (131, 64)]  # some just as large as a crop
    crops = Crops([np.full((*size, 3), 20 + 40 * i, np.uint8) for i, size in enumerate(sizes)])
    found = drawn(crops, 4000, 32)
    index = np.rint((found - 20) / 40).astype(int)
    assert (index == index[:, :1, :1, :1]).all()
    areas = np.array([height * width for height, width in sizes])
    assert np.bincount(index[:, 0, 0, 0]) / 4000 == pytest.approx(areas / areas.sum(), abs=0.03)


def test_plain_crops_are_windows_of_the_photo_turned_and_flipped(as_taken: None) -> None:
    rows, cols = np.mgrid[:100, :200]
    found = drawn(Crops([np.stack([rows, cols, 0 * rows], -1).astype(np.uint8)]), 600, 32)
    row, col = np.rint(found[:, 0]).astype(int), np.rint(found[:, 1]).astype(int)
    upright = (row[:, :, 0] == row[:, :, 1]).all(1)
    row, col = (np.where(upright[:, None, None], c, c.swapaxes(1, 2)) for c in (row, col))
    assert (np.diff(row, axis=2) == 0).all() and (np.diff(col, axis=1) == 0).all()
    assert (abs(np.diff(row, axis=1)) == 1).all() and (abs(np.diff(col, axis=2)) == 1).all()
    assert (row.min(), row.max(), col.min(), col.max()) == (0, 99, 0, 199)  # the borders are drawn too
    ways = (upright, row[:, 1, 0] > row[:, 0, 0], col[:, 0, 1] > col[:, 0, 0])
    assert all(0.4 < way.mean() < 0.6 for way in ways)


def test_shrinking_averages_areas_up_to_twice_the_side(
    as_taken: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    photo = picture(0, 64, 64)
    monkeypatch.setattr(module, "SHRUNK", 1)
    monkeypatch.setattr(np.random, "default_rng", lambda _: Halving())
    found = drawn(Crops([photo]), 1, 32)[0].transpose(1, 2, 0)
    assert found == pytest.approx(photo.reshape(32, 2, 32, 2, 3).mean((1, 3)), abs=1e-3)


class Halving:
    """Draws the first of everything, and the most of what is even."""

    def random(self, count: int | None = None) -> object:
        return 0.0 if count is None else np.zeros(count)

    def uniform(self, low: float, high: float) -> float:
        return high

    def integers(self, high: int) -> int:
        return 0


def test_shrunk_crops_differ_in_size(monkeypatch: pytest.MonkeyPatch) -> None:
    """On a ramp of one grey level a pixel the slope shows by how much a crop was shrunk."""
    monkeypatch.setattr(module, "GREY", 0)
    ramp = np.repeat(np.broadcast_to(np.arange(200, dtype=np.uint8), (200, 200))[..., None], 3, 2)
    found = drawn(Crops([ramp]), 400, 64)[:, 0]
    spans = np.ptp(found, axis=(1, 2)) / 63
    assert 0.4 < (abs(spans - 1) < 1e-3).mean() < 0.6
    assert spans.max() == pytest.approx(2, abs=0.05) and spans.min() > 0.99


def test_a_quarter_is_grey_and_half_of_that_toned() -> None:
    found = Crops([picture(0)]).draw(800, 32, np.random.default_rng(0))
    red, green, blue = found.transpose(1, 0, 2, 3).reshape(3, 800, -1)
    grey = (abs(red - green) + abs(green - blue)).max(1) < 1e-5
    order = np.argsort(green, axis=1)
    toned = ~grey & np.array([(np.diff(c[o]) >= -1e-6).all() for c, o in zip(red, order, strict=True)])
    assert 0.08 < grey.mean() < 0.17 and 0.08 < toned.mean() < 0.2
    assert found.min() >= -1 and found.max() <= 1


def test_the_seed_decides() -> None:
    crops = Crops([picture(0), picture(1)])
    first, again, other = (drawn(crops, 8, 32, seed) for seed in (5, 5, 6))
    assert (first == again).all() and (first != other).any()
