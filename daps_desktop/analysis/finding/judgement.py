"""How likely a piece is damage, by what it looks like beside its surroundings: a small fitted network.

The finder says of each pixel how likely it is damage, from what it sees around it. A piece is judged as a
whole: a twig and a scratch have pixels alike, but not their length, evenness, company and colour together.
Fitted by `python -m daps_desktop.training judge`.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from daps_desktop.analysis.finding.features import piece_features
from daps_desktop.analysis.finding.pieces import in_order
from daps_desktop.base.paths import resource
from daps_desktop.imaging.photo import Pixels
from daps_desktop.jobs.proposals import Proposals

Values = NDArray[np.float64]

LIMIT = 4.0  # spreads from the mean that count at most: what was never seen must not turn the scales
FILE = "analysis/damage.json"


@dataclass(frozen=True, slots=True, eq=False)
class Judgement:
    """`mean` and `spread` (F,) of the features; `layers`: weights (in, out), biases (out,), ReLU between."""

    mean: Values
    spread: Values
    layers: tuple[tuple[Values, Values], ...]

    def scores(self, features: Values) -> Values:
        """0 to 1 for each of the (n, F) pieces; 0.5 are even odds where four of five photos are damaged."""
        x = self.standard(features)
        for weight, bias in self.layers[:-1]:
            x = np.maximum(x @ weight + bias, 0)
        weight, bias = self.layers[-1]
        return 1 / (1 + np.exp(-(x @ weight + bias)[:, 0]))

    def standard(self, features: Values) -> Values:
        return np.clip((features - self.mean) / self.spread, -LIMIT, LIMIT)


def parse_judgement(numbers: dict[str, Any]) -> Judgement:
    layers = tuple((np.array(weight), np.array(bias)) for weight, bias in numbers["layers"])
    return Judgement(np.array(numbers["mean"]), np.array(numbers["spread"]), layers)


@cache
def fitted_judgement() -> Judgement:
    """The one that ships with the program."""
    return parse_judgement(json.loads(resource(FILE).read_text("utf-8")))


def judged(
    pixels: Pixels,
    probability: NDArray[np.uint8],
    found: Proposals,
    check: Callable[[], None] = lambda: None,
) -> Proposals:
    """The pieces found in (H, W, C) pixels with those (H, W) probabilities, scored as wholes, surest first.

    `check` is called now and then, and may raise.
    """
    scores = fitted_judgement().scores(piece_features(pixels, probability, found, check))
    pieces = [replace(piece, score=float(s)) for piece, s in zip(found.pieces, scores, strict=True)]
    return in_order(found.labels, pieces)
