"""What every runtime gives: a network as a function, and the one face under which the program sees it."""

from typing import Protocol

import torch
from torch import Tensor

from daps_desktop.networks.card import NetworkCard


class Network(Protocol):
    """F(x, level), ready to run. Raises: what `solver.device_errors` takes for no memory or a lost device."""

    name: str
    """Of the runtime, for reports: `openvino-bfloat16`."""
    device: torch.device
    """Where it takes its input and leaves its output."""
    dtype: torch.dtype
    """In which it calculates."""
    memory_mb: float
    """What its weights take."""
    versions: dict[str, str]
    """Of what gave this answer, besides torch: another runtime rounds another way."""

    def __call__(self, x: Tensor, level: Tensor) -> Tensor:
        """x (B, C, H, W), level (B,) and the result are float32 on `device`."""
        ...


class Runtime(Protocol):
    """A way to run networks: a library on a device in a precision."""

    @property
    def name(self) -> str: ...

    def load(self, card: NetworkCard) -> Network:
        """Raises: UserError prior_unreadable; what the library raises where it cannot run the network."""
        ...
