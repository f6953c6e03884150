"""What every runtime gives: a network as a function, and the one face under which the program sees it."""

from typing import Protocol

import torch
from torch import Tensor


class Network(Protocol):
    """F(x, level), ready to run. Raises: what `solver.tiling` takes for want of memory or a lost device."""

    name: str
    """Of the runtime, for reports: `openvino-bfloat16`."""
    device: torch.device
    """Where it takes its input and leaves its output."""
    dtype: torch.dtype
    """In which it calculates."""
    memory_mb: float
    """What its weights take."""

    def __call__(self, x: Tensor, level: Tensor) -> Tensor:
        """x (B, C, H, W), level (B,) and the result are float32 on `device`."""
        ...
