"""The loss is that of the paper, and the anchor of a batch is that of each picture."""

import pytest
import torch
from daps_desktop.solver.anchor import Anchor
from torch import Tensor, nn

from daps_desktop.training.edm import (
    SIGMA_RANGE,
    Edm,
    anchor_inside,
    anchored,
    draw_sigma,
    edm_losses,
)

NO_ANCHOR = Anchor(known_mean_std=0.0)


class Silent(nn.Module):
    """A network that has learnt nothing: D = c_skip x."""

    def forward(self, x: Tensor, level: Tensor) -> Tensor:
        return 0 * x


class Oracle(nn.Module):
    """The output that makes D = 0, from what the network is told: D = x c_skip + c_out F."""

    def forward(self, x: Tensor, level: Tensor) -> Tensor:
        sigma = (4 * level).exp().view(-1, 1, 1, 1)
        return -x * 0.5 / sigma


@pytest.mark.parametrize("side", [16, 64, 160])
def test_the_anchor_of_a_batch_is_that_of_each_picture(side: int) -> None:
    torch.manual_seed(0)
    sigma = torch.tensor([1e-3, 0.02, 0.05, 0.2, 0.21, 0.7, 3.0, 80.0])
    x, x0_hat = torch.randn(2, len(sigma), 3, side, side)
    together = anchored(Anchor(), x, x0_hat, sigma)
    for i, s in enumerate(sigma.tolist()):
        alone = Anchor().apply(x[i : i + 1], x0_hat[i : i + 1], s)
        assert torch.allclose(together[i : i + 1], alone, atol=2e-6)


def test_small_pictures_use_fine_scales_only() -> None:
    assert anchor_inside(Anchor(), 64).scales == (2, 4, 8, 16)
    assert anchor_inside(Anchor(), 128).scales == (2, 4, 8, 16, 32)
    assert anchor_inside(Anchor(), 4).scales == (2,)


def test_a_silent_network_has_the_loss_of_the_skip_alone() -> None:
    """For x0 = 0: weight * (c_skip sigma n)^2 = sd^2 / (sigma^2 + sd^2) * n^2."""
    sigma, noise = torch.tensor([0.01, 0.5, 30.0]), torch.ones(3, 3, 16, 16)
    of_pixels, of_means = edm_losses(Edm(Silent(), 2, 0.5, NO_ANCHOR), torch.zeros_like(noise), sigma, noise)
    assert torch.allclose(of_pixels, 0.25 / (sigma**2 + 0.25))
    assert torch.allclose(of_means, of_pixels)  # a constant error is all mean


def test_the_network_is_told_what_it_needs_to_be_right() -> None:
    sigma, noise = torch.tensor([0.01, 0.5, 30.0]), torch.randn(3, 3, 16, 16)
    of_pixels, _ = edm_losses(Edm(Oracle(), 2, 0.5, NO_ANCHOR), torch.zeros_like(noise), sigma, noise)
    assert of_pixels.max() < 1e-9


def test_noise_levels_follow_their_law() -> None:
    sigma = draw_sigma(20000, -1.4, 1.4, torch.Generator().manual_seed(0))
    assert sigma.log().mean().item() == pytest.approx(-1.4, abs=0.05)
    assert sigma.log().std().item() == pytest.approx(1.4, abs=0.05)
    wild = draw_sigma(100, 0, 50, torch.Generator().manual_seed(0))
    assert (wild.min().item(), wild.max().item()) == pytest.approx(SIGMA_RANGE)
