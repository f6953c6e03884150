"""A trained network inside a wider one that computes the same, and has room to learn more."""

from operator import ge

import torch

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
