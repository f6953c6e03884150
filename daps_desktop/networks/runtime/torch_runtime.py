"""Networks run by torch: on a processor, on a graphics card by CUDA, on Apple's by Metal."""

import sys
from collections.abc import Mapping
from dataclasses import dataclass

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import Tensor, nn

from daps_desktop.base.errors import UserError
from daps_desktop.base.i18n import N_, Phrase, phrase, words_of
from daps_desktop.networks.architectures.table import ENDS, build
from daps_desktop.networks.card import NetworkCard
from daps_desktop.solver.device_errors import device_lost, out_of_memory

# What torch and diffusers raise where sizes and kinds do not fit together.
LOAD_ERRORS = (
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


class TorchNetwork:
    """A module as a function of (x, level) in float32, whatever precision its weights have."""

    def __init__(self, module: nn.Module, device: torch.device, dtype: torch.dtype) -> None:
        # Channels-last is faster wherever convolutions have such kernels; Metal has none.
        self._order = torch.contiguous_format if device.type == "mps" else torch.channels_last
        self.module = module.to(memory_format=self._order).eval().requires_grad_(False)  # pyright: ignore[reportCallIssue]
        self.name = f"torch-{str(dtype).removeprefix('torch.')}"
        self._first = next(module.parameters()).dtype
        self.device = device
        self.dtype = dtype
        self.versions = {"runtime": self.name}
        self.memory_mb = sum(weight.nbytes for weight in module.parameters()) / 2**20

    @torch.no_grad()
    def __call__(self, x: Tensor, level: Tensor) -> Tensor:
        return self.module(x.to(dtype=self._first, memory_format=self._order), level).float()


@dataclass(frozen=True, slots=True)
class TorchRuntime:
    """Torch on one device in one precision."""

    device: torch.device
    dtype: torch.dtype = torch.float32

    @property
    def name(self) -> str:
        return f"torch-{str(self.dtype).removeprefix('torch.')}"

    def load(self, card: NetworkCard) -> TorchNetwork:
        """Raises: UserError prior_unreadable, or what torch raises where memory or the card fails."""
        return TorchNetwork(read_module(card, self.device, self.dtype), self.device, self.dtype)


def read_module(card: NetworkCard, device: torch.device, dtype: torch.dtype = torch.float32) -> nn.Module:
    """The network, its weights put in place directly: nothing is initialised first, nothing downloaded.

    Raises: UserError prior_unreadable, or what torch raises where it is the memory or the card that fails.
    """
    name = card.architecture.name
    try:
        state = load_file(card.weights)
        with torch.device("meta"):
            module = build(name, card.architecture.config)
        require_finite(state)
        outer = torch.float32 if name in ENDS else dtype
        # What was read is the file itself, mapped, and Windows neither removes nor replaces such a file.
        own = sys.platform == "win32"
        module.load_state_dict({k: v.to(device, outer, copy=own) for k, v in state.items()}, assign=True)
        if outer != dtype:
            _round_inside(module, ENDS[name], dtype)
        return module.to(device)
    except (SafetensorError, *LOAD_ERRORS) as error:
        if out_of_memory(error) or device_lost(error):
            raise
        raise UserError("prior_unreadable", path=card.folder, detail=_in_short(error)) from error


def _round_inside(module: nn.Module, ends: tuple[str, str], dtype: torch.dtype) -> None:
    """Have all convolutions but the first and the last calculate in `dtype`.

    Rounding the ends, or what becomes of the noise level, would cost up to 0.03 dB; it takes no time.
    """
    first, last = (module.get_submodule(name) for name in ends)
    for layer in module.modules():
        if isinstance(layer, nn.Conv2d | nn.ConvTranspose2d) and layer not in (first, last):
            layer.to(dtype)
    first.register_forward_hook(lambda _, given, out: out.to(dtype))
    last.register_forward_pre_hook(lambda _, given: (given[0].float(),))


def require_finite(state: Mapping[str, Tensor]) -> None:
    """Raises: ValueError where weights are NaN or infinite, or not of an ordinary dtype."""
    for name, tensor in state.items():
        if tensor.dtype not in _DTYPES:
            raise ValueError(
                phrase(N_("its weights {name} are of the kind {dtype}"), name=name, dtype=str(tensor.dtype))
            )
        if not torch.isfinite(tensor).all():
            raise ValueError(phrase(N_("its weights {name} are not finite numbers"), name=name))


def _in_short(error: Exception) -> Phrase | str:
    """What torch found first; its own first line only says that it found something."""
    told = words_of(error)
    if isinstance(told, Phrase):
        return told
    lines = [line.strip() for line in told.splitlines() if line.strip()]
    return lines[min(1, len(lines) - 1)][:200] if lines else type(error).__name__
