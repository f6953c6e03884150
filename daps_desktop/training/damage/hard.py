"""Clean crops that a finder takes for damage, kept so that it meets them again."""

import numpy as np

from daps_desktop.training.data.photos import Pixels8

NOT_KEPT = -1  # the place of a crop that is not among them
_FORGET = 0.5  # of the old score, when a crop was met again


class HardCrops:
    """The `capacity` crops (N, N, 3) with the worst scores so far; a score falls as the crop is learnt."""

    def __init__(self, capacity: int, side: int) -> None:
        self.crops = np.zeros((capacity, side, side, 3), np.uint8)
        self.scores = np.full(capacity, -np.inf)
        self.count = 0

    def __len__(self) -> int:
        return self.count

    def draw(self, rng: np.random.Generator) -> tuple[Pixels8, int]:
        """One of them, and its place."""
        place = int(rng.integers(self.count))
        return self.crops[place], place

    def report(self, crop: Pixels8, place: int, score: float) -> None:
        """How wrong the finder was on a clean crop; `place` is NOT_KEPT for a new one."""
        if place != NOT_KEPT:
            self.scores[place] = _FORGET * self.scores[place] + (1 - _FORGET) * score
            return
        place = self.count if self.count < len(self.scores) else int(self.scores.argmin())
        if score > self.scores[place]:
            self.crops[place], self.scores[place] = crop, score
            self.count = min(self.count + 1, len(self.scores))
