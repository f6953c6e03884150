"""Typed names for the transforms of torch.fft, which carries no types of its own."""

# pyright: reportUnknownMemberType=false

from typing import cast

import torch
from torch import Tensor


def rfft2(x: Tensor, grid: tuple[int, int]) -> Tensor:
    """The half spectrum of x (..., h, w), continued by zeros up to the grid."""
    return cast(Tensor, torch.fft.rfft2(x, s=grid))


def irfft2(spectrum: Tensor, grid: tuple[int, int]) -> Tensor:
    return cast(Tensor, torch.fft.irfft2(spectrum, s=grid))


def centred_fft2(x: Tensor) -> Tensor:
    """The orthonormal spectrum of x (..., h, w), frequency 0 and pixel 0 in the middle."""
    shifted = cast(Tensor, torch.fft.ifftshift(x, dim=(-2, -1)))
    spectrum = cast(Tensor, torch.fft.fft2(shifted, norm="ortho"))
    return cast(Tensor, torch.fft.fftshift(spectrum, dim=(-2, -1)))


def fast_fft_size(side: int) -> int:
    """The smallest even number not below `side` whose prime factors are 2, 3 and 5: fast to transform."""
    size = side + side % 2
    while not _smooth(size):
        size += 2
    return size


def _smooth(number: int) -> bool:
    for factor in (2, 3, 5):
        while number % factor == 0:
            number //= factor
    return number == 1
