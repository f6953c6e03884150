"""The damage that is measured, and photographs damaged that way."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from daps_desktop.core.hole import Hole, draw_line
from daps_desktop.core.photo import Photo, Pixels
from daps_desktop.core.task import Blur, Motion, Noise, Scratches, Small, Task
from daps_desktop.solver.build import damage
from daps_desktop.solver.convert import LEVELS_PER_UNIT, to_pixels, to_tensor
from daps_desktop.solver.operators import observed_from_hole
from tests.benchmarks.pictures import Picture

DrawHole = Callable[[int, int, np.random.Generator], Hole]

SCRATCHES_PER_MEGAPIXEL = 24
SPACING = 128  # pixels between square holes


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
    """A photo damaged on purpose; `clean` is what it was, (H, W, 3) uint8."""

    case: Case
    clean: NDArray[np.uint8]
    photo: Photo
    hole: Hole | None

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


REPAIR = Task((Scratches(),))

CASES = (
    Case("holes", "scratches", REPAIR, draw_hole=scratches),
    Case("holes", "holes 16", REPAIR, draw_hole=squares(16)),
    Case("holes", "holes 32", REPAIR, draw_hole=squares(32)),
    Case("small", "small x2", Task((Small(2),)), told=0.0),
    Case("small", "small x4", Task((Small(4),)), told=0.0),
    *(Case("noise", f"noise {n}", Task((Noise(),)), n, n) for n in (15, 25, 50)),
    Case("blur", "blur 2", Task((Blur(2.0),)), 2.0, 2.0),
    Case("blur", "motion 9", Task((Motion(9.0, 30.0),)), 2.0, 2.0),
)


def make_trial(case: Case, picture: Picture, seed: int = 0) -> Trial:
    """The picture damaged; the same for the same seed."""
    clean = _divisible(picture.pixels, case.task.scale)
    height, width = clean.shape[:2]
    hole = case.draw_hole(height, width, np.random.default_rng(seed)) if case.draw_hole else None
    observed = None if hole is None else observed_from_hole(hole)
    rng = torch.Generator().manual_seed(seed)
    y = damage(case.task, to_tensor(clean), observed, case.noise / LEVELS_PER_UNIT, rng)
    return Trial(case, clean, Photo(to_pixels(y, np.dtype(np.uint8), 3)), hole)


def _divisible(pixels: NDArray[np.uint8], factor: int) -> NDArray[np.uint8]:
    height, width = (length // factor * factor for length in pixels.shape[:2])
    return pixels[:height, :width]
