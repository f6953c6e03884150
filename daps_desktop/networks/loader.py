"""From a card to a denoiser ready to run: verify, build, load. Never touches the network."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, cast

import torch
from diffusers.models.unets.unet_2d import UNet2DModel
from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import Tensor

from daps_desktop.core.errors import UserError
from daps_desktop.networks.catalogue import CARD, PriorCard, verify
from daps_desktop.networks.denoisers import DDPMDenoiser, EDMDenoiser, Network, schedule_sigmas
from daps_desktop.solver.anchor import Anchor
from daps_desktop.solver.denoiser import Denoiser
from daps_desktop.solver.tiling import device_lost, out_of_memory

# What torch and diffusers raise where sizes and kinds do not fit together.
MISFITS = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    LookupError,
    MemoryError,
    RuntimeError,
    TypeError,
    ValueError,
)
_DTYPES = (torch.float16, torch.bfloat16, torch.float32, torch.float64, torch.int32, torch.int64)


@dataclass(frozen=True, slots=True)
class Prior:
    """A loaded prior. The anchor is not part of `denoiser`: it belongs on the whole photo, after tiling."""

    card: PriorCard
    denoiser: Denoiser
    anchor: Anchor | None
    network: Network


def load(card: PriorCard, device: str | torch.device = "cpu", dtype: torch.dtype = torch.float32) -> Prior:
    """The prior of that card, its network on `device` in `dtype`; the denoiser takes and gives float32.

    Raises: UserError prior_damaged where the checksum differs, prior_unreadable where the files do not fit.
    """
    if not verify(card):
        raise UserError("prior_damaged", name=card.name)
    device = torch.device(device)
    network = Network(_build(card, device, dtype), device, dtype)
    try:
        return Prior(card, _denoiser(card, network), _anchor(card), network)
    except MISFITS as error:
        raise UserError("prior_unreadable", path=card.folder, detail=f"{CARD}: {error}") from error


def keep(card: PriorCard, device: torch.device, dtype: torch.dtype) -> Prior:
    """As `load`, but the last prior asked for stays in memory: one job after another asks for the same.

    Raises: as `load`.
    """
    if not verify(card):
        raise UserError("prior_damaged", name=card.name)
    return _kept(card, device, dtype)


_kept = lru_cache(maxsize=1)(load)


def _build(card: PriorCard, device: torch.device, dtype: torch.dtype) -> UNet2DModel:
    """The network, its weights put in place directly: nothing is initialised first, nothing downloaded.

    Raises: UserError prior_unreadable, or what torch raises where it is the memory or the card that fails.
    """
    try:
        state = load_file(card.weights)
        with torch.device("meta"):
            unet = cast(UNet2DModel, UNet2DModel.from_config(card.network()))
        require_finite(state)
        unet.load_state_dict({k: v.to(device, dtype) for k, v in state.items()}, assign=True)
    except (SafetensorError, *MISFITS) as error:
        if out_of_memory(error) or device_lost(error):
            raise
        raise UserError("prior_unreadable", path=card.folder, detail=_in_short(error)) from error
    return unet


def require_finite(state: Mapping[str, Tensor]) -> None:
    """Raises: ValueError where weights are NaN or infinite, or no plain numbers."""
    for name, tensor in state.items():
        if tensor.dtype not in _DTYPES:
            raise ValueError(f"its weights {name} are of the kind {tensor.dtype}")
        if not torch.isfinite(tensor).all():
            raise ValueError(f"its weights {name} are not finite numbers")


def _in_short(error: Exception) -> str:
    """What torch found first; its own first line only says that it found something."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return lines[min(1, len(lines) - 1)][:200] if lines else type(error).__name__


def _denoiser(card: PriorCard, network: Network) -> Denoiser:
    details = card.details
    if card.format == "ddpm":
        return DDPMDenoiser(
            network,
            sigmas=schedule_sigmas(details["schedule"]),
            prediction=details["prediction"],
            multiple=card.multiple,
        )
    return EDMDenoiser(
        network,
        patch=details["patch"],
        sigma_data=details["sigma_data"],
        sigma_range=(details["sigma_min"], details["sigma_max"]),
        multiple=card.multiple,
    )


def _anchor(card: PriorCard) -> Anchor | None:
    values: dict[str, Any] | None = card.details.get("low_frequency_anchor")
    if values is None:
        return None
    scales = values.get("scales_allowed_at_use", values["scales"])
    return Anchor(values["sigma_per_pixel"], values["known_mean_std"], tuple(scales))
