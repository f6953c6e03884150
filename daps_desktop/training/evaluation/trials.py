"""Photos damaged on purpose, the same way each time: what was there is known, so a repair can be measured.

The damage is made here, without the solver's operators, so that a wrong operator costs what it would cost a
user.
"""

from collections.abc import Callable
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from daps_desktop.imaging.mask import Mask, draw_line
from daps_desktop.imaging.photo import Photo, Pixels
from daps_desktop.jobs.damage import Downsampling, GaussianBlur, MissingPixels, Noise
from daps_desktop.jobs.task import Task

DrawMask = Callable[[int, int, np.random.Generator], Mask]
Picture = NDArray[np.uint8]
Floats = NDArray[np.float32]

WHITE = 255  # what a marked pixel holds
REPAIR = Task((MissingPixels(),))


@dataclass(frozen=True, slots=True)
class EvaluationCase:
    """One kind of damage: what `task` would undo, then white noise, then marks on top.

    `noise` is a std in grey levels of 0-255, which every method is given. `family` joins the cases that the
    same tools are for.
    """

    family: str
    name: str
    task: Task
    noise: float = 0.0
    draw_mask: DrawMask | None = None


@dataclass(frozen=True, slots=True)
class DegradedPhoto:
    """A photo damaged on purpose. `clean` is what it was, (H, W, 3); `damaged` (h, w, 3) what there is."""

    case: EvaluationCase
    clean: Picture
    damaged: Picture
    mask: Mask | None

    @property
    def photo(self) -> Photo:
        return Photo(self.damaged)

    def psnr(self, result: Pixels) -> float:
        """dB over the whole photo; 100 at most."""
        return _psnr(result, self.clean)

    def psnr_inside(self, result: Pixels) -> float:
        """dB in the marks; over the whole photo where nothing is marked."""
        where = self.mask if self.mask is not None else np.ones(self.clean.shape[:2], bool)
        return _psnr(result[where], self.clean[where])

    def ssim(self, result: Pixels) -> float:
        """Wang, Bovik, Sheikh, Simoncelli 2004: windows of 11 pixels, mean of the channels, 1 at best."""
        x, y = result.astype(np.float64), self.clean.astype(np.float64)
        mean_x, mean_y = _window(x), _window(y)
        covariance = _window(x * y) - mean_x * mean_y
        variances = _window(x * x) - mean_x**2 + _window(y * y) - mean_y**2
        c1, c2 = (0.01 * 255) ** 2, (0.03 * 255) ** 2
        light = (2 * mean_x * mean_y + c1) / (mean_x**2 + mean_y**2 + c1)
        return float(np.mean(light * (2 * covariance + c2) / (variances + c2)))


def _window(x: NDArray[np.float64]) -> NDArray[np.float64]:
    """Gaussian means of std 1.5 around the pixels whose whole window lies in the picture."""
    return np.asarray(cv2.GaussianBlur(x, (11, 11), 1.5), np.float64)[5:-5, 5:-5]


def _psnr(a: Pixels, b: Pixels) -> float:
    error = float(np.mean((a.astype(np.float64) - b) ** 2))
    return min(100.0, 10 * float(np.log10(255**2 / max(1e-9, error))))


def scratches(per_megapixel: float) -> DrawMask:
    """Bent scratches 40 to 200 pixels long and 2 to 5 wide."""

    def draw(height: int, width: int, rng: np.random.Generator) -> Mask:
        mask = np.zeros((height, width), bool)
        for _ in range(max(1, round(per_megapixel * height * width / 1e6))):
            point = rng.uniform(0, (height, width))
            angle, radius = rng.uniform(0, 2 * np.pi), rng.uniform(1, 2.5)
            for _ in range(4):
                angle += rng.normal(0, 0.3)
                end = point + rng.uniform(10, 50) * np.array([np.sin(angle), np.cos(angle)])
                draw_line(mask, tuple(point), tuple(end), radius, True)
                point = end
        return mask

    return draw


def squares(side: int, rows: int, cols: int) -> DrawMask:
    """Square masks, one somewhere in each of `rows` x `cols` fields, whole and off the border."""

    def draw(height: int, width: int, rng: np.random.Generator) -> Mask:
        mask = np.zeros((height, width), bool)
        free = np.array((height // rows, width // cols)) - side
        for field in np.ndindex(rows, cols):
            corner = np.array(field) * (free + side) + rng.integers(free // 4, free - free // 4 + 1)
            mask[corner[0] : corner[0] + side, corner[1] : corner[1] + side] = True
        return mask

    return draw


CASES = (
    EvaluationCase("marks", "scratches", REPAIR, draw_mask=scratches(100)),
    EvaluationCase("marks", "holes 16", REPAIR, draw_mask=squares(16, 4, 6)),
    EvaluationCase("marks", "holes 32", REPAIR, draw_mask=squares(32, 2, 3)),
    EvaluationCase("marks", "holes 64", REPAIR, draw_mask=squares(64, 1, 2)),
    *(EvaluationCase("noise", f"noise {n}", Task((Noise(),)), n) for n in (15, 25, 50)),
    EvaluationCase("blur", "blur 2", Task((GaussianBlur(2.0),)), 2.5),
    *(EvaluationCase("small", f"small x{n}", Task((Downsampling(n),)), 1.0) for n in (2, 4)),
)


def degrade_photo(case: EvaluationCase, pixels: Picture, seed: int) -> DegradedPhoto:
    """A picture (H, W, 3) damaged, the same way for the same seed, rounded and clipped as files hold it."""
    height, width = (length // case.task.scale * case.task.scale for length in pixels.shape[:2])
    clean = np.ascontiguousarray(pixels[:height, :width])
    rng = np.random.default_rng(seed)
    mask = case.draw_mask(height, width, rng) if case.draw_mask else None
    seen = _seen(case.task, clean.astype(np.float32))
    damaged = np.rint(seen + case.noise * rng.standard_normal(seen.shape)).clip(0, 255).astype(np.uint8)
    if mask is not None:
        damaged[mask] = WHITE
    return DegradedPhoto(case, clean, damaged, mask)


def _seen(task: Task, clean: Floats) -> Floats:
    """What the camera would have kept: a Gaussian blur (mirrored at the border), then means of blocks."""
    seen = clean
    if blur := task.find(GaussianBlur):
        seen = cv2.GaussianBlur(seen, (0, 0), blur.sigma, borderType=cv2.BORDER_REFLECT)
    if task.scale > 1:
        height, width = (length // task.scale for length in clean.shape[:2])
        seen = cv2.resize(seen, (width, height), interpolation=cv2.INTER_AREA)
    return np.asarray(seen, np.float32)


def centre(pixels: Picture, side: int) -> Picture:
    """The middle `side` x `side` pixels, or what there is of them."""
    top, left = (max(0, (length - side) // 2) for length in pixels.shape[:2])
    return np.ascontiguousarray(pixels[top : top + side, left : left + side])
