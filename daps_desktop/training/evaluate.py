"""A prior measured beside classical methods on the same pictures with the same noise."""

import importlib
import importlib.util
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from daps_desktop.priors.catalogue import read_card
from daps_desktop.priors.loader import load
from daps_desktop.solver.anchor import AnchoredDenoiser
from daps_desktop.training.photos import find_photos, load_photos
from daps_desktop.training.validation import (
    GREY_LEVELS,
    SIDE,
    Denoise,
    centre_crops,
    denoising_psnr,
)


@dataclass(frozen=True, slots=True)
class Score:
    """One cell of the table: `value` in dB, the mean over the pictures."""

    task: str
    method: str
    value: float


def evaluate(prior: Path, photos: Sequence[str], most: int, device: torch.device, bm3d: bool) -> list[Score]:
    """Scores of the prior and of the classical methods on centre crops of up to `most` photos."""
    clean = centre_crops(load_photos(find_photos(photos), SIDE), most)
    methods = {"prior": prior_denoiser(prior, device), **classical_denoisers(bm3d)}
    return denoising_scores(methods, clean)


def denoising_scores(methods: dict[str, Denoise], clean: Tensor) -> list[Score]:
    return [
        Score(f"denoising {level}", name, denoising_psnr(denoise, clean, level))
        for level in GREY_LEVELS
        for name, denoise in methods.items()
    ]


def prior_denoiser(folder: Path, device: torch.device) -> Denoise:
    """The prior as the program uses it, anchor included."""
    prior = load(read_card(folder), device)
    denoiser = AnchoredDenoiser(prior.denoiser, prior.anchor) if prior.anchor else prior.denoiser
    return lambda x, sigma: denoiser.denoise(x.to(device), sigma).cpu()


def classical_denoisers(bm3d: bool) -> dict[str, Denoise]:
    """Non-local means of OpenCV and, where wanted and installed, BM3D, which takes seconds a picture."""
    methods = {"non-local means": _each(_non_local_means)}
    if bm3d and importlib.util.find_spec("bm3d"):
        package = importlib.import_module("bm3d")
        methods["BM3D"] = _each(lambda rgb, level: package.bm3d_rgb(rgb / 255, level / 255) * 255)
    return methods


def _each(method: Callable[[NDArray[np.float64], float], NDArray[np.float64]]) -> Denoise:
    """A method on (H, W, 3) arrays in 0 to 255, told the noise in grey levels, as one on batches."""

    def denoise(x: Tensor, sigma: float) -> Tensor:
        pictures = (x.permute(0, 2, 3, 1).double().numpy() + 1) * 127.5
        results = np.stack([method(picture, sigma * 127.5) for picture in pictures])
        return torch.from_numpy(results / 127.5 - 1).permute(0, 3, 1, 2).float()

    return denoise


def _non_local_means(rgb: NDArray[np.float64], level: float) -> NDArray[np.float64]:
    pixels = np.clip(np.rint(rgb), 0, 255).astype(np.uint8)
    return cv2.fastNlMeansDenoisingColored(pixels, None, level, level, 7, 21).astype(np.float64)


def format_table(scores: Sequence[Score]) -> str:
    """One row a task, one column a method."""
    methods = list(dict.fromkeys(score.method for score in scores))
    values = {(score.task, score.method): f"{score.value:.2f}" for score in scores}
    rows = [["dB", *methods]]
    for task in dict.fromkeys(score.task for score in scores):
        rows.append([task, *(values.get((task, method), "") for method in methods)])
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    return "\n".join(
        "  ".join(cell.ljust(w) for cell, w in zip(row, widths, strict=True)).rstrip() for row in rows
    )
