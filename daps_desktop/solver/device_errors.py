"""Errors that mean a lack of memory or the loss of the device, told from others."""

import torch

# What the allocators of processors (Windows; others) and of Metal say: they have no exception of their own.
_NO_MEMORY = ("not enough memory", "can't allocate memory", "out of memory", "STATUS_ALLOC_FAILED")
_LOST = ("CUDA error", "HIP error", "cuDNN error", "CUBLAS_STATUS")


def out_of_memory(error: Exception) -> bool:
    """Whether an error is a lack of memory, on whatever device."""
    if isinstance(error, MemoryError | torch.OutOfMemoryError):
        return True
    return isinstance(error, RuntimeError) and any(words in str(error) for words in _NO_MEMORY)


def device_lost(error: Exception) -> bool:
    """Whether a graphics card failed: it was taken away, reset, or a kernel broke. Nothing in this process
    can be computed on it any more."""
    return isinstance(error, RuntimeError) and any(words in str(error) for words in _LOST)
