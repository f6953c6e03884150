"""Which device runs the network, and what memory it and this computer have."""

import sys
from pathlib import Path

import psutil
import torch

from daps_desktop.base.errors import UserError
from daps_desktop.jobs.settings import Device
from daps_desktop.networks.runtime import memory_limits


def choose_device(wanted: Device) -> torch.device:
    """The device asked for; auto prefers CUDA, then MPS, then the CPU. Raises: UserError device_missing."""
    available = {"cuda": torch.cuda.is_available(), "mps": torch.backends.mps.is_available(), "cpu": True}
    if wanted == "auto":
        return torch.device(next(name for name, there in available.items() if there))
    if not available[wanted]:
        raise UserError("device_missing", device=wanted)
    return torch.device(wanted)


def has_fast_bfloat16(device: torch.device) -> bool:
    """False where bfloat16 is only imitated, ten times slower than float32."""
    if device.type == "cuda":
        return torch.cuda.is_bf16_supported(including_emulation=False)
    return device.type == "cpu" and (
        torch.cpu._is_avx512_bf16_supported() or torch.cpu._is_amx_tile_supported()
    )


def tiles_per_call(device: torch.device) -> int:
    """Tiles in one network call: a processor gains nothing from more than one, a graphics card does."""
    return 1 if device.type == "cpu" else 8


def available_memory_mb(device: torch.device) -> float:
    """Of the graphics card, or of this computer as far as this process may take it."""
    if device.type == "cuda":
        return torch.cuda.mem_get_info(device)[0] / 2**20
    return min(psutil.virtual_memory().available / 2**20, memory_limits.available_mb())


def peak_memory_mb(device: torch.device) -> float:
    """The most that this process has held so far, on the graphics card where one is used."""
    if device.type == "cuda":
        return torch.cuda.max_memory_allocated(device) / 2**20
    if sys.platform == "linux":
        # Not ru_maxrss, which begins at what the parent process held; some sandboxes report nothing else.
        status = Path("/proc/self/status").read_text(encoding="utf-8", errors="replace")
        if "VmHWM:" in status:
            return int(status.split("VmHWM:")[1].split()[0]) / 2**10
    if sys.platform == "win32":
        return psutil.Process().memory_info().peak_wset / 2**20
    import resource  # not there on Windows

    unit = 1 if sys.platform == "darwin" else 1024  # bytes
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / 2**20
