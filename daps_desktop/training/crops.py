"""Training crops drawn on the device: place, size, turn, flip and colour of each are random."""

from dataclasses import dataclass

import torch
from torch import Tensor

from daps_desktop.training.photos import PhotoBuffer

LUMA = (0.299, 0.587, 0.114)


@dataclass(frozen=True, slots=True)
class Augmentation:
    """How often, and by how much, a crop differs from the photo."""

    shrunk: float = 0.5  # part of the crops that are shrunk
    most_shrunk: float = 2.0  # by a factor between 1 and this
    grey: float = 0.1
    cast: float = 0.2  # part with a colour cast, on top of grey too: sepia
    cast_std: float = 0.08  # of the logarithm of a channel's gain


def draw_crops(
    photos: PhotoBuffer, count: int, patch: int, rng: torch.Generator, how: Augmentation | None = None
) -> Tensor:
    """(count, 3, patch, patch) float32 in [-1, 1], on the device of `photos`; nothing waits for the device.

    Every photo must be at least `patch` pixels high and wide.
    """
    how = how or Augmentation()
    device = photos.pixels.device
    index = torch.randint(len(photos), (count,), generator=rng, device=device)
    heights, widths = photos.heights[index], photos.widths[index]
    scale = _draw_scale(torch.minimum(heights, widths) / patch, rng, how)
    top = _draw_place(heights, scale * patch, rng)
    left = _draw_place(widths, scale * patch, rng)

    window = torch.arange(_window(patch, how), device=device)
    rows = torch.minimum(top[:, None] + window, heights[:, None] - 1)
    cols = torch.minimum(left[:, None] + window, widths[:, None] - 1)
    flat = photos.starts[index][:, None, None] + rows[:, :, None] * widths[:, None, None] + cols[:, None, :]
    pixels = photos.pixels[flat].permute(0, 3, 1, 2).float()  # (B, 3, window, window)

    down = _flip_some(area_matrix(scale, patch, len(window)), rng)
    across = _flip_some(area_matrix(scale, patch, len(window)), rng)
    crops = down[:, None] @ pixels @ across[:, None].mT
    crops = torch.where(_some(0.5, count, rng), crops.mT, crops)
    return _recolour(crops / 127.5 - 1, rng, how)


def area_matrix(scale: Tensor, size: int, window: int) -> Tensor:
    """(B, size, window): row i averages the interval [i, i + 1] * scale, so that 1 copies pixels exactly."""
    edges = torch.arange(size + 1, device=scale.device) * scale[:, None]
    left, right = edges[:, :-1, None], edges[:, 1:, None]
    pixel = torch.arange(window, device=scale.device)
    overlap = torch.minimum(right, pixel + 1) - torch.maximum(left, pixel)
    return overlap.clamp(min=0) / scale[:, None, None]


def _window(patch: int, how: Augmentation) -> int:
    return int(patch * how.most_shrunk + 0.999)


def _draw_scale(largest: Tensor, rng: torch.Generator, how: Augmentation) -> Tensor:
    count = len(largest)
    drawn = 1 + (how.most_shrunk - 1) * _uniform(count, rng)
    drawn = torch.where(_uniform(count, rng) < how.shrunk, drawn, 1.0)
    return torch.minimum(drawn, largest)


def _draw_place(side: Tensor, taken: Tensor, rng: torch.Generator) -> Tensor:
    """First row or column of a crop that takes `taken` pixels (not whole) of `side`."""
    places = side - taken.ceil().long().clamp(max=side) + 1
    return (_uniform(len(side), rng) * places).long().clamp(max=places - 1)


def _flip_some(matrix: Tensor, rng: torch.Generator) -> Tensor:
    return torch.where(_uniform(len(matrix), rng)[:, None, None] < 0.5, matrix.flip(1), matrix)


def _recolour(crops: Tensor, rng: torch.Generator, how: Augmentation) -> Tensor:
    count = len(crops)
    luma = torch.tensor(LUMA, device=crops.device).view(1, 3, 1, 1)
    crops = torch.where(_some(how.grey, count, rng), (crops * luma).sum(1, keepdim=True), crops)
    gain = torch.exp(how.cast_std * torch.randn(count, 3, 1, 1, generator=rng, device=crops.device))
    tinted = ((crops + 1) * gain - 1).clamp(-1, 1)
    return torch.where(_some(how.cast, count, rng), tinted, crops)


def _some(part: float, count: int, rng: torch.Generator) -> Tensor:
    return _uniform(count, rng)[:, None, None, None] < part


def _uniform(count: int, rng: torch.Generator) -> Tensor:
    return torch.rand(count, generator=rng, device=rng.device)
