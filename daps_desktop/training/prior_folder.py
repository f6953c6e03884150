"""The network of a prior folder, to be taught; and the folder written from what it has learnt."""

import json
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from daps_desktop.core.errors import UserError
from daps_desktop.networks.architectures.unet_2d import UNet2DModel
from daps_desktop.networks.card import CARD, WEIGHTS, EdmParameterisation, read_card, sha256, verify
from daps_desktop.networks.importers.importing import write_weights
from daps_desktop.networks.runtime.torch_runtime import read_module
from daps_desktop.networks.validation import NAME
from daps_desktop.solver.anchor import Anchor
from daps_desktop.training.settings import Architecture

DESCRIPTION = "A small denoiser of everyday photographs: it knows texture and structure, not faces."
SIGMA_DATA = 0.5  # std of photos in [-1, 1] units, as in EDM


@dataclass(frozen=True, slots=True)
class PriorNetwork:
    """A network with what has to be known to use it; `details` is what prior.json says of it."""

    network: Any  # UNet2DModel
    pixel_patch: int
    sigma_data: float
    anchor: Anchor  # with the scales allowed at use
    details: dict[str, Any]


def new_network(architecture: Architecture) -> PriorNetwork:
    """A network with random weights, drawn from torch's global generator."""
    levels = len(architecture.widths)
    channels = 3 * architecture.pixel_patch**2
    network = UNet2DModel(
        sample_size=64,
        in_channels=channels,
        out_channels=channels,
        block_out_channels=architecture.widths,
        layers_per_block=architecture.layers,
        down_block_types=("DownBlock2D",) * levels,
        up_block_types=("UpBlock2D",) * levels,
        add_attention=architecture.attention,
        attention_head_dim=architecture.head_dim,
        norm_num_groups=16,
        resnet_time_scale_shift="scale_shift",
    )
    anchor = Anchor()
    return PriorNetwork(
        network, architecture.pixel_patch, SIGMA_DATA, anchor, _details(architecture.pixel_patch, anchor)
    )


def read_prior(folder: Path) -> PriorNetwork:
    """The network of a prior folder in float32, free to learn. Raises: UserError if it cannot serve."""
    card = read_card(folder)
    use = card.parameterisation
    if not isinstance(use, EdmParameterisation) or card.architecture.name != "UNet2DModel":
        raise UserError("prior_unreadable", path=folder, detail="only priors of the EDM kind can be taught")
    if not verify(card):
        raise UserError("prior_damaged", name=card.name)
    network: nn.Module = read_module(card, torch.device("cpu"))
    return PriorNetwork(network, use.pixel_patch, use.sigma_data, Anchor(), card.details)


def write_prior(folder: Path, prior: PriorNetwork, weights: dict[str, Tensor], facts: dict[str, Any]) -> None:
    """Write the folder with `weights` in float16; `facts` (name, steps, hours ...) go into prior.json.

    A prior that is there is replaced once the new one is complete. Raises: UserError where the folder holds
    anything else.
    """
    if folder.exists() and not (folder / CARD).is_file():
        raise UserError("setting_value", name="out", detail=f"{folder} is there already and holds no prior")
    fresh = folder.with_name(f".{folder.name}.new")
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir(parents=True)
    halves = {k: v.half().contiguous().cpu() for k, v in weights.items()}
    write_weights(halves, fresh / WEIGHTS)
    (fresh / WEIGHTS).chmod(0o644)  # safetensors lets only the owner read it
    prior.network.save_config(fresh)
    card = {**prior.details, **facts, "dtype": "float16", "sha256": sha256(fresh / WEIGHTS)}
    (fresh / CARD).write_text(json.dumps(card, indent=1), encoding="utf-8")
    shutil.rmtree(folder, ignore_errors=True)
    fresh.rename(folder)


def valid_name(name: str) -> str:
    """`name` if it can be that of a prior. Raises: UserError."""
    if not NAME.fullmatch(name):
        detail = f"{name!r} may hold letters, digits, '-', '_' and '.' only"
        raise UserError("setting_value", name="name", detail=detail)
    return name


def _details(pixel_patch: int, anchor: Anchor) -> dict[str, Any]:
    return {
        "format": "edm",
        "version": 1,
        "description": DESCRIPTION,
        "network": "diffusers.UNet2DModel",
        "patch": pixel_patch,
        "sigma_data": SIGMA_DATA,
        "noise_input": "log(sigma) / 4",
        "range": [-1, 1],
        "channels": "RGB",
        "sigma_min": 0.005,
        "sigma_max": 80,
        "low_frequency_anchor": {
            "sigma_per_pixel": anchor.sigma_per_pixel,
            "scales": list(anchor.scales),
            "scales_allowed_at_use": list(anchor.scales),
            "known_mean_std": anchor.known_mean_std,
            "gaussian_truncated_at": 3,
            "border": "reflect",
        },
        "licence": "Apache-2.0",
    }
