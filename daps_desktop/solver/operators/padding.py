"""Borders: what lies outside of a picture, mirrored, and how it is cut off again."""

import torch
from torch import Tensor


def pad_reflect(x: Tensor, pad: int) -> Tensor:
    """x with `pad` mirrored pixels on each side (edge not repeated), also where pad exceeds the side."""
    if pad == 0:
        return x
    height, width = x.shape[-2:]
    rows = mirrored(-pad, height + pad, height, x.device)
    return x.index_select(-2, rows).index_select(-1, mirrored(-pad, width + pad, width, x.device))


def mirrored(start: int, stop: int, side: int, device: torch.device) -> Tensor:
    """The index of each place from `start` to `stop`, mirrored into 0..side - 1, the edge not repeated."""
    period = max(2 * (side - 1), 1)
    index = torch.arange(start, stop, device=device) % period
    return torch.minimum(index, period - index) if side > 1 else torch.zeros_like(index)


def crop(x: Tensor, pad: int) -> Tensor:
    """x without its outer `pad` pixels."""
    return x[..., pad : x.shape[-2] - pad, pad : x.shape[-1] - pad]
