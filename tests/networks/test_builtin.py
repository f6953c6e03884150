"""The priors that ship with the program: there, unaltered, and denoisers."""

import pytest
import skimage.data
import torch
from safetensors.torch import load_file
from torch import Tensor

from daps_desktop.networks.architectures.norm_free_unet import NormFreeUNet
from daps_desktop.networks.card import NetworkCard, verify
from daps_desktop.networks.catalogue import default_prior, installed
from daps_desktop.networks.loader import Prior, load
from daps_desktop.networks.runtime.choice import CHECK
from daps_desktop.networks.runtime.torch_runtime import TorchRuntime, read_module

BUILT_IN = [card for card in installed() if card.built_in]


@pytest.fixture(scope="module", params=BUILT_IN, ids=lambda card: card.name)
def card(request: pytest.FixtureRequest) -> NetworkCard:
    return request.param


@pytest.fixture(scope="module")
def prior(card: NetworkCard) -> Prior:
    return load(card)


@pytest.fixture(scope="module")
def photo() -> Tensor:
    pixels = skimage.data.astronaut()[100:260, 140:300]
    return torch.from_numpy(pixels.copy()).permute(2, 0, 1)[None] / 127.5 - 1


def psnr(a: Tensor, b: Tensor) -> float:
    return float(10 * torch.log10(4 / (a - b).square().mean()))


def test_the_card_tells_what_is_there(card: NetworkCard) -> None:
    assert verify(card)
    assert card.channels == "RGB" and card.licence == "Apache-2.0"
    assert "photograph" in card.description
    assert (card.folder / "README.md").is_file()
    assert (card.folder / "CREDITS.csv").is_file()


def test_the_network_gives_what_it_gave_when_it_was_made(prior: Prior) -> None:
    check = load_file(prior.card.folder / CHECK)
    got = prior.denoiser.denoise(check["x"], float(check["sigma"]))
    torch.testing.assert_close(got, check["denoised"], atol=1e-4, rtol=0)


def test_diffusers_reads_the_folder(card: NetworkCard) -> None:
    network = NormFreeUNet.from_pretrained(card.folder, torch_dtype=torch.float32).eval()
    x, level = torch.rand(1, 3, 32, 32), torch.tensor([-0.4])
    with torch.no_grad():
        assert torch.equal(network(x, level), read_module(card, torch.device("cpu"))(x, level))


def test_a_default_exists_on_every_device_and_for_every_preset() -> None:
    names = {card.name for card in BUILT_IN}
    assert {default_prior(device) for device in ("cpu", "cuda:0", "mps")} <= names
    assert default_prior("cpu", "best") in names


@pytest.mark.parametrize(("grey_levels", "gain"), [(15, 6), (25, 8), (50, 10)])
def test_it_denoises_by_several_decibels(prior: Prior, photo: Tensor, grey_levels: int, gain: float) -> None:
    sigma = grey_levels / 127.5
    x = photo + sigma * torch.randn(photo.shape, generator=torch.Generator().manual_seed(0))
    x0_hat = prior.denoiser.denoise(x, sigma)
    assert x0_hat.dtype == torch.float32
    assert psnr(x0_hat, photo) > psnr(x, photo) + gain


def test_half_precision_costs_nothing_that_can_be_seen(prior: Prior, photo: Tensor) -> None:
    half = load(prior.card, TorchRuntime(torch.device("cpu"), torch.bfloat16))
    x = photo + 0.2 * torch.randn(photo.shape, generator=torch.Generator().manual_seed(0))
    expected, got = prior.denoiser.denoise(x, 0.2), half.denoiser.denoise(x, 0.2)
    assert got.dtype == torch.float32 and not torch.equal(got, expected)
    assert abs(psnr(got, photo) - psnr(expected, photo)) < 0.02


def test_a_batch_is_each_image_alone(prior: Prior, photo: Tensor) -> None:
    pair = torch.cat([photo[..., :64, :96], photo[..., 64:128, 32:128]])
    together = prior.denoiser.denoise(pair, 0.1)
    alone = torch.cat([prior.denoiser.denoise(one[None], 0.1) for one in pair])
    torch.testing.assert_close(together, alone, atol=1e-4, rtol=0)
