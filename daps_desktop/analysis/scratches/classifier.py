"""How likely a piece is damage: a fitted judgement of its features, and of the company it is in.

Why fitted and not set by hand: no single feature tells a scratch from a wire, but together they do so
tolerably. The parameters come from photographs damaged on purpose with drawn lines and specks and with the
shapes of dirt and hairs on film, half of them made to look like old scans first.
"""

import json
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from daps_desktop.base.paths import resource

Values = NDArray[np.float64]

LIMIT = 1.5  # spreads from the mean that count at most: what was never seen must not turn the scales
_USUAL_PIXELS = 400_000  # of the photos that the judgement was fitted on


@dataclass(frozen=True, slots=True)
class DamageClassifier:
    """A quadratic logistic model of each piece, and a second one that knows how sure the others are."""

    mean: Values  # (F,) of each feature
    spread: Values
    piece: Values  # weights of the features, their products two by two, and one
    context: Values
    usual: float  # log odds shown at the usual sensitivity

    def scores(self, features: Values, pixels: int) -> Values:
        """0 to 1 for each of the (n, F) pieces of one photo of so many pixels; 0.5 is shown usually.

        Column 0 is the log of a piece's length, the last but one whether it is dark, the last its scale.
        Damage seldom comes alone: many sure pieces make others likelier, those of their own tone most.
        """
        alone = with_quadratic_terms(self._standard(features)) @ self.piece
        sure = np.exp(features[:, 0]) / (1 + np.exp(-alone)) ** 2
        dark = features[:, -2] > 0.5
        all_of_them = np.full(len(sure), sure.sum())
        alike = np.where(dark, sure[dark].sum(), sure[~dark].sum())
        thinned = max(pixels / _USUAL_PIXELS, 1.0) ** -0.5
        among, alike = (np.log1p((total - sure) * thinned) for total in (all_of_them, alike))
        terms = (alone, among, alike, alone * among, alone * alike, among * alike, np.ones(len(alone)))
        odds = np.stack(terms, axis=1) @ self.context
        return 1 / (1 + np.exp(self.usual - odds))

    def _standard(self, features: Values) -> Values:
        return np.clip((features - self.mean) / self.spread, -LIMIT, LIMIT)


def with_quadratic_terms(values: Values) -> Values:
    """(n, F) and all products of two columns, and a column of ones."""
    products = [values[:, [i]] * values[:, i:] for i in range(values.shape[1])]
    return np.concatenate([values, *products, np.ones((len(values), 1))], axis=1)


@cache
def damage_classifier() -> DamageClassifier:
    """The fitted parameters that ship with the program."""
    numbers = json.loads(resource("analysis/scratches.json").read_text("utf-8"))
    mean, spread, piece, company = (np.array(numbers[n]) for n in ("mean", "spread", "piece", "company"))
    return DamageClassifier(mean, spread, piece, company, float(numbers["usual"]))
