"""How often the judge of repairs is right: repairs with right and with wrong marks, drawn on photos.

python -m tests.benchmarks.traces PHOTOS --film PLACE [--first N] [--last N] [--cases N]

PHOTOS and PLACE are folders or archives: sound photos, and scanned elements of film.
"""

import argparse
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from daps_desktop.imaging.mask import Mask, dilate, erode
from daps_desktop.imaging.photo import Photo, Pixels
from daps_desktop.jobs.damage import MissingPixels
from daps_desktop.jobs.requests import RestoreRequest
from daps_desktop.jobs.settings import SolverSettings
from daps_desktop.jobs.task import Task
from daps_desktop.training.damage.ageing import age_print, digitise, soften
from daps_desktop.training.damage.film import FilmElements
from daps_desktop.training.damage.pieces import LIGHT
from daps_desktop.training.damage.strokes import straight, stroke, walk
from daps_desktop.training.data.crops import Crops
from daps_desktop.training.data.photos import Pixels8, find_photos, load_rgb

SIDE = 192  # pixels
BESIDE, THIN, SHIFT = 1, 2, 3  # pixels: right marks go beyond the damage by so many, thin ones are ...
TOUCHED = 5.0  # grey levels of change that right marks cover
PLAIN = 24.0  # grey levels beyond the grain: a change that anyone sees
LEAST = 30  # pixels of plain damage side by side that make a trace
SETTINGS = SolverSettings(preset="draft", device="cpu")

Floats = NDArray[np.float32]


@dataclass(frozen=True)
class Case:
    """A damaged crop (N, N, 3), its marks, and the plain damage that they leave; none: the marks are right."""

    kind: str
    damaged: Pixels
    mask: Mask
    left: Mask

    @property
    def request(self) -> RestoreRequest:
        return RestoreRequest("benchmark", Photo(self.damaged), self.mask, Task((MissingPixels(),)), SETTINGS)


def right(damage: Mask, _rng: np.random.Generator) -> Mask:
    return dilate(damage, BESIDE)


def thin(damage: Mask, _rng: np.random.Generator) -> Mask:
    return erode(damage, THIN)


def shifted(damage: Mask, rng: np.random.Generator) -> Mask:
    angle = rng.uniform(0, 2 * np.pi)
    move = np.array([[1, 0, SHIFT * np.cos(angle)], [0, 1, SHIFT * np.sin(angle)]], np.float32)
    moved = cv2.warpAffine(dilate(damage, BESIDE).astype(np.uint8), move, damage.shape[::-1], flags=cv2.INTER_NEAREST)
    return moved > 0


def half(damage: Mask, rng: np.random.Generator) -> Mask:
    """Without one end of the largest piece, cut across its longer axis."""
    if not damage.any():
        return damage
    _, labels, stats, _ = cv2.connectedComponentsWithStats(damage.astype(np.uint8), connectivity=8)
    piece = labels == 1 + stats[1:, cv2.CC_STAT_AREA].argmax()
    places = np.argwhere(piece) - np.argwhere(piece).mean(axis=0)
    along = places @ np.linalg.eigh(places.T @ places)[1][:, -1]
    cut = np.zeros_like(damage)
    cut[piece] = along * rng.choice([-1, 1]) > 0
    return dilate(damage & ~cut, BESIDE) & ~cut


KINDS: dict[str, Callable[[Mask, np.random.Generator], Mask]] = {
    "right marks": right, "2 px too thin": thin, "shifted by 3 px": shifted, "half unmarked": half,
}  # fmt: skip


def draw_case(kind: str, photo: Pixels8, film: FilmElements, seed: list[int]) -> Case:
    """The same for the same seed. Damage is drawn again until the marks are wrong in a way that is seen."""
    rng = np.random.default_rng(seed)
    while True:
        clean = age_print(np.rint(Crops([photo]).cut(SIDE, rng)), rng)
        damaged = clean.copy()
        for opacity, grey in draw_damage(film, rng):
            damaged += opacity[..., None] * (grey - damaged)
        scan = soften(rng)
        change = np.abs(scan(damaged) - scan(clean)).max(axis=2)
        pixels, grain = digitise(scan(damaged), rng)
        mask = KINDS[kind](change > TOUCHED, rng)
        plain = change > PLAIN + 2 * grain
        left = plain & ~mask
        if not (mask.mean() < 0.15 and largest(plain & mask) >= LEAST):
            continue
        if not left.any() if kind == "right marks" else largest(left) >= LEAST:
            return Case(kind, pixels.astype(np.uint8), mask, left)


def draw_damage(film: FilmElements, rng: np.random.Generator) -> Iterator[tuple[Floats, float]]:
    """Opacity (N, N) and grey of one to three scratches, hairs, cracks, or elements of film."""
    for _ in range(rng.integers(1, 4)):
        grey = rng.uniform(200, 255) if rng.random() < LIGHT else rng.uniform(0, 50)
        width, way = rng.uniform(1.5, 7), rng.random()
        if way < 0.4:
            opacity = film.draw(SIDE, rng)
        elif way < 0.6:
            opacity = stroke(SIDE, straight(rng, SIDE, rng.uniform(0, np.pi)), width)
        else:
            bend, smooth = rng.uniform(0.02, 0.4), rng.choice([0, 1.5, 5])
            opacity = stroke(SIDE, walk(rng, SIDE, rng.uniform(40, 250), bend, smooth), width)
        yield opacity * np.float32(rng.uniform(0.5, 1)), grey


def largest(places: Mask) -> int:
    """Pixels of the largest piece."""
    _, _, stats, _ = cv2.connectedComponentsWithStats(places.astype(np.uint8), connectivity=8)
    return int(stats[1:, cv2.CC_STAT_AREA].max(initial=0))


def photos(place: str, first: int, last: int) -> list[Pixels8]:
    files = find_photos([place])
    chosen = files[:first] if first else files[-last:] if last else files
    loaded = (load_rgb(file) for file in chosen)
    return [photo for photo in loaded if photo is not None and min(photo.shape[:2]) >= SIDE]


def cases(found: list[Pixels8], film: FilmElements, count: int) -> Iterator[Case]:
    """So many of each kind."""
    for number in range(count):
        for at, kind in enumerate(KINDS):
            yield draw_case(kind, found[number % len(found)], film, [number, at])
