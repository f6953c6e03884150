"""The prior that ships with the program: there, unaltered, and a denoiser."""

import numpy as np
import pytest
import skimage.data
import torch
from torch import Tensor

from daps_desktop.networks.catalogue import default_prior, find, installed, verify
from daps_desktop.networks.loader import Prior, load


@pytest.fixture(scope="module")
def prior() -> Prior:
    return load(find("photo-start"))


@pytest.fixture(scope="module")
def photo() -> Tensor:
    pixels = skimage.data.astronaut()[100:260, 140:300]
    return torch.from_numpy(pixels.copy()).permute(2, 0, 1)[None] / 127.5 - 1


def psnr(a: Tensor, b: Tensor) -> float:
    return float(10 * torch.log10(4 / (a - b).square().mean()))


def test_the_card_tells_what_is_there() -> None:
    card = find("photo-start")
    assert card in installed()
    assert verify(card)
    assert card.built_in
    assert (card.parameters, card.multiple, card.trained_size, card.channels) == (6_822_604, 16, 64, "RGB")
    assert "photograph" in card.description
    assert (card.folder / "README.md").is_file()
    assert (card.folder / "CREDITS.csv").is_file()


def test_a_default_exists_on_every_device() -> None:
    assert {default_prior(device) for device in ("cpu", "cuda:0", "mps")} <= {
        card.name for card in installed()
    }


@pytest.mark.parametrize(("grey_levels", "gain"), [(15, 6), (25, 8), (50, 10)])
def test_it_denoises_by_several_decibels(prior: Prior, photo: Tensor, grey_levels: int, gain: float) -> None:
    sigma = grey_levels / 127.5
    x = photo + sigma * torch.randn(photo.shape, generator=torch.Generator().manual_seed(0))
    x0_hat = prior.denoiser.denoise(x, sigma)
    assert x0_hat.dtype == torch.float32
    assert prior.anchor is not None
    assert psnr(prior.anchor.apply(x, x0_hat, sigma), photo) > psnr(x, photo) + gain


def test_half_precision_changes_little(prior: Prior, photo: Tensor) -> None:
    half = load(prior.card, dtype=torch.bfloat16)
    x = photo + 0.2 * torch.randn(photo.shape, generator=torch.Generator().manual_seed(0))
    expected, got = prior.denoiser.denoise(x, 0.2), half.denoiser.denoise(x, 0.2)
    assert got.dtype == torch.float32
    assert 0 < float((got - expected).square().mean().sqrt()) < 0.02 * np.std(photo.numpy())


def test_a_batch_is_each_image_alone(prior: Prior, photo: Tensor) -> None:
    pair = torch.cat([photo[..., :64, :96], photo[..., 64:128, 32:128]])
    together = prior.denoiser.denoise(pair, 0.1)
    alone = torch.cat([prior.denoiser.denoise(one[None], 0.1) for one in pair])
    torch.testing.assert_close(together, alone, atol=1e-4, rtol=0)
