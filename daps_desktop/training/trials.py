"""Photos damaged on purpose, the same way each time: what was there is known, so a repair can be measured."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from daps_desktop.core.hole import Hole, draw_line
from daps_desktop.core.photo import Photo, Pixels
from daps_desktop.core.task import Scratches, Task
from daps_desktop.solver.build import damage
from daps_desktop.solver.convert import LEVELS_PER_UNIT, to_pixels, to_tensor
from daps_desktop.solver.operators import observed_from_hole

DrawHole = Callable[[int, int, np.random.Generator], Hole]

SCRATCHES_PER_MEGAPIXEL = 24
SPACING = 128  # pixels between square holes
EIGHT_BITS = np.dtype(np.uint8)
REPAIR = Task((Scratches(),))


@dataclass(frozen=True, slots=True)
class Case:
    """One kind of damage. Where noise is added all methods are told how much; `told` None: estimated."""

    family: str
    name: str
    task: Task
    noise: float = 0.0  # std in grey levels of 0-255
    told: float | None = None
    draw_hole: DrawHole | None = None


@dataclass(frozen=True, slots=True)
class Trial:
    """A photo damaged on purpose. `clean` is what it was, (H, W, 3) uint8; `y` (1, 3, h, w) what there is."""

    case: Case
    clean: NDArray[np.uint8]
    y: Tensor
    hole: Hole | None

    @property
    def photo(self) -> Photo:
        """What there is, as a file of 8 bits would hold it."""
        return Photo(to_pixels(self.y, EIGHT_BITS, 3))

    def psnr(self, result: Pixels) -> float:
        """dB, in the hole where there is one; 100 at most."""
        where = np.ones(self.clean.shape[:2], bool) if self.hole is None else self.hole
        error = result[where].astype(np.float64) - self.clean[where]
        return min(100.0, 10 * float(np.log10(255**2 / max(1e-9, np.mean(error**2)))))


def scratches(height: int, width: int, rng: np.random.Generator) -> Hole:
    """Bent scratches 40 to 200 pixels long and 2 to 5 wide, as many as the size of the photo asks for."""
    hole = np.zeros((height, width), bool)
    for _ in range(max(1, round(SCRATCHES_PER_MEGAPIXEL * height * width / 1e6))):
        point = rng.uniform(0, (height, width))
        angle, radius = rng.uniform(0, 2 * np.pi), rng.uniform(1, 2.5)
        for _ in range(4):
            angle += rng.normal(0, 0.3)
            end = point + rng.uniform(10, 50) * np.array([np.sin(angle), np.cos(angle)])
            draw_line(hole, tuple(point), tuple(end), radius, True)
            point = end
    return hole


def squares(side: int) -> DrawHole:
    """Square holes, one somewhere in every field of SPACING pixels, whole and off the border."""

    def draw(height: int, width: int, rng: np.random.Generator) -> Hole:
        hole = np.zeros((height, width), bool)
        free = min(SPACING, height, width) - side
        for top in range(0, height - side - free + 1, SPACING):
            for left in range(0, width - side - free + 1, SPACING):
                row, col = top + rng.integers(free // 4, free), left + rng.integers(free // 4, free)
                hole[row : row + side, col : col + side] = True
        return hole

    return draw


def make_trial(case: Case, pixels: NDArray[np.uint8], seed: int = 0, *, saved: bool = True) -> Trial:
    """A picture (H, W, 3) damaged, the same way for the same seed.

    `saved`: as a file of 8 bits holds it, rounded and clipped. Otherwise noise goes below black and above
    white, which is how denoisers are compared in the literature.
    """
    clean = _divisible(pixels, case.task.scale)
    height, width = clean.shape[:2]
    hole = case.draw_hole(height, width, np.random.default_rng(seed)) if case.draw_hole else None
    observed = None if hole is None else observed_from_hole(hole)
    rng = torch.Generator().manual_seed(seed)
    y = damage(case.task, to_tensor(clean), observed, case.noise / LEVELS_PER_UNIT, rng)
    return Trial(case, clean, to_tensor(to_pixels(y, EIGHT_BITS, 3)) if saved else y, hole)


def centre(pixels: NDArray[np.uint8], side: int) -> NDArray[np.uint8]:
    """The middle `side` x `side` pixels, or what there is of them."""
    top, left = (max(0, (length - side) // 2) for length in pixels.shape[:2])
    return np.ascontiguousarray(pixels[top : top + side, left : left + side])


def _divisible(pixels: NDArray[np.uint8], factor: int) -> NDArray[np.uint8]:
    height, width = (length // factor * factor for length in pixels.shape[:2])
    return pixels[:height, :width]
