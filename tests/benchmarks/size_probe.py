"""One restoration in a fresh process: `python -m tests.benchmarks.size_probe TASK MEGAPIXELS DEVICE PRIOR`.

Prints JSON. Memory is the peak less what the process held with all libraries imported and the prior
loaded; the photo itself counts.
"""

import json
import sys
from pathlib import Path

import cv2
import numpy as np
import psutil
import torch
from numpy.typing import NDArray
from skimage import data

from daps_desktop.imaging.mask import Mask
from daps_desktop.imaging.photo import Photo
from daps_desktop.jobs.damage import GaussianBlur, Noise
from daps_desktop.jobs.requests import RestoreRequest
from daps_desktop.jobs.settings import SolverSettings
from daps_desktop.jobs.task import Task
from daps_desktop.networks import loader
from daps_desktop.networks.runtime.devices import peak_memory_mb
from daps_desktop.training.evaluation.trials import REPAIR, scratches
from tests.benchmarks.running import run

Pixels8 = NDArray[np.uint8]

TASKS = {"scratches": REPAIR, "noise 25": Task((Noise(),)), "blur 2": Task((GaussianBlur(2.0),))}
_NOISE = {"scratches": 2.0, "noise 25": 25.0, "blur 2": 2.0}  # grey levels
_SLAB = 256  # rows that noise is added to at once, so that making the photo needs no memory of its own


def main(arguments: list[str]) -> None:
    task, megapixels, device_name, prior = arguments
    settings = SolverSettings("draft", noise=_NOISE[task], device=device_name, prior=prior)  # type: ignore[arg-type]
    device = loader.open_prior(settings).network.device
    before = psutil.Process().memory_info().rss / 2**20
    photo, mask = damaged(task, float(megapixels))
    report = run(RestoreRequest("size", photo, mask, TASKS[task], settings)).report
    numbers = {
        "memory MB": _peak_mb() - before,
        "seconds": report.seconds_total,
        "MB per megapixel": (_peak_mb() - before) / photo.megapixels,
        "s per megapixel": report.seconds_total / photo.megapixels,
        "evaluations": report.evaluations,
    }
    if device.type == "cuda":
        numbers["graphics memory MB"] = report.peak_memory_mb
    print(json.dumps(numbers))


def damaged(task: str, megapixels: float) -> tuple[Photo, Mask | None]:
    """A photo of that size, 3 : 2, and its hole; a photograph repeated in mirrored copies."""
    height = round((megapixels * 1e6 / 1.5) ** 0.5)
    width = round(1.5 * height)
    pixels = _mirrored(data.astronaut(), height, width)
    if task == "blur 2":
        cv2.GaussianBlur(pixels, (0, 0), 2.0, dst=pixels)
    _add_noise(pixels, _NOISE[task])
    if task != "scratches":
        return Photo(pixels), None
    mask = scratches(24)(height, width, np.random.default_rng(0))
    pixels[mask] = 255
    return Photo(pixels), mask


def _mirrored(tile: Pixels8, height: int, width: int) -> Pixels8:
    grown = [length - side for length, side in zip((height, width), tile.shape[:2], strict=True)]
    return np.pad(tile[:height, :width], [(0, max(0, more)) for more in (*grown, 0)], mode="symmetric")


def _add_noise(pixels: Pixels8, level: float) -> None:
    rng = np.random.default_rng(0)
    for top in range(0, len(pixels), _SLAB):
        slab = pixels[top : top + _SLAB]
        noise = rng.standard_normal(slab.shape, np.float32) * np.float32(level)
        slab[:] = np.rint(np.clip(slab + noise, 0, 255))


def _peak_mb() -> float:
    """The most that this process has held. On Linux the usual counter begins with what its parent held."""
    status = Path("/proc/self/status")
    if not status.exists():
        return peak_memory_mb(torch.device("cpu"))
    line = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM"))
    return int(line.split()[1]) / 2**10


if __name__ == "__main__":
    main(sys.argv[1:])
