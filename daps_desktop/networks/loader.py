"""From a card to what is ready to run: verify, choose what runs it, load. Never touches the network."""

from dataclasses import dataclass
from functools import lru_cache

import torch

from daps_desktop.base.errors import UserError
from daps_desktop.jobs.settings import Device, SolverSettings
from daps_desktop.networks import catalogue
from daps_desktop.networks.card import NetworkCard, PriorCard, verify
from daps_desktop.networks.denoisers import NetworkDenoiser
from daps_desktop.networks.finder import DamageFinder
from daps_desktop.networks.runtime.choice import load_network
from daps_desktop.networks.runtime.devices import choose_device
from daps_desktop.networks.runtime.network import Network, Runtime
from daps_desktop.networks.runtime.torch_runtime import TorchRuntime

PLAIN = TorchRuntime(torch.device("cpu"))
"""Torch in float32 on the processor: what everything else is compared with."""


@dataclass(frozen=True, slots=True)
class Prior:
    """A loaded prior."""

    card: PriorCard
    denoiser: NetworkDenoiser
    network: Network


def open_prior(settings: SolverSettings) -> Prior:
    """The prior that the settings ask for, on the device they ask for.

    Raises: UserError device_missing, prior_missing, and as `load_cached`.
    """
    device = choose_device(settings.device)
    return load_cached(catalogue.find(prior_name(settings)), device, graphics=settings.device == "auto")


def prior_name(settings: SolverSettings) -> str:
    """Name or folder of the prior that the settings ask for. Raises: UserError device_missing."""
    if settings.prior != "auto":
        return settings.prior
    return catalogue.default_prior(choose_device(settings.device).type, settings.preset)


def load_cached(card: PriorCard, device: torch.device, graphics: bool = False) -> Prior:
    """The prior of that card, run by what is fastest here; see `choice.load_network`.

    The last one asked for stays in memory: one job after another asks for the same. Raises: as `load`.
    """
    _require_intact(card)
    return _load_cached(card, device, graphics)


@lru_cache(maxsize=1)
def _load_cached(card: PriorCard, device: torch.device, graphics: bool) -> Prior:
    return _prior(card, load_network(card, device, graphics))


def open_finder(device: Device = "auto") -> DamageFinder:
    """What looks for damage, on the device asked for, run by what is fastest there.

    Raises: UserError device_missing, finder_damaged where its files are not as they came; what torch raises
    where it is the memory or the card that fails.
    """
    chosen = choose_device(device)
    try:
        card = catalogue.damage_finder()
        _require_intact(card)
        return _load_finder(card, chosen, device == "auto")
    except UserError as error:
        raise UserError("finder_damaged") from error


@lru_cache(maxsize=1)
def _load_finder(card: NetworkCard, device: torch.device, graphics: bool) -> DamageFinder:
    return DamageFinder(load_network(card, device, graphics), card.size_multiple)


def load(card: PriorCard, runtime: Runtime = PLAIN) -> Prior:
    """The prior of that card, run as is said.

    Raises: UserError prior_damaged where the checksum differs, prior_unreadable where the files do not fit;
    what torch raises where it is the memory or the card that fails.
    """
    _require_intact(card)
    return _prior(card, runtime.load(card))


def _require_intact(card: NetworkCard) -> None:
    if not verify(card):
        raise UserError("prior_damaged", name=card.name)


def _prior(card: PriorCard, network: Network) -> Prior:
    return Prior(card, NetworkDenoiser(network, card.parameterisation, card.size_multiple), network)
