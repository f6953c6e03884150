"""The table of `analysis/blur.py`: fitted on a folder of photographs, or measured on another.

python -m tests.benchmarks.sharpness fit FOLDER resources/analysis/sharpness.json
python -m tests.benchmarks.sharpness measure FOLDER
"""

import argparse
import json
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from daps_desktop.analysis.blur import estimate_blur, measure_edges
from daps_desktop.imaging.formats.reader import read_photo

SIGMAS = (0.0, 0.25, 0.5, 0.75, 1.0, 1.25, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0)
MEASURED = (0.0, 0.5, 0.8, 1.0, 1.5, 2.0, 3.0, 4.0)
NOISES = (("white", 0), ("white", 3), ("white", 10), ("coarse", 3), ("coarse", 10), ("jpeg", 0))

Image = NDArray[np.uint8]


def halved(folder: Path) -> Iterator[Image]:
    """At half the size, so that next to nothing of their own blur is left."""
    for path in sorted(folder.iterdir()):
        pixels = read_photo(path).pixels
        small = cv2.resize(pixels, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
        yield small.reshape(*small.shape[:2], -1).astype(np.uint8)


def degraded(photo: Image, sigma: float, kind: str, level: float, rng: np.random.Generator) -> Image:
    """Blurred by `sigma` pixels, then with noise of so many grey levels, or as JPEG of quality 85."""
    soft = photo.astype(np.float32)
    if sigma:
        soft = cv2.GaussianBlur(soft, (0, 0), sigma).reshape(photo.shape)
    grain = rng.normal(0, 1, photo.shape).astype(np.float32)
    if kind == "coarse":
        grain = cv2.GaussianBlur(grain, (0, 0), 1.0).reshape(photo.shape)
    pixels = np.clip(np.rint(soft + grain * (level / grain.std())), 0, 255).astype(np.uint8)
    if kind == "jpeg":
        data = cv2.imencode(".jpg", pixels, [cv2.IMWRITE_JPEG_QUALITY, 85])[1]
        return cv2.imdecode(data, cv2.IMREAD_UNCHANGED).reshape(photo.shape).astype(np.uint8)
    return pixels


def fit(folder: Path, out: Path) -> None:
    rng = np.random.default_rng(0)
    found: dict[float, list[NDArray[np.float64]]] = {sigma: [] for sigma in SIGMAS}
    for photo in halved(folder):
        for sigma in rng.permutation(SIGMAS)[:6].tolist():
            kind, level = NOISES[rng.integers(len(NOISES))]
            edges = measure_edges(degraded(photo, sigma, kind, rng.uniform(0, 1) ** 0.5 * level, rng))
            if edges is not None:
                found[sigma].append(edges)
    means = {sigma: np.mean(rows, axis=0) for sigma, rows in found.items()}
    apart = {sigma: np.array(rows) - means[sigma] for sigma, rows in found.items()}
    whole = np.cov(np.concatenate(list(apart.values())).T)
    near = [np.cov(np.concatenate([apart[s] for s in SIGMAS if abs(s - sigma) <= 0.5]).T) for sigma in SIGMAS]
    numbers = {
        "sigma": SIGMAS,
        "mean": [means[sigma].round(4).tolist() for sigma in SIGMAS],
        "covariance": [((own + whole) / 2 + 1e-5 * np.eye(len(whole))).round(6).tolist() for own in near],
    }
    out.write_text(json.dumps(numbers) + "\n", "utf-8")


def measure(folder: Path) -> None:
    """For each blur and noise: no telling, found within 0.25 pixels, and the mean error."""
    rng = np.random.default_rng(1)
    rows: list[tuple[float, str, float]] = []
    for i, photo in enumerate(halved(folder)):
        for j, sigma in enumerate(MEASURED):
            kind, level = NOISES[(i + j) % len(NOISES)]
            found = estimate_blur(degraded(photo, sigma, kind, level, rng))
            rows.append((sigma, f"{kind} {level}", np.nan if found is None else found - sigma))
    for column, names in ((0, MEASURED), (1, [f"{kind} {level}" for kind, level in NOISES])):
        for name in names:
            errors = np.array([row[2] for row in rows if row[column] == name])
            told = errors[~np.isnan(errors)]
            within = (np.abs(told) <= 0.25).mean()
            print(f"{name}: {np.isnan(errors).mean():.0%} {within:.0%} {told.mean():+.2f}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", choices=["fit", "measure"])
    parser.add_argument("folder", type=Path)
    parser.add_argument("out", type=Path, nargs="?", default=Path("sharpness.json"))
    chosen = parser.parse_args()
    fit(chosen.folder, chosen.out) if chosen.what == "fit" else measure(chosen.folder)
