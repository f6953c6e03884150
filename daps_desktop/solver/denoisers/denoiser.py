"""The only face a prior shows the solver, and the wrappers that count and constrain it."""

import time
from typing import Protocol

import torch
from torch import Tensor


class Denoiser(Protocol):
    """D(x, sigma) ≈ E[x0 | x] where x = x0 + sigma n, n ~ N(0, I)."""

    size_multiple: int
    """Sides of x must be multiples of this."""
    sigma_max: float
    """The largest noise level that it knows, infinite where it knows all; a run begins there at most."""

    def denoise(self, x: Tensor, sigma: float) -> Tensor:
        """x and the result are (B, 3, H, W) float32 in [-1, 1] units, as is sigma."""
        ...


class CountingDenoiser:
    """Counts evaluations of the whole image and the seconds spent in them."""

    def __init__(self, inner: Denoiser) -> None:
        self.inner = inner
        self.size_multiple = inner.size_multiple
        self.sigma_max = inner.sigma_max
        self.nfe = 0
        self.seconds = 0.0

    @torch.no_grad()
    def denoise(self, x: Tensor, sigma: float) -> Tensor:
        started = time.perf_counter()
        x0_hat = self.inner.denoise(x, sigma)
        synchronize(x0_hat)
        self.seconds += time.perf_counter() - started
        self.nfe += 1
        return x0_hat


def synchronize(x: Tensor) -> None:
    """Until x is computed: a graphics card is only given its orders, and carries them out asynchronously."""
    if x.is_cuda:
        torch.cuda.synchronize(x.device)
    elif x.device.type == "mps":
        torch.mps.synchronize()


def orient(x: Tensor, way: int) -> Tensor:
    """x (B, C, H, W) mirrored by bits 0 and 1 of `way`, then with rows and columns exchanged by bit 2."""
    mirrored = x.flip(_mirrored(way))
    return mirrored.mT.contiguous() if way & 4 else mirrored


def unorient(x: Tensor, way: int) -> Tensor:
    """Undoes `orient`."""
    return (x.mT if way & 4 else x).flip(_mirrored(way))


def _mirrored(way: int) -> list[int]:
    return [dim for bit, dim in ((1, -1), (2, -2)) if way & bit]


class GreyscaleDenoiser:
    """A colour prior on a grey photo: the estimate is made grey, so that no tint can grow."""

    def __init__(self, inner: Denoiser) -> None:
        self.inner = inner
        self.size_multiple = inner.size_multiple
        self.sigma_max = inner.sigma_max

    @torch.no_grad()
    def denoise(self, x: Tensor, sigma: float) -> Tensor:
        x0_hat = self.inner.denoise(x, sigma)
        return x0_hat.mean(1, keepdim=True).expand_as(x0_hat)
