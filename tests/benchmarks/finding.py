"""How well damage is found: a table of false alarms, recall and precision.

python -m tests.benchmarks.finding PHOTOS [--film FOLDER]

PHOTOS is a folder of sound photos; FOLDER holds damage of film as pictures whose transparency is the shape.
"""

import argparse
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from PIL import Image

from daps_desktop.engine.handlers.find import find_damage
from daps_desktop.imaging.mask import Mask, dilate
from daps_desktop.imaging.photo import Photo
from daps_desktop.restoration.progress import ProgressReporter

SENSITIVITIES = (0.3, 0.5, 0.7, 0.9)
TOLERANCE = 3  # pixels
CROWDED = 0.001  # share of a clean photo that counts as a false alarm
_SEEN, _CLEAR = 0.3, 15  # opacity, and change in grey levels, of a pixel that ought to be found
_LIGHT, _DARK = np.array([242.0, 240, 234]), np.array([23.0, 21, 19])


@dataclass(frozen=True)
class Damaged:
    photo: np.ndarray
    true: Mask  # ought to be found
    near: Mask  # may be found: the soft edges too


def photos(folder: Path) -> Iterator[np.ndarray]:
    for path in sorted(folder.iterdir()):
        yield np.asarray(Image.open(path).convert("RGB"))


def film_shapes(folder: Path | None) -> list[np.ndarray]:
    """Opacities, 0 to 1. Thin things and specks only: blots are found by no method here."""
    if folder is None:
        return []
    wide = ("dots", "smut", "stain")
    files = [path for path in sorted(folder.glob("*.png")) if not path.name.startswith(wide)]
    return [np.asarray(Image.open(path).convert("RGBA"))[..., 3] / 255 for path in files]


# damage


def drawn(height: int, width: int, rng: np.random.Generator) -> np.ndarray:
    """Opacity of some lines, straight or wavering, and of specks."""
    opacity = np.zeros((height, width))
    for _ in range(rng.integers(2, 6)):
        along, angle = np.arange(0, rng.integers(60, max(height, width)), 4.0), rng.uniform(0, np.pi)
        waver = np.cumsum(np.cumsum(rng.normal(0, rng.choice([0, 0.02, 0.08]), len(along))))
        x = rng.uniform(0, width) + along * np.cos(angle) - waver * np.sin(angle)
        y = rng.uniform(0, height) + along * np.sin(angle) + waver * np.cos(angle)
        large = np.zeros((height * 4, width * 4), np.uint8)
        points = (np.stack([x, y], axis=1) * 4).astype(np.int32)
        cv2.polylines(large, [points], False, 255, int(rng.uniform(1, 3) * 4))
        opacity = np.maximum(opacity, _reduced(large) * rng.uniform(0.4, 1))
    for _ in range(rng.integers(5, 25)):
        large = np.zeros((height * 4, width * 4), np.uint8)
        radius, centre = 8 * rng.uniform(0.8, 3.5), (4 * rng.uniform(0, width), 4 * rng.uniform(0, height))
        cv2.ellipse(large, (centre, (radius, radius * rng.uniform(0.5, 1)), rng.uniform(0, 180)), 255, -1)
        opacity = np.maximum(opacity, _reduced(large) * rng.uniform(0.5, 1))
    return opacity


def _reduced(large: np.ndarray) -> np.ndarray:
    size = large.shape[1] // 4, large.shape[0] // 4
    return cv2.resize(large, size, interpolation=cv2.INTER_AREA) / 255


def laid(height: int, width: int, shape: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Opacity of one shape of film damage, turned and scaled, anywhere over the photo."""
    scale = rng.uniform(0.7, 1.3)
    shape = np.rot90(cv2.resize(shape, None, fx=scale, fy=scale), rng.integers(4)) * rng.uniform(0.6, 0.95)
    room = np.zeros((height + 2 * shape.shape[0], width + 2 * shape.shape[1]))
    top, left = (
        rng.integers(n * 3 // 4, n + max(m - n * 3 // 4, 1))
        for n, m in zip(shape.shape, (height, width), strict=True)
    )
    room[top : top + shape.shape[0], left : left + shape.shape[1]] = shape
    return room[shape.shape[0] :, shape.shape[1] :][:height, :width]


def blended(photo: np.ndarray, opacity: np.ndarray, rng: np.random.Generator) -> Damaged:
    paint = _LIGHT if rng.random() < 0.65 else _DARK
    spoilt = photo * (1 - opacity[..., None]) + paint * opacity[..., None]
    true = (opacity > _SEEN) & (np.abs(spoilt - photo).max(axis=2) > _CLEAR)
    return Damaged(np.rint(spoilt).astype(np.uint8), true, opacity > 0.08)


def variants(
    photo: np.ndarray, shapes: list[np.ndarray], rng: np.random.Generator
) -> Iterator[tuple[str, Damaged]]:
    """The photo itself, with drawn damage, and with damage of film."""
    nothing = np.zeros(photo.shape[:2], bool)
    yield "clean", Damaged(photo, nothing, nothing)
    yield "drawn", blended(photo, drawn(*photo.shape[:2], rng), rng)
    if shapes:
        yield "film", blended(photo, laid(*photo.shape[:2], shapes[rng.integers(len(shapes))], rng), rng)


# measuring


def measure(folder: Path, shapes: list[np.ndarray]) -> None:
    rng = np.random.default_rng(5)
    alarms: dict[float, list[float]] = {s: [] for s in SENSITIVITIES}
    sums: dict[tuple[str, float], np.ndarray] = {}
    for photo in photos(folder):
        for name, damaged in variants(photo, shapes, rng):
            proposals = find_damage(Photo(damaged.photo), "cpu", ProgressReporter())
            for s in SENSITIVITIES:
                found = proposals.mask(proposals.shown(s))
                if name == "clean":
                    alarms[s].append(float(found.mean()))
                else:
                    counted = sums.setdefault((name, s), np.zeros(4))
                    counted += _counts(damaged, found)
    for s in SENSITIVITIES:
        crowded = np.mean(np.array(alarms[s]) > CROWDED)
        print(f"clean  sensitivity {s}: {crowded:.1%} of the photos, {np.mean(alarms[s]):.3%} of the pixels")
    for (name, s), (met, wanted, right, found) in sorted(sums.items()):
        recall, precision = met / max(wanted, 1), right / max(found, 1)
        print(f"{name:6} sensitivity {s}: recall {recall:.0%}, precision {precision:.0%}")


def _counts(damaged: Damaged, found: Mask) -> np.ndarray:
    met = (damaged.true & dilate(found, TOLERANCE)).sum()
    right = (found & dilate(damaged.near, TOLERANCE)).sum()
    return np.array([met, damaged.true.sum(), right, found.sum()], float)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("photos", type=Path)
    parser.add_argument("--film", type=Path)
    options = parser.parse_args()
    measure(options.photos, film_shapes(options.film))


if __name__ == "__main__":
    main()
