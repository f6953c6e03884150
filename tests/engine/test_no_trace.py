"""Nothing of the network is seen where there is nothing to see: plain colours and slow ramps."""

from collections.abc import Iterator

import numpy as np
import pytest
from numpy.typing import NDArray

from daps_desktop.imaging.photo import Pixels
from daps_desktop.jobs.damage import Damage, Downsampling, GaussianBlur, MissingPixels, Noise
from daps_desktop.networks.catalogue import installed
from tests.engine.playing import play

BUILT_IN = [card.name for card in installed() if card.built_in]
SIDE = 96
RIM, GRID = 6, 8  # pixels: how far in the frame is looked at, and the coarsest step of the network
LARGEST = 0.5  # grey levels


def plain(*colour: int) -> Pixels:
    return np.full((SIDE, SIDE, 3), colour, np.uint8)


def sky() -> Pixels:
    """From 120 to 150 in 96 pixels, at 16 bits, where a step is no more than it should be."""
    ramp = np.linspace(120, 150, SIDE)[:, None, None] * np.array([0.8, 0.9, 1.0]) * 257
    return np.ascontiguousarray(np.broadcast_to(ramp.round(), (SIDE, SIDE, 3)).astype(np.uint16))


PICTURES = {
    "grey": plain(128, 128, 128),
    "blue": plain(60, 110, 200),
    "red": plain(200, 30, 40),
    "sky": sky(),
}


def errors(image: Pixels, prior: str) -> Iterator[tuple[str, NDArray[np.float64]]]:
    """What each task changes of a picture that has nothing to be changed, in grey levels."""
    unit = np.iinfo(image.dtype).max / 255
    tasks: dict[str, tuple[Damage, float]] = {
        "denoised": (Noise(), 6.0),  # that of a grey or toned photo is for the network sqrt(3) times as much
        "sharpened": (GaussianBlur(1.5), 2.5),
    }
    for name, (damage, noise) in tasks.items():
        yield name, (play(image, damage, noise=noise, prior=prior).pixels - image.astype(float)) / unit
    half = image[::2, ::2] if (image == image[0, 0]).all() else None
    if half is not None:
        small = np.ascontiguousarray(half)
        yield "enlarged", play(small, Downsampling(2), noise=1.0, prior=prior).pixels - image.astype(float)
    mask = np.zeros((SIDE, SIDE), bool)
    mask[:8] = mask[:, -8:] = True
    marked = np.where(mask[..., None], np.iinfo(image.dtype).max, image)
    filled = play(marked, MissingPixels(), mask=mask, prior=prior, preset="balanced").pixels
    yield "filled at the frame", (filled - image.astype(float)) / unit


@pytest.mark.parametrize("prior", BUILT_IN)
@pytest.mark.parametrize("name", PICTURES)
def test_neither_rim_nor_pattern_is_left(name: str, prior: str) -> None:
    image = PICTURES[name]
    for done, error in errors(image, prior):
        inner = error[RIM:-RIM, RIM:-RIM]
        middle = inner.mean((0, 1))
        sides = (error[:RIM], error[-RIM:], error[:, :RIM], error[:, -RIM:])
        rim = max(float(np.abs(side.mean((0, 1)) - middle).max()) for side in sides)
        whole = inner[: inner.shape[0] // GRID * GRID, : inner.shape[1] // GRID * GRID]
        blocks = whole.reshape(whole.shape[0] // GRID, GRID, whole.shape[1] // GRID, GRID, 3)
        pattern = float(np.abs(blocks.mean((0, 2)) - whole.mean((0, 1))).max())
        # A fill at the frame has the photo on one side only: a slope is continued a little too flat, in all
        # three channels alike where there is one tone.
        limit = 2.6 * LARGEST if done.startswith("filled") else LARGEST
        assert rim <= limit and pattern <= LARGEST, f"{done}: rim {rim:.2f}, pattern {pattern:.2f}"
