"""The folder of a prior or a finder: its network to go on from, and one written from what was learnt."""

import json
import os
import platform
import shutil
from pathlib import Path
from typing import Any

import torch

from daps_desktop.base.errors import UserError
from daps_desktop.base.files import write_file
from daps_desktop.base.i18n import N_, phrase
from daps_desktop.base.os_errors import describe_os_error
from daps_desktop.networks.architectures.norm_free_unet import NormFreeUNet
from daps_desktop.networks.card import (
    CARD,
    FINDER,
    VERSION,
    WEIGHTS,
    Architecture,
    PriorCard,
    is_finder,
    read_card,
    read_finder,
    sha256,
    verify,
)
from daps_desktop.networks.importers.importing import write_weights
from daps_desktop.networks.parameterisation import EdmParameterisation, section_of
from daps_desktop.networks.runtime.torch_runtime import read_module
from daps_desktop.solver.tensors import PHOTO_STD
from daps_desktop.training.loop.credits import CREDITS
from daps_desktop.training.loop.denoising import denoise
from daps_desktop.training.loop.recipe import FINDER_STAGES, SHORTEST, SIGMA_RANGE
from daps_desktop.training.loop.settings import RunSettings

CHECK = "check.safetensors"
CHECK_SIGMA, CHECK_SIDE = 0.2, 64
LICENCE = "Apache-2.0"
_PARAMETERISATION = section_of(EdmParameterisation(PHOTO_STD, *SIGMA_RANGE))


def read_network(folder: Path) -> NormFreeUNet:
    """The network of a prior of the built-in kind, or of the finder of damage, in float32.

    Raises: UserError (`prior_unreadable`, `prior_damaged`), also for a prior of another kind.
    """
    card = read_finder(folder) if is_finder(folder) else read_card(folder)
    own_use = not isinstance(card, PriorCard) or isinstance(card.parameterisation, EdmParameterisation)
    if card.architecture.name != NormFreeUNet.__name__ or not own_use:
        detail = phrase(N_("only a prior of the built-in kind can be fine-tuned"))
        raise UserError("prior_unreadable", path=folder, detail=detail)
    if not verify(card):
        raise UserError("prior_damaged", name=card.name)
    weights = read_module(card, torch.device("cpu")).state_dict()
    network: NormFreeUNet = NormFreeUNet.from_config(dict(card.architecture.config))  # pyright: ignore[reportAssignmentType]
    network.load_state_dict(weights)
    return network


def write_prior(folder: Path, network: NormFreeUNet, facts: dict[str, Any], credit: str) -> None:
    """Write the folder of a prior or a finder, its weights in half precision; `facts` go onto the card.

    A prior that is there is replaced once the new one is complete.
    Raises: UserError where the folder holds anything else, or cannot be written.
    """
    if folder.exists() and not (folder / CARD).is_file():
        raise UserError(
            "setting_value",
            name="out",
            detail=phrase(N_("{folder} is there already and holds no prior"), folder=folder),
        )
    fresh = folder.with_name(f".{folder.name}.new")
    try:
        shutil.rmtree(fresh, ignore_errors=True)
        fresh.mkdir(parents=True)
        _write(fresh, network, facts, credit)
        shutil.rmtree(folder, ignore_errors=True)
        fresh.rename(folder)
    except OSError as error:
        raise UserError("prior_write", path=folder, detail=describe_os_error(error)) from error


def _write(folder: Path, network: NormFreeUNet, facts: dict[str, Any], credit: str) -> None:
    halves = {name: w.half().cpu().contiguous() for name, w in network.state_dict().items()}
    write_weights(halves, folder / WEIGHTS)
    network.save_config(folder)
    if credit:
        (folder / CREDITS).write_text(credit, encoding="utf-8")
    hashes = {"credits": CREDITS if credit else "", "sha256": sha256(folder / WEIGHTS)}
    finds = network.config["out_channels"] == 1
    use = {"role": FINDER} if finds else {"parameterisation": _PARAMETERISATION}
    patch = {"trained_patch": FINDER_STAGES[-1][1] if finds else SHORTEST}
    card = json.dumps({**_card(network), **patch, **use, **facts, **hashes}, indent=1)
    (folder / CARD).write_text(card + "\n", encoding="utf-8")
    (folder / WEIGHTS).chmod(0o644)  # safetensors lets only the owner read it
    if not finds:
        _write_check(folder)


def _write_check(folder: Path) -> None:
    """What the network in the folder makes of a noisy ramp, so that every runtime can be held to it."""
    ramp = torch.linspace(-0.8, 0.8, CHECK_SIDE).expand(1, 3, CHECK_SIDE, -1)
    x = ramp + CHECK_SIGMA * torch.randn(ramp.shape, generator=torch.Generator().manual_seed(0))
    denoised = denoise(read_network(folder).eval(), x, CHECK_SIGMA)
    write_weights({"x": x, "sigma": torch.tensor([CHECK_SIGMA]), "denoised": denoised}, folder / CHECK)
    (folder / CHECK).chmod(0o644)


def _card(network: NormFreeUNet) -> dict[str, Any]:
    return {
        "version": VERSION,
        "architecture": {"class": NormFreeUNet.__name__},
        "side_multiple": Architecture(NormFreeUNet.__name__, network.config).size_multiple,
        "channels": "RGB",
        "licence": LICENCE,
    }


def record_measured(folder: Path, measured: dict[str, str]) -> None:
    """Say on the card of a prior what was measured of it, in place of what stood there before.

    Raises: UserError (`prior_unreadable`, `save_failed`).
    """
    details = {**read_card(folder).details, "measured": measured}
    write_file(folder / CARD, (json.dumps(details, indent=1) + "\n").encode(), overwrite=True)


def training_facts(settings: RunSettings, steps: int, seconds: float) -> dict[str, Any]:
    """What the card says of the run; of places only the names."""
    return {
        "start": Path(settings.start_from).name,
        "photos": [Path(place).name for place in settings.photos],
        "steps": steps,
        "hours": round(seconds / 3600, 2),
        "lr": settings.recipe.lr,
        "batch": settings.recipe.batch,
        "machine": describe_machine(settings.torch_device),
    }


def describe_machine(device: torch.device) -> str:
    """What a run on this device is done with, as text."""
    if device.type == "cuda":
        return torch.cuda.get_device_name()
    return f"{os.cpu_count()} processor cores ({platform.machine()})"
