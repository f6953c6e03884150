"""The loss is that of the paper, the mean is kept, and a grown network computes what it did before."""

import pytest
import torch

from daps_desktop.base.errors import UserError
from daps_desktop.training.data.crops import Crops
from daps_desktop.training.loop.denoising import Denoising, denoise
from daps_desktop.training.loop.growth import SEES, finder_of, grow
from daps_desktop.training.loop.recipe import Recipe
from daps_desktop.training.loop.trainer import Trainer
from tests.training.conftest import picture, tiny

CPU = torch.device("cpu")
PRIOR = Denoising(Crops([picture(0)]), torch.zeros(0, 3, 256, 256))


def test_a_silent_network_has_the_loss_of_the_skip_alone() -> None:
    """D = c_skip x, so that for x0 = 0 the loss is sd^2 / (sigma^2 + sd^2) at each noise level."""
    network = tiny()
    with torch.no_grad():
        network.conv_out.weight.zero_()
        network.conv_out.bias.zero_()
    trainer = Trainer(network, PRIOR, Recipe(), CPU)
    sigma = torch.tensor([0.01, 0.5, 30.0])
    trainer.learn((torch.zeros(3, 3, 128, 128), sigma), 1e-9)
    assert trainer.loss.item() == pytest.approx((0.25 / (sigma**2 + 0.25)).mean().item(), rel=0.01)
    x = torch.randn(1, 3, 16, 16)
    assert torch.allclose(denoise(trainer.mean, x, 0.5), x / 2, atol=1e-6)


def test_the_network_learns_and_its_mean_follows() -> None:
    trainer = Trainer(tiny(), PRIOR, Recipe(mean_decay=0.5), CPU)
    start = [weight.clone() for weight in trainer.mean.parameters()]
    rng = torch.Generator().manual_seed(0)
    clean = (torch.rand(4, 3, 1, 1, generator=rng) * 2 - 1).expand(-1, -1, 64, 64)  # plain colours
    trainer.learn((clean, torch.full((4,), 0.5)), 1e-2)
    decay = trainer.recipe.decay(0)
    for before, weight, mean in zip(
        start, trainer.network.parameters(), trainer.mean.parameters(), strict=True
    ):
        assert torch.allclose(mean, decay * before + (1 - decay) * weight, atol=1e-6)
    first = trainer.loss.item()
    for _ in range(40):
        trainer.learn((clean, torch.full((4,), 0.5)), 1e-2)
    assert trainer.loss.item() < 0.5 * first


def test_a_grown_network_computes_the_same_and_learns_with_all_of_itself() -> None:
    network = tiny()
    torch.manual_seed(1)
    with torch.no_grad():
        for weight in network.parameters():
            weight += 0.1 * torch.randn_like(weight)  # nothing of it is zero, as after training
    wider = grow(network, (6, 16))
    x, level = torch.randn(2, 3, 32, 32), torch.tensor([-0.5, 0.3])
    with torch.no_grad():
        assert torch.allclose(wider(x, level), network(x, level), atol=1e-5)
    assert wider.config["widths"] == (6, 16)
    wider(x, level).square().sum().backward()
    assert wider.conv_out.weight.grad is not None and wider.conv_out.weight.grad[:, 4:].abs().min() > 0


@pytest.mark.parametrize("widths", [(3, 8), (4, 8, 16), (4,)])
def test_a_network_is_not_made_narrower_or_deeper(widths: tuple[int, ...]) -> None:
    with pytest.raises(UserError, match="at least those of the prior, 4, 8"):
        grow(tiny(), widths)


def test_a_finder_begins_with_what_a_denoiser_sees() -> None:
    """All but the last convolution: so the features before it are those of the denoiser at the level SEES."""
    network = tiny()
    torch.manual_seed(1)
    with torch.no_grad():
        for weight in network.parameters():
            weight += 0.1 * torch.randn_like(weight)
    finder = finder_of(network)
    assert finder_of(finder) is finder
    features = []
    for model in (network, finder):
        model.conv_out.register_forward_pre_hook(lambda _, inputs: features.append(inputs[0]))
    x = torch.randn(2, 3, 32, 32)
    with torch.no_grad():
        network(x, torch.full((2,), SEES))
        assert finder(x, torch.zeros(2)).shape == (2, 1, 32, 32)
        finder(x, torch.full((2,), 0.7))
    assert torch.allclose(features[0], features[1], atol=1e-5) and torch.equal(features[1], features[2])
