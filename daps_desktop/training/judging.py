"""Fitting how a whole piece is judged: from what a finder finds on drawn damage, and on clean photos.

The photos are whole scenes with no more content than they have, as it is to be judged how often a photo
holds what a finder takes for damage.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path
from typing import cast

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor, nn

from daps_desktop.analysis.finding.features import piece_features
from daps_desktop.analysis.finding.judgement import Judgement, Values
from daps_desktop.analysis.finding.pieces import pieces
from daps_desktop.analysis.tone import find_tone
from daps_desktop.base.files import write_file
from daps_desktop.jobs.proposals import Proposals
from daps_desktop.networks.finder import DamageFinder
from daps_desktop.training.damage.film import FilmElements
from daps_desktop.training.damage.samples import damaged_crop
from daps_desktop.training.damage.strokes import Floats
from daps_desktop.training.data.crops import Crops
from daps_desktop.training.data.photos import find_photos, load_rgb
from daps_desktop.training.fit import Say

LEAST, MOST = 256, 640  # pixels of the side of a scene: what is found is a matter of the whole of it
DRAWN = (False, True, True)  # of each photo, scenes with and without damage
OPENED = 0.8  # so many of the photos that are opened to be restored are damaged
HIDDEN = (32, 16)
EPOCHS, BATCH, RATE, DECAY = 40, 512, 3e-3, 1e-2
DAMAGE, CONTENT = 0.4, 0.1  # a piece is damage where more of it is, content where less of it may be
MOST_WEIGHT = 20.0  # of a piece: the root of its pixels, as a long scratch is seen before a speck is
DIGITS = 5


@dataclass(frozen=True, slots=True)
class JudgedPieces:
    """`features` (n, F), whether each piece is damage (n,), and how much it counts (n,)."""

    features: Values
    damage: NDArray[np.bool_]
    weight: Values


def fit_judgement(
    finder: DamageFinder, photos: Sequence[str], film: Sequence[str], count: int, out: Path, say: Say
) -> None:
    """Judge what the finder finds on `count` of the photos, fit, and write what the program reads.

    Raises: UserError where a place is not there, and where the file cannot be written.
    """
    gathered = list(_gather(finder, photos, FilmElements(film), count))
    seen = JudgedPieces(*(np.concatenate([getattr(g, f) for g in gathered]) for f in JudgedPieces.__slots__))
    say(f"{len(seen.damage)} pieces, {seen.damage.mean():.1%} of them damage")
    judgement = with_share(fitted(seen), sum(DRAWN) / len(DRAWN), OPENED)
    write_file(out, (dump_judgement(judgement) + "\n").encode(), overwrite=True)


def _gather(
    finder: DamageFinder, photos: Sequence[str], film: FilmElements, count: int
) -> Iterator[JudgedPieces]:
    files = find_photos(photos)
    used = 0
    for index in np.random.default_rng(0).permutation(len(files)).tolist():
        photo = load_rgb(files[index])
        if photo is None or min(photo.shape[:2]) < LEAST or find_tone(photo) is not None:
            continue  # old photos carry damage of their own, which nobody marked
        for number, damaged in enumerate(DRAWN):
            rng = np.random.default_rng((index, number))
            crop = np.rint(Crops([photo]).cut(min(MOST, *photo.shape[:2]), rng))
            scan, truth = damaged_crop(crop, film if damaged else None, rng, content=False)
            pixels = scan.astype(np.uint8)
            probability = finder.probabilities(pixels)
            found = pieces(probability)
            if found.pieces:
                yield _known(piece_features(pixels, probability, found), found, truth[..., 0])
        used += 1
        if used == count:
            return


def _known(features: Values, found: Proposals, truth: Floats) -> JudgedPieces:
    """The pieces of which it is plain what they are."""
    labels = found.labels.ravel().astype(np.intp)
    pixels, damaged, either = (
        np.bincount(labels, weights, minlength=len(found.pieces) + 1)[1:]
        for weights in (None, (truth > 0).ravel(), (truth < 0).ravel())
    )
    share = damaged / np.maximum(pixels, 1)
    plain = (share > DAMAGE) | ((damaged + either) < CONTENT * pixels)
    weight = np.sqrt(pixels).clip(1, MOST_WEIGHT)
    return JudgedPieces(features[plain], (share > DAMAGE)[plain], weight[plain])


def fitted(seen: JudgedPieces, epochs: int = EPOCHS) -> Judgement:
    """By cross-entropy; each piece counts by its weight."""
    mean, spread = seen.features.mean(axis=0), seen.features.std(axis=0) + 1e-6
    x = torch.from_numpy(Judgement(mean, spread, ()).standard(seen.features)).float()
    y, weight = (
        torch.from_numpy(seen.damage).float(),
        torch.from_numpy(seen.weight / seen.weight.mean()).float(),
    )
    torch.manual_seed(0)
    sizes = (x.shape[1], *HIDDEN, 1)
    layers = [nn.Linear(a, b) for a, b in pairwise(sizes)]
    optimiser = torch.optim.AdamW(nn.ModuleList(layers).parameters(), RATE, weight_decay=DECAY)
    for epoch in range(epochs):
        for group in optimiser.param_groups:
            group["lr"] = RATE * (1 - epoch / epochs)
        for batch in torch.randperm(len(x)).split(BATCH):
            wrong = F.binary_cross_entropy_with_logits(_logits(layers, x[batch]), y[batch], reduction="none")
            optimiser.zero_grad()
            (wrong * weight[batch]).mean().backward()
            optimiser.step()
    return Judgement(mean, spread, tuple((_values(layer.weight).T, _values(layer.bias)) for layer in layers))


def with_share(judgement: Judgement, drawn: float, opened: float) -> Judgement:
    """What was fitted where that share of the photos was damaged, for another share of them (Bayes' rule)."""
    *hidden, (weight, bias) = judgement.layers
    more = np.log(opened / (1 - opened)) - np.log(drawn / (1 - drawn))
    return replace(judgement, layers=(*hidden, (weight, bias + more)))


def _logits(layers: list[nn.Linear], x: Tensor) -> Tensor:
    *hidden, last = layers
    for layer in hidden:
        x = F.relu(layer(x))
    return cast(Tensor, last(x))[:, 0]


def _values(tensor: Tensor) -> Values:
    return tensor.detach().numpy().astype(np.float64)


def dump_judgement(judgement: Judgement) -> str:
    def rounded(values: Values) -> object:
        return np.vectorize(lambda value: float(f"{value:.{DIGITS}g}"))(values).tolist()

    layers = [[rounded(weight), rounded(bias)] for weight, bias in judgement.layers]
    return json.dumps(
        {"mean": rounded(judgement.mean), "spread": rounded(judgement.spread), "layers": layers}
    )
