"""Synthetic pictures with the statistics of photographs: to notice what a prior forgets of the rest.

Source: the dead leaves model, overlapping discs whose radii follow a power law of exponent 3, which gives the
edges and the scale invariance of natural pictures (Lee, Mumford, Huang 2001, IJCV 41).
"""

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

LEAVES = 1500
RADII = (6.0, 120.0)  # pixels
TEXTURE = 0.08  # std of the texture on a leaf, [-1, 1] units


def dead_leaves(count: int, side: int) -> Tensor:
    """(count, 3, side, side) in [-1, 1], the same each time."""
    pictures = np.stack([_picture(np.random.default_rng(seed), side) for seed in range(count)])
    return torch.from_numpy(pictures).permute(0, 3, 1, 2).float()


def _picture(rng: np.random.Generator, side: int) -> NDArray[np.float64]:
    rows, cols = np.mgrid[:side, :side]
    canvas, empty = np.zeros((side, side, 3)), np.ones((side, side), bool)
    texture = _pink(rng, side)
    for radius in _radii(rng, LEAVES):  # from the front backwards: a leaf shows where nothing lies on it
        row, col = rng.uniform(-radius, side + radius, 2)
        colour, roughness = rng.uniform(-0.9, 0.9) + rng.normal(0, 0.15, 3), rng.uniform(0, 2)
        box = _box(row, radius), _box(col, radius)
        leaf = empty[box] & ((rows[box] - row) ** 2 + (cols[box] - col) ** 2 < radius**2)
        canvas[box][leaf] = colour + TEXTURE * roughness * texture[box][leaf][:, None]
        empty[box] &= ~leaf
    return np.clip(canvas, -1, 1)


def _box(centre: float, radius: float) -> slice:
    return slice(max(0, int(centre - radius)), max(0, int(centre + radius) + 2))


def _radii(rng: np.random.Generator, count: int) -> NDArray[np.float64]:
    """Density r^-3 between the two of RADII, by inversion."""
    smallest, largest = (r**-2 for r in RADII)
    return (smallest + rng.uniform(0, 1, count) * (largest - smallest)) ** -0.5


def _pink(rng: np.random.Generator, side: int) -> NDArray[np.float64]:
    """Noise whose amplitude falls as 1 / frequency, of std 1."""
    frequency = np.hypot(np.fft.fftfreq(side)[:, None], np.fft.fftfreq(side)[None])
    frequency[0, 0] = np.inf
    noise = np.fft.ifft2(np.fft.fft2(rng.normal(size=(side, side))) / frequency).real
    return noise / noise.std()
