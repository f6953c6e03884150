"""Which runtime runs a network on this machine: the one that was fastest in a short trial here.

The trial takes a second or two, once; what came of it is remembered with the versions and the processor it
holds for, so that the same seed gives the same picture from then on.
"""

import json
import logging
import math
import os
import platform
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load_file
from torch import Tensor

from daps_desktop.base.errors import UserError
from daps_desktop.base.files import write_file
from daps_desktop.base.i18n import tr
from daps_desktop.base.paths import cache_folder, make_private
from daps_desktop.networks.architectures.table import ENDS
from daps_desktop.networks.card import NetworkCard, PriorCard
from daps_desktop.networks.denoisers import NetworkDenoiser
from daps_desktop.networks.runtime.devices import has_fast_bfloat16
from daps_desktop.networks.runtime.network import Network, Runtime
from daps_desktop.networks.runtime.openvino_library import import_openvino
from daps_desktop.networks.runtime.openvino_runtime import OpenVinoRuntime
from daps_desktop.networks.runtime.torch_runtime import TorchRuntime
from daps_desktop.networks.validation import read_object

RUNTIME_VARIABLE = "DAPS_DESKTOP_RUNTIME"
CHECK = "check.safetensors"  # x, sigma and what a prior made of them in float32, where it has that with it

# RMS difference to float32, in units of sigma: at noise 25 of 255, where priors of this kind come within 0.26
# sigma of the photo, it costs (0.017 / 0.26)^2 of the error, 0.02 dB. Of a damage finder, in probability.
AGREEMENT = 0.017
_SIGMA = 0.2
_SIDE = 192  # pixels of the picture on trial
_TRIALS, _MAX_S = 4, 0.4  # for each candidate
# What a runtime raises that is not there, or cannot run this network.
_UNABLE = (ImportError, NotImplementedError, RuntimeError, MemoryError)

_log = logging.getLogger(__name__)


def load_network(card: NetworkCard, device: torch.device, graphics: bool = False) -> Network:
    """The network on that device by what runs it fastest, or by what $DAPS_DESKTOP_RUNTIME names.

    `graphics`: a graphics chip that only OpenVINO knows may be used for "cpu". What OpenVINO cannot run is
    run by torch, with a word in the log.
    Raises: UserError prior_unreadable; what torch raises where memory or the card fails.
    """
    runtimes = candidates(card, device, graphics)
    runtime = _named(runtimes) or _remembered(card, runtimes) or _tried(card, runtimes)
    try:
        return runtime.load(card)
    except _UNABLE as error:
        if isinstance(runtime, TorchRuntime):
            raise
        _say_unable(runtime, error)
        return runtimes[0].load(card)


def candidates(card: NetworkCard, device: torch.device, graphics: bool = False) -> list[Runtime]:
    """What could run it, torch in float32 first."""
    return [runtime for offer in RUNTIMES for runtime in offer(card, device, graphics)]


def _torch(card: NetworkCard, device: torch.device, _graphics: bool) -> list[Runtime]:
    plain, rounded = TorchRuntime(device), TorchRuntime(device, torch.bfloat16)
    worth_it = has_fast_bfloat16(device) and (card.architecture.name in ENDS or device.type == "cuda")
    return [plain, rounded] if worth_it else [plain]


def _openvino(card: NetworkCard, device: torch.device, graphics: bool) -> list[Runtime]:
    if device.type != "cpu" or card.architecture.name not in ENDS:
        return []
    threads = torch.get_num_threads()
    try:
        core = import_openvino().Core()
        able: Sequence[str] = core.get_property("CPU", "OPTIMIZATION_CAPABILITIES")
        places: Sequence[str] = core.available_devices
    except _UNABLE as error:
        _log.warning(tr("OpenVINO cannot be used here ({detail}); torch does its work.").format(detail=error))
        return []
    found: list[Runtime] = [OpenVinoRuntime("CPU", torch.float32, threads)]
    if "BF16" in able:
        found.append(OpenVinoRuntime("CPU", torch.bfloat16, threads))
    if graphics and any(place.startswith("GPU") for place in places):
        found.append(OpenVinoRuntime("GPU", torch.float16, threads))
    return found


Offer = Callable[[NetworkCard, torch.device, bool], list[Runtime]]
"""(card, device, whether a graphics chip may be used for "cpu") to what could run that network there."""

RUNTIMES: list[Offer] = [_torch, _openvino]


def _named(runtimes: Sequence[Runtime]) -> Runtime | None:
    """What the environment asks for, `torch` meaning torch in float32."""
    name = os.environ.get(RUNTIME_VARIABLE, "")
    if name in ("", "torch"):
        return runtimes[0] if name else None
    found = next((runtime for runtime in runtimes if runtime.name == name), None)
    if found is None:
        words = tr(
            "{variable} is {name}, which cannot run this prior here; torch does it. Known are: {known}."
        )
        known = ", ".join(runtime.name for runtime in runtimes)
        _log.warning(words.format(variable=RUNTIME_VARIABLE, name=name, known=known))
        return runtimes[0]
    return found


# The memory


def _remembered(card: NetworkCard, runtimes: Sequence[Runtime]) -> Runtime | None:
    if len(runtimes) == 1:
        return runtimes[0]
    name = _read_choices().get(_key(card, runtimes))
    return next((runtime for runtime in runtimes if runtime.name == name), None)


def _read_choices() -> dict[str, Any]:
    try:
        return read_object(_place())
    except (OSError, ValueError):  # none yet, or damaged: it is tried again
        return {}


def _remember(card: NetworkCard, runtimes: Sequence[Runtime], chosen: Runtime) -> None:
    choices = {**_read_choices(), _key(card, runtimes): chosen.name}
    try:
        make_private(_place().parent)
        write_file(_place(), json.dumps(choices, indent=1).encode(), overwrite=True, private=True)
    except (OSError, UserError) as error:
        words = tr("Which way of computing is fastest cannot be noted ({detail}); each start tries again.")
        _log.warning(words.format(detail=error))


def _place() -> Path:
    return cache_folder() / "runtimes.json"


def _key(card: NetworkCard, runtimes: Sequence[Runtime]) -> str:
    """What the choice depends on."""
    names = ", ".join(runtime.name for runtime in runtimes)
    libraries = ", ".join(f"{name} {_version(name)}" for name in ("torch", "openvino"))
    return (
        f"{card.architecture.name}; {_processor()}, {torch.get_num_threads()} threads; {libraries}; {names}"
    )


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "none"


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    names = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(names, platform.machine())


# The trial


@dataclass(frozen=True, slots=True)
class _Check:
    """A noisy picture with what float32 makes of it, as `_evaluated` gives it."""

    x: Tensor
    sigma: float
    expected: Tensor


def _tried(card: NetworkCard, runtimes: Sequence[Runtime]) -> Runtime:
    """The fastest that agrees with float32; remembered."""
    if card.architecture.name not in ENDS:
        return runtimes[-1]  # bfloat16 where the card is made for it
    check = _check(card, runtimes[0])
    seconds = {runtime: _seconds(card, runtime, check) for runtime in runtimes}
    chosen = min(runtimes, key=lambda runtime: seconds[runtime])  # torch in float32 where none will do
    _log.info("%s", {runtime.name: f"{1000 * took:.0f} ms" for runtime, took in seconds.items()})
    _remember(card, runtimes, chosen)
    return chosen


def _check(card: NetworkCard, reference: Runtime) -> _Check:
    if card.built_in:
        stored = load_file(card.folder / CHECK)
        sigma = float(stored["sigma"])
        return _Check(stored["x"], sigma, stored["denoised"] / sigma)
    ramp = torch.linspace(-0.8, 0.8, 64)
    noise = torch.randn(1, 3, 64, 64, generator=torch.Generator().manual_seed(0))
    x, network = ramp[:, None] * ramp + _SIGMA * noise, reference.load(card)
    return _Check(x, _SIGMA, _evaluated(card, network, x, _SIGMA))


def _evaluated(card: NetworkCard, network: Network, x: Tensor, sigma: float) -> Tensor:
    """What comes of the network on its device: the denoised picture in units of sigma, or a probability."""
    x = x.to(network.device)
    if isinstance(card, PriorCard):
        denoiser = NetworkDenoiser(network, card.parameterisation, card.size_multiple)
        return denoiser.denoise(x, sigma).cpu() / sigma
    return network(x, x.new_zeros(len(x))).sigmoid().cpu()


def _seconds(card: NetworkCard, runtime: Runtime, check: _Check) -> float:
    """Of one evaluation of a small picture; infinite where it fails or does not agree with the check."""
    if isinstance(runtime, OpenVinoRuntime):
        runtime = replace(runtime, keeps=False)
    try:
        network = runtime.load(card)
        off = _evaluated(card, network, check.x, check.sigma) - check.expected
        if not (rms := float(off.square().mean().sqrt())) < AGREEMENT:
            _log.info("%s is off by %.3f", runtime.name, rms)
            return math.inf
        return _timed(card, network)
    except _UNABLE as error:
        _say_unable(runtime, error)
        return math.inf


def _timed(card: NetworkCard, network: Network) -> float:
    x = torch.zeros(1, 3, _SIDE, _SIDE)
    until = time.perf_counter() + _MAX_S
    best = math.inf
    for trial in range(_TRIALS):
        started = time.perf_counter()
        _evaluated(card, network, x, _SIGMA)  # waits for a graphics card
        if trial:  # the first prepares
            best = min(best, time.perf_counter() - started)
        if trial and time.perf_counter() > until:
            break
    return best


def _say_unable(runtime: Runtime, error: Exception) -> None:
    detail = str(error).strip().partition("\n")[0] or type(error).__name__
    words = tr("{name} cannot run this prior here ({detail}); another way of computing is used.")
    _log.warning(words.format(name=runtime.name, detail=detail))
