"""A network that begins with what another has learnt: wider, or as a finder of damage."""

from operator import ge

import torch
from torch import Tensor, nn

from daps_desktop.networks.architectures.norm_free_layers import Block
from daps_desktop.networks.architectures.norm_free_unet import NormFreeUNet
from daps_desktop.training.loop.recipe import check


@torch.no_grad()
def grow(network: NormFreeUNet, widths: tuple[int, ...]) -> NormFreeUNet:
    """The same function with `widths` channels a level, none fewer than before; exact but for rounding.

    New channels see everything and begin at random; old ones see nothing of the new. The output begins to use
    them with the first step, as its weights for them are zero but their gradient is not.
    Raises: UserError (`setting_value`) where the widths do not fit.
    """
    before: tuple[int, ...] = network.config["widths"]
    ok = len(widths) == len(before) and all(map(ge, widths, before))
    check("widths", ok, f"must be at least those of the prior, {', '.join(map(str, before))}")
    config = {name: value for name, value in network.config.items() if not name.startswith("_")}
    wider = NormFreeUNet(**{**config, "widths": widths})
    weights = wider.state_dict()
    for name, old in network.state_dict().items():
        new, results = weights[name], 1 if name.startswith("grow.") else 0  # transposed: (in, out, 2, 2)
        if old.dim() > 1:
            new.narrow(results, 0, old.shape[results]).zero_()
        new[tuple(slice(length) for length in old.shape)] = old
    return wider


SEES = -0.75  # the noise level that a finder is told to see: sigma 0.05 in [-1, 1] units, as of fine grain


@torch.no_grad()
def finder_of(network: NormFreeUNet) -> NormFreeUNet:
    """One logit a pixel from the features of a denoiser; a network that gives one already is a finder.

    A finder is not told a noise level: what SEES does to the channels becomes part of the weights, and what
    it is told after that changes nothing.
    """
    if network.config["out_channels"] == 1:
        return network
    config = {name: value for name, value in network.config.items() if not name.startswith("_")}
    finder = NormFreeUNet(**{**config, "out_channels": 1})
    finder.load_state_dict({**network.state_dict(), **_state(finder.conv_out, "conv_out.")})
    embedded = finder.embed(torch.tensor([SEES]))
    for block in finder.modules():
        if isinstance(block, Block):
            block.conv_2.weight.mul_(1 + block.scale(embedded)[0][:, None, None])
            block.scale.weight.zero_()
            block.scale.bias.zero_()
    return finder


def _state(module: nn.Module, prefix: str) -> dict[str, Tensor]:
    return {prefix + name: tensor for name, tensor in module.state_dict().items()}
