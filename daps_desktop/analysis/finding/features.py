"""What is known of a piece as a whole: numbers by which damage differs from content."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from daps_desktop.jobs.proposals import Proposals

Values = NDArray[np.float64]

_STRIP = 512  # rows worked on together: indices take many bytes a pixel
_LIKELY = 128  # of 255: the soft rim of a piece says nothing of it
_LITTLE, _MUCH = 1e-4, 0.02  # of a photo: less or more than that makes no difference

NAMES = ("length", "width", "certainty", "peak", "busy")


def piece_features(
    probability: NDArray[np.uint8], found: Proposals, check: Callable[[], None] = lambda: None
) -> Values:
    """(n, len(NAMES)) of the n pieces found in (H, W) probabilities of 0 to 255.

    `length` and `width` are logarithms of pixels, of the rectangle of the same moments; `certainty` is the
    mean of the log-odds, `peak` their maximum; `busy` is the logarithm of the share of the photo that is
    likely damage: of one of which little is, each piece is less likely. `check` is called now and then, and
    may raise.
    """
    count = len(found.pieces)
    sums = np.zeros((7, count))
    damaged = 0
    for top in range(0, len(probability), _STRIP):
        check()
        strip = slice(top, top + _STRIP)
        labels, likely = found.labels[strip], probability[strip] >= _LIKELY
        damaged += np.count_nonzero(likely)
        at = np.nonzero(likely & (labels > 0))
        index, row, col = labels[at].astype(np.intp) - 1, at[0] + float(top), at[1].astype(float)
        odds = log_odds(probability[strip][at])
        summed = (np.ones(len(index)), row, col, row * row, col * col, row * col, odds)
        sums += [np.bincount(index, some, minlength=count) for some in summed]
    row, col, rows, cols, both, certainty = sums[1:] / np.maximum(sums[0], 1)
    rr, cc, rc = rows - row**2 + 1 / 12, cols - col**2 + 1 / 12, both - row * col
    apart = np.sqrt(((rr - cc) / 2) ** 2 + rc**2)
    length, width = (np.sqrt(12 * np.maximum((rr + cc) / 2 + s * apart, 1 / 12)) for s in (1, -1))
    peak = log_odds(np.rint(255 * np.array([piece.score for piece in found.pieces])))
    busy = np.full(count, np.log(np.clip(damaged / max(probability.size, 1), _LITTLE, _MUCH)))
    return np.stack([np.log(length), np.log(width), certainty, peak, busy], axis=1)


def log_odds(probability: NDArray[np.uint8] | Values) -> Values:
    """Of probabilities of 0 to 255; those of nothing and of all are finite."""
    return np.log((probability + 0.5) / (255.5 - probability))
