"""Bring a prior from elsewhere into the user's folder, once: checked, as safetensors, with a card.

All is written to a temporary folder, tried there and moved in one step: what fails leaves nothing behind.
"""

import json
import os
import re
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file
from torch import Tensor

from daps_desktop.base.errors import UserError
from daps_desktop.base.i18n import N_, phrase, words_of
from daps_desktop.base.os_errors import describe_os_error
from daps_desktop.networks.card import (
    CARD,
    NETWORK,
    VERSION,
    WEIGHTS,
    PriorCard,
    read_card,
    read_json,
    sha256,
    verify,
)
from daps_desktop.networks.catalogue import installed, user_folder
from daps_desktop.networks.importers import adm, drunet
from daps_desktop.networks.importers.safe_pickle import CheckpointError, read_checkpoint
from daps_desktop.networks.loader import load
from daps_desktop.networks.parameterisation import DiscreteParameterisation, Parameterisation, section_of
from daps_desktop.networks.runtime.torch_runtime import LOAD_ERRORS, require_finite
from daps_desktop.networks.schedules import LINEAR, NAMES
from daps_desktop.networks.validation import NAME, PREDICTIONS, check_network, check_schedule, read_shapes

_HIDDEN = ".import-"
_FORGOTTEN_S = 24 * 3600.0
_PICKLED = (".pt", ".pth", ".ckpt", ".bin")
WEIGHT_NAMES = (
    WEIGHTS,
    "diffusion_pytorch_model.fp16.safetensors",
    "diffusion_pytorch_model.bin",
)
_SCHEDULERS = ("DDPMScheduler", "DDIMScheduler", "PNDMScheduler")
COMPANIONS = ("README.md", "CREDITS.csv", "LICENSE", "NOTICE")
# What only cards of version 1 say: its conventions are written again.
_VERSION_1 = (
    "format", "patch", "sigma_data", "sigma_min", "sigma_max", "prediction", "schedule", "network",
    "noise_input", "range", "low_frequency_anchor",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class ImportedNetwork:
    """What will be written: the network's configuration and weights, its use, and what else the card says."""

    network: dict[str, Any]
    state: dict[str, Tensor]
    parameterisation: Parameterisation
    details: dict[str, Any]


def import_prior(
    path: str | Path, name: str | None = None, data_dir: Path | None = None, **about: str
) -> PriorCard:
    """The card of the prior made from `path`, now installed.

    `path` is a folder (this program's own, or a diffusers pipeline or UNet2DModel), or a file with the
    weights of a guided-diffusion network or a DRUNet (.safetensors, or .pt, .pth, .ckpt, .bin, of which
    nothing is run).
    `about` (licence, source) is what is known of it besides its files.
    Raises: UserError prior_unreadable, prior_damaged, prior_exists, prior_name or prior_write.
    """
    path = Path(os.path.realpath(path))
    name = unused_name(name or slug(path.name if path.is_dir() else path.stem), data_dir)
    try:
        draft = _read(path)
        require_finite(draft.state)
    except (CheckpointError, ValueError) as error:
        raise UserError("prior_unreadable", path=path, detail=words_of(error)) from error
    except OSError as error:
        raise UserError("prior_unreadable", path=path, detail=describe_os_error(error)) from error
    with _new_folder(user_folder(data_dir) / name) as folder:
        _write(replace(draft, details={**draft.details, **about}), name, folder)
        _copy_companions(path, folder)
        _try_out(path, folder)
    return read_card(user_folder(data_dir) / name)


def slug(text: str) -> str:
    """The name that a prior may have which is nearest to these words."""
    return re.sub(r"[^A-Za-z0-9._-]+", "-", text).strip("-._")[:64] or "imported"


def unused_name(name: str, data_dir: Path | None) -> str:
    if not NAME.fullmatch(name):
        raise UserError("prior_name", name=name)
    if name in {card.name for card in installed(data_dir)} or (user_folder(data_dir) / name).exists():
        raise UserError("prior_exists", name=name)
    return name


# Reading


def _read(path: Path) -> ImportedNetwork:
    path.stat()  # raises where there is nothing
    if (path / CARD).is_file():
        return _read_own(path)
    if path.is_dir():
        return _read_diffusers(path)
    return _read_lone(path)


def _read_own(folder: Path) -> ImportedNetwork:
    card = read_card(folder)
    if not verify(card):
        raise UserError("prior_damaged", name=card.name)
    details = {name: value for name, value in card.details.items() if name not in _VERSION_1}
    network = dict(card.architecture.config)
    return ImportedNetwork(network, _weights(card.weights), card.parameterisation, details)


def _read_diffusers(folder: Path) -> ImportedNetwork:
    """A pipeline (unet/ and scheduler/) or a lone model with scheduler_config.json next to it."""
    unet = folder / "unet" if (folder / "unet").is_dir() else folder
    network = read_json(unet / NETWORK)
    _require_unconditional(network)
    scheduler = _first_file(folder, ("scheduler/scheduler_config.json", "scheduler_config.json"))
    use = _read_schedule(read_json(scheduler))
    state = _migrate_attention_names(_weights(_first_file(unet, WEIGHT_NAMES)))
    return ImportedNetwork(network, state, use, _card_details(folder, _side(network)))


def _read_lone(path: Path) -> ImportedNetwork:
    state = _weights(path)
    if drunet.is_drunet(state):
        return ImportedNetwork(
            drunet.config_of(state), state, drunet.USE, _card_details(path, drunet.TRAINED_SIZE)
        )
    network, state, layout = adm.convert(state)
    use = DiscreteParameterisation.of("epsilon", LINEAR)
    return ImportedNetwork(network, state, use, _card_details(path, layout.trained_size))


def _card_details(path: Path, side: int) -> dict[str, Any]:
    return {
        "description": f"Imported from {path.name}.",
        "licence": "unknown",
        "channels": "RGB",
        "trained_patch": side,
    }


def _first_file(folder: Path, names: tuple[str, ...]) -> Path:
    for name in names:
        if (folder / name).is_file():
            return folder / name
    raise CheckpointError(N_("it holds no {names}"), names=names[0])


def _weights(path: Path) -> dict[str, Tensor]:
    ending = path.suffix.lower()
    if ending in _PICKLED and path.is_file():
        return read_checkpoint(path)
    if ending != ".safetensors":
        raise CheckpointError(N_("it is neither a folder nor a .safetensors, .pt, .pth, .ckpt or .bin file"))
    try:
        read_shapes(path)
        return load_file(path)
    except (SafetensorError, OSError, ValueError) as error:
        raise CheckpointError(
            N_("{name} is incomplete or damaged: {error}"), name=path.name, error=words_of(error)
        ) from error


def _require_unconditional(network: dict[str, Any]) -> None:
    check_network(network)
    if network.get("in_channels", 3) != 3 or network.get("out_channels", 3) not in (3, 6):
        raise CheckpointError(N_("it does not work on RGB photos alone"))
    if network.get("center_input_sample"):
        raise CheckpointError(N_("it takes colours from 0 to 1; only -1 to 1 is known here"))


def _read_schedule(scheduler: dict[str, Any]) -> Parameterisation:
    kind, prediction = scheduler.get("_class_name"), scheduler.get("prediction_type", "epsilon")
    if kind not in _SCHEDULERS:
        raise CheckpointError(
            N_("its scheduler is a {kind}; known are {schedulers}"),
            kind=kind,
            schedulers=", ".join(_SCHEDULERS),
        )
    if prediction not in PREDICTIONS:
        raise CheckpointError(
            N_("its network predicts {prediction!r}, which is not known"), prediction=prediction
        )
    schedule = LINEAR | {name: scheduler[name] for name in NAMES if name in scheduler}
    return DiscreteParameterisation.of(prediction, check_schedule(schedule))


def _side(network: dict[str, Any]) -> int:
    size = network.get("sample_size") or 256
    return min(size) if isinstance(size, list) else int(size)


def _migrate_attention_names(state: dict[str, Tensor]) -> dict[str, Tensor]:
    """Attention weights by the names they have had since 2023."""
    names = {"query": "to_q", "key": "to_k", "value": "to_v", "proj_attn": "to_out.0"}
    old = re.compile(rf"(attentions\.\d+)\.({'|'.join(names)})\.")
    return {old.sub(lambda m: f"{m[1]}.{names[m[2]]}.", key): tensor for key, tensor in state.items()}


# Writing


@contextmanager
def _new_folder(target: Path) -> Iterator[Path]:
    """A hidden folder that becomes `target` when the block ends well, and vanishes when it does not."""
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        _remove_left(target.parent)
        folder = Path(tempfile.mkdtemp(prefix=_HIDDEN, dir=target.parent))
        try:
            yield folder
            folder.rename(target)
        finally:
            shutil.rmtree(folder, ignore_errors=True)
    except OSError as error:
        raise UserError("prior_write", path=target, detail=describe_os_error(error)) from error


def _remove_left(parent: Path) -> None:
    """What an import left that a crash ended; no import takes a day."""
    for folder in parent.glob(f"{_HIDDEN}*"):
        if time.time() - folder.stat().st_mtime > _FORGOTTEN_S:
            shutil.rmtree(folder, ignore_errors=True)


def _write(draft: ImportedNetwork, name: str, folder: Path) -> None:
    write_weights(draft.state, folder / WEIGHTS)
    details = {
        **draft.details,
        "version": VERSION,
        "name": name,
        "architecture": {"class": draft.network.get("_class_name", "UNet2DModel")},
        "parameterisation": section_of(draft.parameterisation),
        "sha256": sha256(folder / WEIGHTS),
    }
    for file, value in ((NETWORK, draft.network), (CARD, details)):
        (folder / file).write_text(json.dumps(value, indent=1) + "\n", encoding="utf-8")


def write_weights(state: dict[str, Tensor], path: Path) -> None:
    """Raises: OSError, where safetensors has an error of its own."""
    try:
        save_file(state, path, metadata={"format": "pt"})
    except SafetensorError as error:
        raise OSError(str(error)) from error


def _copy_companions(path: Path, folder: Path) -> None:
    """Credits and licence travel with the weights."""
    for name in COMPANIONS:
        if (path / name).is_file():
            shutil.copyfile(path / name, folder / name)


def _try_out(path: Path, folder: Path) -> None:
    """Load it as every run will and denoise the smallest picture it takes."""
    try:
        prior = load(read_card(folder))
        x = torch.randn(
            1,
            3,
            prior.card.size_multiple,
            prior.card.size_multiple,
            generator=torch.Generator().manual_seed(0),
        )
        x0_hat = prior.denoiser.denoise(x, 1.0)
    except UserError as error:
        raise UserError("prior_unreadable", path=path, detail=error.params.get("detail", error)) from error
    except LOAD_ERRORS as error:
        raise UserError(
            "prior_unreadable",
            path=path,
            detail=phrase(N_("its first trial failed: {error}"), error=words_of(error)),
        ) from error
    if x0_hat.shape != x.shape or not torch.isfinite(x0_hat).all():
        raise UserError("prior_unreadable", path=path, detail=phrase(N_("its first trial gave no picture")))
