"""Crops stay inside their photo, copy or average its pixels, and depend on the seed alone."""

import numpy as np
import torch
from torch.nn.functional import avg_pool2d

from daps_desktop.training.crops import Augmentation, area_matrix, draw_crops
from tests.training.conftest import buffer_of, picture

PLAIN = Augmentation(shrunk=0, grey=0, cast=0)
SHRUNK = Augmentation(shrunk=1, grey=0, cast=0)


def rng(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def test_no_crop_reaches_into_another_photo() -> None:
    """Photos of one colour each, some just as large as a crop: any other pixel would show."""
    sizes = [(32, 32), (32, 90), (47, 33), (64, 200), (131, 64)]
    photos = buffer_of(*(np.full((*s, 3), 20 + 40 * i, np.uint8) for i, s in enumerate(sizes)))
    for seed in range(10):
        crops = (draw_crops(photos, 50, 32, rng(seed), SHRUNK) + 1) * 127.5
        colour = crops[:, :1, :1, :1]
        assert (crops - colour).abs().max() < 1e-2
        assert ((colour - 20) / 40 - ((colour - 20) / 40).round()).abs().max() < 1e-3


def test_plain_crops_are_windows_of_the_photo_turned_and_flipped() -> None:
    rows, cols = np.mgrid[:100, :200]
    photos = buffer_of(np.stack([rows, cols, 0 * rows], -1).astype(np.uint8))
    crops = ((draw_crops(photos, 400, 32, rng(), PLAIN) + 1) * 127.5).round().long()
    row, col = crops[:, 0], crops[:, 1]
    upright = (row[:, :, 0] == row[:, :, 1]).all(1)
    row, col = (torch.where(upright[:, None, None], c, c.mT) for c in (row, col))
    assert (row.diff(dim=2) == 0).all() and (col.diff(dim=1) == 0).all()
    assert (row.diff(dim=1).abs() == 1).all() and (col.diff(dim=2).abs() == 1).all()
    assert 0.4 < upright.float().mean() < 0.6
    assert (row.min(), row.max(), col.min(), col.max()) == (0, 99, 0, 199)  # the borders are drawn too
    for steps in (row.diff(dim=1)[:, 0, 0], col.diff(dim=2)[:, 0, 0]):
        assert 0.4 < (steps > 0).float().mean() < 0.6


def test_shrinking_averages_areas() -> None:
    pixels = torch.rand(1, 3, 24, 24, dtype=torch.float64)
    matrices = area_matrix(torch.tensor([1.0, 1.5, 2.0]).double(), 12, 24)
    assert torch.allclose(matrices.sum(2), torch.ones(3, 12).double())
    same, _, halved = matrices[:, None] @ pixels @ matrices[:, None].mT
    assert torch.equal(same, pixels[0, :, :12, :12])
    assert torch.allclose(halved, avg_pool2d(pixels[0], 2))
    assert torch.allclose(matrices[1, 0, :3] * 1.5, torch.tensor([1, 0.5, 0]).double())


def test_the_seed_decides() -> None:
    photos = buffer_of(picture(0), picture(1))
    first, again, other = (draw_crops(photos, 8, 32, rng(seed)) for seed in (5, 5, 6))
    assert torch.equal(first, again)
    assert not torch.equal(first, other)
    assert first.abs().max() <= 1


def test_grey_and_casts_come_as_often_as_said() -> None:
    photos = buffer_of(picture(0))
    grey = draw_crops(photos, 200, 32, rng(), Augmentation(shrunk=0, grey=0.25, cast=0))
    colourless = (grey.amax(1) - grey.amin(1)).flatten(1).amax(1) < 1e-5
    assert 0.15 < colourless.float().mean() < 0.35
    plain = draw_crops(photos, 200, 32, rng(), PLAIN)
    cast = draw_crops(photos, 200, 32, rng(), Augmentation(shrunk=0, grey=0, cast=0.25))
    changed = (plain != cast).flatten(1).any(1)
    assert 0.15 < changed.float().mean() < 0.35
    assert (cast - plain).abs().max() < 0.8
