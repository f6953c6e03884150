"""Small pictures with edges, gradients and texture, and a network that learns on them in seconds."""

import threading
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from daps_desktop.networks.architectures.norm_free_unet import NormFreeUNet
from daps_desktop.networks.card import NetworkCard, read_card
from daps_desktop.training.loop.recipe import Recipe
from daps_desktop.training.loop.settings import Budget, RunSettings
from daps_desktop.training.prior_folder import write_prior

WIDTHS, BLOCKS = (4, 8), 1
QUICK = Recipe(batch=2, warmup_steps=1, seed=3)


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


def tiny(seed: int = 0) -> NormFreeUNet:
    torch.manual_seed(seed)
    return NormFreeUNet(WIDTHS, BLOCKS)


def finder() -> NormFreeUNet:
    torch.manual_seed(0)
    return NormFreeUNet(WIDTHS, BLOCKS, out_channels=1)


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Twenty PNG files; every fifth is held out."""
    place = tmp_path_factory.mktemp("photos")
    for seed in range(20):
        Image.fromarray(picture(seed)).save(place / f"{seed:02}.png")
    return place


@pytest.fixture
def settings(folder: Path, tmp_path: Path) -> RunSettings:
    return settings_of(folder, tmp_path / "run")


def settings_of(folder: Path, out: Path) -> RunSettings:
    """A run of six steps."""
    return RunSettings(
        photos=(str(folder),),
        out=str(out),
        widths=WIDTHS,
        blocks=BLOCKS,
        recipe=QUICK,
        budget=Budget(steps=6),
        device="cpu",
    )


@pytest.fixture(scope="session")
def start(tmp_path_factory: pytest.TempPathFactory) -> NetworkCard:
    """A prior that makes every picture lighter, so that it is easy to become better."""
    folder, network = tmp_path_factory.mktemp("start") / "tiny", tiny()
    with torch.no_grad():
        network.conv_out.bias += 0.5
    write_prior(folder, network, {"name": "tiny"}, "archive,credit\nold.tar,Ada\n")
    return read_card(folder)
