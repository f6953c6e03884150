"""The networks: sizes, names of tensors, folders of diffusers, and files as others publish them."""

import json
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file

from daps_desktop.networks.architectures.drunet import DRUNet
from daps_desktop.networks.architectures.norm_free_layers import NormFreeLayers
from daps_desktop.networks.architectures.norm_free_unet import NormFreeUNet
from daps_desktop.networks.architectures.table import build
from daps_desktop.networks.card import NETWORK, WEIGHTS, read_card
from daps_desktop.networks.importers.importing import import_prior
from daps_desktop.networks.loader import load
from tests.fakes.checkpoints import TINY, tiny_network

SMALL = {"widths": [8, 8, 16, 16], "blocks": 2}


def picture(side: int = 32) -> torch.Tensor:
    return torch.rand(2, 3, side, side, generator=torch.Generator().manual_seed(3))


# Ours


def test_a_network_is_kept_in_a_folder_as_diffusers_has_it(tmp_path: Path) -> None:
    network = NormFreeUNet(widths=(4, 8, 8), blocks=2, embedding=8).eval()
    network.save_pretrained(tmp_path)
    config = json.loads((tmp_path / NETWORK).read_text())
    assert config["_class_name"] == "NormFreeUNet" and config["widths"] == [4, 8, 8]
    again = NormFreeUNet.from_pretrained(tmp_path).eval()
    assert again.config["blocks"] == 2
    x, level = picture(), torch.tensor([-0.5, 0.3])
    with torch.no_grad():
        assert torch.equal(again(x, level), network(x, level))
        plain = build("NormFreeUNet", config).eval()
        plain.load_state_dict(load_file(tmp_path / WEIGHTS))
        assert torch.equal(plain(x, level), network(x, level))


def test_the_features_of_the_noise_level_are_in_no_file_and_right_all_the_same() -> None:
    with torch.device("meta"):
        network = build("NormFreeUNet", TINY)
    network.load_state_dict(tiny_network().state_dict(), assign=True)
    x, level = picture(), torch.tensor([-0.5, 0.3])
    with torch.no_grad():
        assert torch.equal(network.eval()(x, level), tiny_network()(x, level))


def test_means_pass_through_a_network_without_normalisation() -> None:
    """With its convolutions set to copy, a constant comes out as it went in, however bright."""
    network = tiny_network().eval()
    for name, weight in network.named_parameters():
        weight.data.zero_()
        if name in ("conv_in.weight", "conv_out.weight"):
            weight.data[range(3), range(3), 1, 1] = 1
    x = torch.full((1, 3, 16, 16), 40.0)
    torch.testing.assert_close(network(x, torch.zeros(1)), x)


def test_the_noise_level_scales_what_a_block_adds() -> None:
    network = tiny_network().eval()
    for block in network.modules():
        if hasattr(block, "scale"):
            torch.nn.init.normal_(block.scale.weight)
    x = picture()[:1]
    with torch.no_grad():
        assert not torch.allclose(network(x, torch.tensor([-1.0])), network(x, torch.tensor([0.5])))


# DRUNet


def test_drunet_has_the_tensors_of_the_published_one() -> None:
    with torch.device("meta"):
        state = build("DRUNet", {}).state_dict()
    assert sum(weight.numel() for weight in state.values()) == 32_640_960
    shapes = {name: tuple(weight.shape) for name, weight in state.items()}
    assert len(shapes) == 64 and not any(name.endswith("bias") for name in shapes)
    for name, shape in {
        "m_head.weight": (64, 4, 3, 3),
        "m_down1.0.res.0.weight": (64, 64, 3, 3),
        "m_down1.3.res.2.weight": (64, 64, 3, 3),
        "m_down1.4.weight": (128, 64, 2, 2),
        "m_down3.4.weight": (512, 256, 2, 2),
        "m_body.3.res.2.weight": (512, 512, 3, 3),
        "m_up3.0.weight": (512, 256, 2, 2),
        "m_up1.0.weight": (128, 64, 2, 2),
        "m_up1.4.res.2.weight": (64, 64, 3, 3),
        "m_tail.weight": (3, 64, 3, 3),
    }.items():
        assert shapes[name] == shape, name


@pytest.mark.parametrize("scale", [0.25, 3.0])
def test_drunet_without_biases_is_homogeneous(scale: float) -> None:
    network = DRUNet(**SMALL).eval()
    x, level = picture(), torch.tensor([0.1, 0.2])
    with torch.no_grad():
        torch.testing.assert_close(
            network(scale * x, scale * level), scale * network(x, level), rtol=1e-4, atol=1e-5
        )


@pytest.mark.parametrize("wrapped", [False, True])
def test_a_published_file_of_drunet_becomes_a_prior(tmp_path: Path, wrapped: bool) -> None:
    network = DRUNet(**SMALL).eval()
    state = network.state_dict()
    torch.save({"state_dict": state} if wrapped else state, tmp_path / "drunet_color.pth")
    card = import_prior(tmp_path / "drunet_color.pth", data_dir=tmp_path / "data")
    assert card.architecture.name == "DRUNet" and card.size_multiple == 8 and card.trained_size == 128
    prior = load(read_card(card.folder))
    assert prior.denoiser.sigma_max == pytest.approx(50 / 127.5)
    x, sigma = 2 * picture() - 1, 0.2
    with torch.no_grad():
        expected = 2 * network((x + 1) / 2, torch.full((2,), sigma / 2)) - 1
    torch.testing.assert_close(prior.denoiser.denoise(x, sigma), expected)


def test_the_layers_of_the_built_in_priors_need_no_diffusers() -> None:
    assert NormFreeLayers.__mro__[1] is torch.nn.Module
