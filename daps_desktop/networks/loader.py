"""From a card to a denoiser ready to run: verify, choose what runs it, load. Never touches the network."""

from dataclasses import dataclass
from functools import lru_cache

import torch

from daps_desktop.core.errors import UserError
from daps_desktop.core.settings import SolverSettings
from daps_desktop.networks import catalogue
from daps_desktop.networks.card import PriorCard, verify
from daps_desktop.networks.denoisers import NetworkDenoiser
from daps_desktop.networks.runtime.devices import choose_device, network_dtype
from daps_desktop.networks.runtime.network import Network
from daps_desktop.networks.runtime.torch_runtime import TorchRuntime


@dataclass(frozen=True, slots=True)
class Prior:
    """A loaded prior."""

    card: PriorCard
    denoiser: NetworkDenoiser
    network: Network


def open_prior(settings: SolverSettings) -> Prior:
    """The prior that the settings ask for, on the device they ask for.

    Raises: UserError device_missing, prior_missing, and as `keep`.
    """
    device = choose_device(settings.device)
    name = settings.prior
    if name == "auto":
        name = catalogue.default_prior(device.type, settings.preset)
    return keep(catalogue.find(name), TorchRuntime(device, network_dtype(device)))


def keep(card: PriorCard, runtime: TorchRuntime) -> Prior:
    """As `load`, but the last prior asked for stays in memory: one job after another asks for the same.

    Raises: as `load`.
    """
    if not verify(card):
        raise UserError("prior_damaged", name=card.name)
    return _kept(card, runtime)


def load(card: PriorCard, runtime: TorchRuntime | None = None) -> Prior:
    """The prior of that card; the denoiser takes and gives float32.

    Raises: UserError prior_damaged where the checksum differs, prior_unreadable where the files do not fit.
    """
    if not verify(card):
        raise UserError("prior_damaged", name=card.name)
    network = (runtime or TorchRuntime(torch.device("cpu"))).load(card)
    return Prior(card, NetworkDenoiser(network, card.parameterisation, card.multiple), network)


_kept = lru_cache(maxsize=1)(load)
