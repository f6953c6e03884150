"""Networks F(x, level), x (B, C, H, W) and level (B,), by the name of their class.

Imported only when one is built: diffusers, which one of them needs, takes more than a second.
"""

from collections.abc import Mapping
from typing import Any, cast

from torch import nn


def build(name: str, config: Mapping[str, Any]) -> nn.Module:
    """The network of that name and configuration; `config` may hold more than it takes.

    Raises: LookupError for an unknown name, and what torch raises where the sizes do not go together.
    """
    return _BUILDERS[name](config)


def _norm_free_unet(config: Mapping[str, Any]) -> nn.Module:
    from daps_desktop.networks.architectures.norm_free_layers import NormFreeLayers

    return NormFreeLayers(**_only(config, "widths", "blocks", "embedding", "in_channels", "out_channels"))


def _drunet(config: Mapping[str, Any]) -> nn.Module:
    from daps_desktop.networks.architectures.drunet import DRUNet

    return DRUNet(**_only(config, "widths", "blocks", "in_channels", "out_channels"))


def _unet_2d(config: Mapping[str, Any]) -> nn.Module:
    from daps_desktop.networks.architectures.unet_2d import UNet2DModel

    return cast(nn.Module, UNet2DModel.from_config(dict(config)))


def _only(config: Mapping[str, Any], *names: str) -> dict[str, Any]:
    return {name: config[name] for name in names if name in config}


# By the name that `_class_name` of a configuration gives; `validation.py` checks it before it is built.
_BUILDERS = {"NormFreeUNet": _norm_free_unet, "DRUNet": _drunet, "UNet2DModel": _unet_2d}
# The first and the last layer of networks that are convolutions and little else: both stay float32 where the
# rest is bfloat16. Only these networks are quick enough for runtimes to be tried against each other.
ENDS = {"NormFreeUNet": ("conv_in", "conv_out"), "DRUNet": ("m_head", "m_tail")}
