"""Checkpoint files of every kind an import may meet, good and bad; tiny networks with random weights."""

import json
import pickle
import zipfile
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import save_file
from torch import Tensor

from daps_desktop.networks.architectures.norm_free_layers import NormFreeLayers
from daps_desktop.networks.card import CARD, NETWORK, WEIGHTS, sha256

LINEAR = {
    "_class_name": "DDPMScheduler",
    "num_train_timesteps": 1000,
    "beta_schedule": "linear",
    "beta_start": 1e-4,
    "beta_end": 0.02,
    "prediction_type": "epsilon",
    "clip_sample": True,
}
EDM_CARD = {
    "version": 2,
    "architecture": {"class": "NormFreeUNet"},
    "parameterisation": {
        "kind": "edm",
        "sigma_data": 0.5,
        "sigma_min": 0.005,
        "sigma_max": 80,
        "pixel_patch": 1,
    },
    "side_multiple": 4,
    "trained_patch": 16,
    "channels": "RGB",
    "licence": "CC0",
}
TINY = {
    "_class_name": "NormFreeUNet",
    "widths": [4, 8, 8],
    "blocks": 1,
    "embedding": 8,
    "in_channels": 3,
    "out_channels": 3,
}
VERSION_1_CARD = {
    "format": "edm",
    "version": 1,
    "patch": 2,
    "sigma_data": 0.5,
    "sigma_min": 0.005,
    "sigma_max": 80,
    "trained_patch": 16,
    "channels": "RGB",
    "licence": "CC0",
    "low_frequency_anchor": {"sigma_per_pixel": 0.02, "known_mean_std": 0.03, "scales": [2, 4]},
}


class Bomb:
    """Unpickled by anything that runs what it is told, it leaves a file behind."""

    def __init__(self, witness: Path) -> None:
        self.witness = witness

    def __reduce__(self) -> tuple[Any, ...]:
        return Path.touch, (self.witness,)


def tiny_network() -> NormFreeLayers:
    """The kind of the built-in priors, with random weights."""
    torch.manual_seed(0)
    return NormFreeLayers((4, 8, 8), blocks=1, embedding=8)


def tiny_unet(channels: int = 3, out_channels: int | None = None, **changes: Any) -> Any:
    """A UNet2DModel of diffusers."""
    from diffusers.models.unets.unet_2d import UNet2DModel

    torch.manual_seed(0)
    return UNet2DModel(
        sample_size=16,
        in_channels=channels,
        out_channels=out_channels or channels,
        block_out_channels=(8, 8),
        layers_per_block=1,
        down_block_types=("DownBlock2D", "AttnDownBlock2D"),
        up_block_types=("AttnUpBlock2D", "UpBlock2D"),
        attention_head_dim=8,
        norm_num_groups=4,
        **changes,
    )


def write_json(path: Path, value: object) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(value))


def write_edm(folder: Path, name: str = "tiny", state: dict[str, Tensor] | None = None, **card: Any) -> Path:
    """This program's own layout."""
    write_json(folder / NETWORK, TINY)
    save_file(state or tiny_network().state_dict(), folder / WEIGHTS)
    write_json(folder / CARD, {**EDM_CARD, "name": name, "sha256": sha256(folder / WEIGHTS), **card})
    return folder


def write_version_1(folder: Path, name: str = "old", **card: Any) -> Path:
    """The same as it was written before architecture and parameterisation were distinguished."""
    unet = tiny_unet(channels=3 if card.get("format") == "ddpm" else 12)
    write_json(folder / NETWORK, dict(unet.config))
    save_file(unet.state_dict(), folder / WEIGHTS)
    write_json(folder / CARD, {**VERSION_1_CARD, "name": name, "sha256": sha256(folder / WEIGHTS), **card})
    return folder


def write_diffusers(
    folder: Path, scheduler: dict[str, Any] = LINEAR, pipeline: bool = True, **unet: Any
) -> Any:
    """A pipeline folder, or a lone model with its scheduler next to it."""
    network = tiny_unet(**unet)
    inner = folder / "unet" if pipeline else folder
    write_json(inner / NETWORK, {**network.config, "_class_name": "UNet2DModel"})
    save_file(network.state_dict(), inner / WEIGHTS)
    write_json(folder / ("scheduler" if pipeline else ".") / "scheduler_config.json", scheduler)
    return network


def write_pickle(path: Path, content: object) -> Path:
    """A zip checkpoint with a pickle of our own making."""
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("archive/data.pkl", pickle.dumps(content, protocol=2))
        archive.writestr("archive/version", "3")
    return path
