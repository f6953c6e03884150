"""Small pictures with edges, gradients and texture, and a network that learns on them in seconds."""

import threading
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from daps_desktop.training.photos import PhotoBuffer
from daps_desktop.training.settings import Architecture, Budget, Recipe, RunSettings

TINY = Architecture(widths=(16, 32), layers=1, pixel_patch=2, attention=False)


class StopAfter(threading.Event):
    """Set from the moment it has been asked `steps` times."""

    def __init__(self, steps: int) -> None:
        super().__init__()
        self.left = steps

    def is_set(self) -> bool:
        self.left -= 1
        return self.left < 0


def picture(seed: int, height: int = 264, width: int = 280) -> np.ndarray:
    """(H, W, 3) uint8: a sloping background with discs."""
    rng = np.random.default_rng(seed)
    rows, cols = np.mgrid[:height, :width] / max(height, width)
    slope = rng.uniform(-80, 80, (2, 3))
    pixels = 128 + rows[..., None] * slope[0] + cols[..., None] * slope[1]
    for _ in range(12):
        row, col, radius = rng.uniform(0, 1), rng.uniform(0, 1), rng.uniform(0.03, 0.15)
        pixels[(rows - row) ** 2 + (cols - col) ** 2 < radius**2] = rng.uniform(0, 255, 3)
    return np.clip(pixels, 0, 255).astype(np.uint8)


def buffer_of(*pictures: np.ndarray) -> PhotoBuffer:
    sizes = [p.shape[:2] for p in pictures]
    ends = np.cumsum([h * w for h, w in sizes])
    heights, widths = torch.tensor(sizes).unbind(1)
    pixels = torch.from_numpy(np.concatenate([p.reshape(-1, 3) for p in pictures]))
    return PhotoBuffer(pixels, torch.tensor([0, *ends[:-1]]), heights, widths)


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Twenty PNG files: the first is kept for validation."""
    place = tmp_path_factory.mktemp("photos")
    for seed in range(20):
        Image.fromarray(picture(seed)).save(place / f"{seed:02}.png")
    return place


@pytest.fixture
def settings(folder: Path, tmp_path: Path) -> RunSettings:
    return settings_of(folder, tmp_path / "run")


def settings_of(folder: Path, out: Path) -> RunSettings:
    """A run of six steps; the last two on larger patches."""
    return RunSettings(
        photos=(str(folder),),
        out=str(out),
        architecture=TINY,
        recipe=Recipe(batch=2, patch=32, late_patch=48, warmup_steps=2, seed=3),
        budget=Budget(steps=6),
        device="cpu",
        log_every_s=0.0,
    )
