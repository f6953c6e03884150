"""The conversion of guided-diffusion checkpoints agrees with an independent network to 1e-5."""

import pytest
import torch
from diffusers.models.unets.unet_2d import UNet2DModel

from daps_desktop.networks.importers.adm import convert, infer_config
from daps_desktop.networks.importers.safe_pickle import CheckpointError
from tests.networks.adm_reference import Settings, random_adm

# The published layouts with narrower levels: names, order and kinds of layers are theirs.
FFHQ = Settings(32, (1, 1, 2, 2, 4, 4), blocks=1, attend=(16,), head_channels=64)
IMAGENET = Settings(32, (1, 1, 2, 2, 4, 4), blocks=2, attend=(8, 16, 32), head_channels=32)
LAYOUTS = {
    "ffhq": FFHQ,
    "imagenet": IMAGENET,
    "attention at the top": Settings(
        64, (1, 2, 3), blocks=2, attend=(1, 4), head_channels=32, out_channels=3
    ),
    "plain resampling": Settings(32, (1, 2, 2), blocks=1, attend=(2,), head_channels=32, updown=False),
    "no scale-shift": Settings(32, (1, 2), blocks=3, attend=(2,), head_channels=64, scale_shift=False),
}


@pytest.mark.parametrize("settings", LAYOUTS.values(), ids=LAYOUTS.keys())
def test_the_converted_network_computes_the_same(settings: Settings) -> None:
    network = random_adm(settings)
    config, state, _ = convert(network.state_dict(), settings.head_channels)
    with torch.device("meta"):
        unet = UNet2DModel.from_config(config)
    unet.load_state_dict(state, assign=True)
    x = torch.randn(2, 3, 32, 64, generator=torch.Generator().manual_seed(1))
    t = torch.tensor([3.7, 801.2])
    with torch.no_grad():
        expected, got = network(x, t), unet(x, t).sample
    assert expected.std() > 0.1
    torch.testing.assert_close(got, expected, atol=1e-5 * float(expected.std()), rtol=1e-5)


@pytest.mark.parametrize(("settings", "size"), [(FFHQ, 256), (IMAGENET, 256)])
def test_settings_are_read_off_the_tensors(settings: Settings, size: int) -> None:
    layout = infer_config(random_adm(settings).state_dict())
    assert layout.widths == tuple(settings.channels * m for m in settings.mult)
    assert layout.blocks == settings.blocks
    assert layout.attention == tuple(2**level in settings.attend for level in range(len(settings.mult)))
    assert layout.trained_size == size


def test_what_cannot_be_expressed_is_refused_in_words() -> None:
    state = random_adm(LAYOUTS["plain resampling"]).state_dict()
    with pytest.raises(CheckpointError, match="class-conditional"):
        convert({**state, "label_emb.weight": torch.zeros(1000, 128)}, 32)
    with pytest.raises(CheckpointError, match="more than its layout explains"):
        convert({**state, "input_blocks.0.1.weight": torch.zeros(3)}, 32)
    with pytest.raises(CheckpointError, match="RGB"):
        convert({**state, "input_blocks.0.0.weight": torch.zeros(32, 6, 3, 3)}, 32)
    with pytest.raises(CheckpointError, match="time embedding"):
        convert({**state, "time_embed.0.weight": torch.zeros(128, 64)}, 32)
    with pytest.raises(CheckpointError, match="neither"):
        convert({"weight": torch.zeros(3)})
    with pytest.raises(CheckpointError, match="fit together"):
        convert({name: tensor for name, tensor in state.items() if name != "out.0.bias"}, 32)
    with pytest.raises(CheckpointError, match="fit together"):
        convert(state, 48)
