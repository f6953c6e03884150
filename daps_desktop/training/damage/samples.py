"""What a finder of damage learns from: crops with their damage, and where it is."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from daps_desktop.training.damage.ageing import age_print, digitise, soften
from daps_desktop.training.damage.film import FilmElements
from daps_desktop.training.damage.hard import NOT_KEPT, HardCrops
from daps_desktop.training.damage.pieces import draw_pieces
from daps_desktop.training.damage.strokes import Floats
from daps_desktop.training.data.crops import Crops, to_unit
from daps_desktop.training.data.photos import Pixels8

DAMAGED = 0.5  # so many of the crops carry damage
HARD_CLEAN, HARD_DAMAGED = 0.6, 0.25  # so many of either kind are crops that were taken for damage before
MOST_DAMAGE = 0.35  # of the pixels of a crop
VISIBLE, UNTOUCHED = 8.0, 3.0  # grey levels: a larger change is damage, a smaller one is none


@dataclass(frozen=True, slots=True)
class Samples:
    """`x` (B, 3, N, N) in [-1, 1]; `truth` (B, 1, N, N): 1 damage, 0 none, -1 either answer will do.

    `sources` (B, N, N, 3) are the crops before anything was drawn on them, `places` where those of the hard
    ones are kept.
    """

    x: Floats
    truth: Floats
    sources: Pixels8
    places: NDArray[np.int64]


class DamagedCrops:
    """Crops of clean photos, half of them damaged, drawn so that each is new."""

    def __init__(self, crops: Crops, film: FilmElements, hard: HardCrops) -> None:
        self.crops, self.film, self.hard = crops, film, hard

    def draw(self, count: int, side: int, rng: np.random.Generator) -> Samples:
        """Every photo must be at least `side` pixels high and wide, and `side` that of the hard crops."""
        x = np.empty((count, side, side, 3), np.float32)
        truth = np.empty((count, side, side, 1), np.float32)
        sources = np.empty((count, side, side, 3), np.uint8)
        places = np.full(count, NOT_KEPT)
        for i in range(count):
            damaged = rng.random() < DAMAGED
            if rng.random() < (HARD_DAMAGED if damaged else HARD_CLEAN) and len(self.hard):
                sources[i], places[i] = self.hard.draw(rng)
            else:
                sources[i] = np.rint(self.crops.cut(side, rng))
            x[i], truth[i] = damaged_crop(sources[i].astype(np.float32), self.film if damaged else None, rng)
        return Samples(to_unit(x), truth.transpose(0, 3, 1, 2), sources, places)

    def learn_of(self, drawn: Samples, losses: Sequence[float]) -> None:
        """How wrong the finder was on each crop that was drawn."""
        for truth, source, place, loss in zip(drawn.truth, drawn.sources, drawn.places, losses, strict=True):
            if not truth.any():
                self.hard.report(source, int(place), loss)


def damaged_crop(
    crop: Floats, film: FilmElements | None, rng: np.random.Generator, content: bool = True
) -> tuple[Floats, Floats]:
    """A scan of an old print of that picture, and the truth (N, N, 1), 1, 0 or -1; clean without `film`.

    `content`: what looks like damage and is none is drawn on it, too.
    """
    clean = age_print(crop, rng, content)
    damaged = clean if film is None else _damaged(clean, film, rng)
    scan = soften(rng)
    seen = scan(damaged)
    change = np.abs(seen - scan(clean)).max(axis=2, keepdims=True)
    scanned, grain = digitise(seen, rng)
    truth = np.where(change > VISIBLE + grain, 1, np.where(change > UNTOUCHED, -1, 0))
    return scanned, truth.astype(np.float32)


def _damaged(clean: Floats, film: FilmElements, rng: np.random.Generator) -> Floats:
    """Not so much that no photo is left to tell it from."""
    while True:
        damaged = clean.copy()
        for piece in draw_pieces(film, clean.shape[0], rng):
            damaged += piece.opacity[..., None] * (piece.colour - damaged)
        if (np.abs(damaged - clean).max(axis=2) > VISIBLE).mean() < MOST_DAMAGE:
            return damaged


def drawn_over(photos: Sequence[Pixels8], film: FilmElements) -> list[tuple[Floats, Floats]]:
    """Each photo (N, N, 3) once damaged and once clean, the same each time: (1, 3, N, N), truth (N, N)."""
    pairs: list[tuple[Floats, Floats]] = []
    for seed, photo in enumerate(photos):
        for elements in (film, None):
            rng = np.random.default_rng(seed)
            scan, truth = damaged_crop(photo.astype(np.float32), elements, rng)
            pairs.append((to_unit(scan[None]), truth[..., 0]))
    return pairs
