"""Where a repair leaves a trace: damage at the rim of the marks or beyond their ends, or a fill that shows.

Of each pixel around the marks a small fitted network says how likely it is damage that belongs to them: by
what the finder says of the result and of the original, by how much the pixel is like what was marked next to
it, and whether a line goes on there from the marks. A second one says the same of the pieces that those
pixels make; between likely and not, it is left to the user.
Fitted by `python -m tests.benchmarks.traces fit`.
"""

import json
from collections.abc import Callable, Iterator
from functools import cache
from typing import cast

import cv2
import numpy as np
from numpy.typing import NDArray

from daps_desktop.analysis.finding.fills import off_colour, without_grain
from daps_desktop.analysis.finding.judgement import Judgement, parse_judgement
from daps_desktop.analysis.planes import Plane, gaussian_blurred, to_luma
from daps_desktop.base.paths import resource
from daps_desktop.imaging.mask import Mask, bounding_box, dilate
from daps_desktop.imaging.photo import Pixels
from daps_desktop.imaging.profile.noise_model import NoiseModel
from daps_desktop.imaging.profile.tone_curve import ToneCurve
from daps_desktop.imaging.rect import Rect
from daps_desktop.jobs.report import PlaceToMend, Reason

Probabilities = NDArray[np.uint8]
Look = Callable[[Pixels, Mask], Probabilities]
"""How likely damage each pixel is, at least where the mask says so, as a finder tells it."""

FILE = "analysis/traces.json"
BAND = 32  # pixels around the marks that are looked at, and around what is found to belong to them
NAMES = (
    "after", "after_most", "after_around", "before", "before_most", "marked", "alike", "alike_near",
    "alike_around", "contrast", "size", "noise", "away", "busy", "alike_line", "after_line", "before_line",
    "alike_on", "after_on",
)  # fmt: skip
_LIKELY, _SURE = 0.75, 0.8  # of a piece: what touches the marks, and what goes on from there
_DOUBTFUL = 0.6  # of a piece that touches the marks: it may be damage
_CLEAR, _SAME, _ENOUGH = 180, 0.5, 30  # of 255; of what lay between mark and background; pixels
_CERTAIN = 20.0  # log-odds
_FEWEST = 8  # pixels of a place
_TOUCHING = 2  # pixels between the marks and a place, at most
_RIM = 2  # pixels that a place covers beyond what was seen
_LONGEST = 32  # times a band: how far damage is followed
_TILE, _CONTEXT = 512, 48  # pixels worked on together, and around them
_ANGLES, _NEAR, _FAR = 12, 12, 24  # lines that are tried through a pixel, and how far they reach, in pixels


def places_to_mend(
    original: Pixels,
    result: Pixels,
    mask: Mask,
    look: Look,
    tone: ToneCurve | None,
    noise: NoiseModel,
    refused: Mask | None = None,
) -> list[PlaceToMend]:
    """The places, from the top down, where (H, W, C) pixels of a result do not pass for the photo.

    `mask` (H, W) is what was filled in, `look` the finder, `tone` and `noise` what the photo says of itself.
    What does not touch the marks is none of the repair's; what the user `refused`, (H, W), is no damage.
    Where there is none, those are told that may be one: of the reason "doubt".
    """
    if not mask.any():
        return []
    damage, doubtful = _damage_left(original, result, mask, look)
    if refused is not None:
        damage, doubtful = damage & ~refused, doubtful & ~refused
    where: dict[Reason, Mask] = {
        "damage": damage,
        "colour": off_colour(result, mask, tone),
        "grain": without_grain(result, mask, noise),
    }
    found = [place for reason, seen in where.items() for place in _places(seen, reason)]
    found = found or list(_places(doubtful, "doubt"))
    return sorted(found, key=lambda place: (place.rect.top, place.rect.left))


def _places(where: Mask, reason: Reason) -> Iterator[PlaceToMend]:
    """What is connected is one place, and what is only just apart as well."""
    wider = dilate(where, _RIM)
    labels, stats = _connected(wider)
    for number, (left, top, width, height, _) in enumerate(stats.tolist()):
        rect = Rect(top, left, top + height, left + width)
        inside = labels[rect.slices] == number
        if number and np.count_nonzero(inside & where[rect.slices]) >= _FEWEST:
            yield PlaceToMend.of(rect, reason, inside)


def _damage_left(original: Pixels, result: Pixels, mask: Mask, look: Look) -> tuple[Mask, Mask]:
    """Outside of the mask, what belongs to the damage in it, followed for as far as it goes on; what may."""
    left, doubtful, asked = (np.zeros_like(mask) for _ in range(3))
    marked = mask
    for step in range(_LONGEST):
        band = dilate(left if step else mask, BAND) & ~asked & ~marked
        if not band.any():
            break
        before, after = look(original, band), look(result, band)
        for seen, own in _tiles(band):
            maps = original[seen], result[seen], marked[seen], before[seen], after[seen]
            likely = damage_beside(*maps, band[seen])
            left[seen] |= own & (likely > (_SURE if step else _LIKELY))
            doubtful[seen] |= own & (likely > _DOUBTFUL) & (step == 0)
        asked |= band
        if np.array_equal(marked, mask | left):
            break
        marked = mask | left
    return left, doubtful


def damage_beside(
    original: Pixels,
    result: Pixels,
    mask: Mask,
    before: Probabilities,
    after: Probabilities,
    band: Mask,
) -> Plane:
    """How likely, 0 to 1, pieces in the (H, W) band that touch the mask are part of what it marks."""
    x = trace_features(original, result, mask, before, after)
    odds = np.full(mask.shape, -_CERTAIN, np.float32)
    scores = fitted_traces()["pixels"].scores(x[band].astype(np.float64))
    odds[band] = np.log(np.maximum(scores, 1e-9) / np.maximum(1 - scores, 1e-9))
    labels, numbers, features = place_features(x, odds, mask, band)
    likely = np.zeros(int(labels.max()) + 1, np.float32)
    if len(numbers):
        likely[numbers] = fitted_traces()["places"].scores(features)
    return np.maximum(likely[labels], _plain(x, after, mask, band))


def _plain(x: NDArray[np.float32], after: Probabilities, mask: Mask, band: Mask) -> Mask:
    """Pieces of which the finder is sure and that are as light or dark as what was marked beside them."""
    alike = x[..., NAMES.index("alike")] > _SAME
    sure = band & (after >= _CLEAR) & alike
    labels, stats = _connected(sure)
    touching = np.unique(labels[dilate(mask, _TOUCHING) & sure])
    wanted = np.zeros(len(stats), bool)
    wanted[touching[stats[touching, cv2.CC_STAT_AREA] >= _ENOUGH]] = True
    wanted[0] = False
    return wanted[labels]


def _connected(where: Mask) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """Labels (H, W) of the pieces of a mask, and of each its box and area; 0 is what lies between."""
    _, labels, stats, _ = cv2.connectedComponentsWithStats(where.view(np.uint8), connectivity=8)
    return cast(NDArray[np.int32], labels), cast(NDArray[np.int32], stats)


def place_features(
    x: NDArray[np.float32], odds: Plane, mask: Mask, band: Mask
) -> tuple[NDArray[np.int32], NDArray[np.intp], NDArray[np.float64]]:
    """Labels (H, W) of the likely pieces, the numbers of the n that touch the mask, and a row about each."""
    likely = odds > 0
    labels, stats = _connected(likely)
    rim, away = dilate(mask, 1) & ~mask, x[..., NAMES.index("away")]
    touching = np.unique(labels[dilate(mask, _TOUCHING) & likely])
    numbers = touching[(touching > 0) & (stats[touching, cv2.CC_STAT_AREA] >= _FEWEST)]
    around = np.log(likely.sum() + 1), (odds[band] > 0).mean(), np.log(rim.sum() + 1)
    rows: list[NDArray[np.float64]] = []
    for number in numbers.tolist():
        left, top, width, height, area = stats[number].tolist()
        box = Rect(top, left, top + height, left + width).slices
        inside = labels[box] == number
        own, values, contact = odds[box][inside], x[box][inside], np.count_nonzero(rim[box] & inside)
        spread = np.cov(np.argwhere(inside).T) + np.eye(2) / 12
        across, along = np.sqrt(12 * np.linalg.eigvalsh(spread))
        shape = (
            np.log(area), own.max(), own.mean(), np.log(np.maximum(own, 0).sum() + 1), np.log(contact + 1),
            np.log(area / (contact + 1)), away[box][inside].max(), (away[box][inside] <= np.log(4)).mean(),
            np.log(along + 1), np.log(across + 1), contact / max(rim.sum(), 1), *around,
        )  # fmt: skip
        rows.append(np.concatenate([shape, values.mean(axis=0), values.max(axis=0), values.std(axis=0)]))
    return labels, numbers.astype(np.intp), np.array(rows)


def _tiles(band: Mask) -> Iterator[tuple[tuple[slice, slice], Mask]]:
    """Parts of the picture that hold any of the band: with context, and without it as a mask of that."""
    box = bounding_box(band)
    for top in range(box.top, box.bottom, _TILE):
        for left in range(box.left, box.right, _TILE):
            own = Rect(top, left, top + _TILE, left + _TILE).clipped(*band.shape)
            if not band[own.slices].any():
                continue
            seen = Rect(
                own.top - _CONTEXT, own.left - _CONTEXT, own.bottom + _CONTEXT, own.right + _CONTEXT
            ).clipped(*band.shape)
            inside = np.zeros((seen.bottom - seen.top, seen.right - seen.left), bool)
            inside[own.translated(-seen.top, -seen.left).slices] = True
            yield seen.slices, inside


@cache
def fitted_traces() -> dict[str, Judgement]:
    """Those that ship with the program: of `pixels`, and of `places` as wholes."""
    numbers = json.loads(resource(FILE).read_text("utf-8"))
    return {of: parse_judgement(told) for of, told in numbers.items()}


def trace_features(
    original: Pixels, result: Pixels, mask: Mask, before: Probabilities, after: Probabilities
) -> NDArray[np.float32]:
    """(H, W, len(NAMES)) of (H, W, C) pixels; `before` and `after` is what the finder says of the two.

    `alike` is 1 for a pixel as far from its background as the paint of the nearest mark was, 0 for the
    background: medians over a window that a scratch is lost in.
    """
    luma, painted = to_luma(result), to_luma(original).astype(np.float32)
    behind = cast(Plane, cv2.medianBlur(luma, 31).astype(np.float32))
    luma = luma.astype(np.float32)
    now, then = _odds(after), _odds(before)
    away, nearest = _nearest(mask)
    paint, marked = (_inside(plane, mask).ravel()[nearest] for plane in (painted, then))
    contrast = paint - behind
    alike = np.clip((luma - behind) * contrast / (contrast**2 + 64), -1, 2).astype(np.float32)
    fine = _mean(np.abs(luma - gaussian_blurred(luma, 1.0)), 15) + np.float32(0.3)
    square = np.ones((5, 5), np.uint8)
    return np.stack(
        [
            now, cv2.dilate(now, square), _mean(now, 2), then, cv2.dilate(then, square), marked, alike,
            _mean(alike, 1), _mean(alike, 3), np.log((np.abs(contrast) + 1) / fine),
            np.log(np.abs(contrast) + 1), np.log(fine), np.log(away + 1),
            np.log(_mean(np.abs(luma - behind), 7) + 1), *_lines(alike, now, then, mask),
        ],
        axis=2,
    ).astype(np.float32)  # fmt: skip


def _lines(alike: Plane, now: Plane, then: Plane, mask: Mask) -> Iterator[Plane]:
    """How much more a line through each pixel holds of them than what lies beside it, at the best angle;
    last, the same of lines that lead to marks of their own direction: there a scratch goes on.
    """
    marked = mask.astype(np.float32)
    planes = [alike, cast(Plane, now / 5), cast(Plane, then / 5)]
    best = [np.full_like(alike, -np.inf) for _ in planes]
    onward = [np.zeros_like(alike) for _ in planes[:2]]
    for on, farther in zip(_line_kernels(_NEAR), _line_kernels(_FAR), strict=True):
        leads = np.maximum(_filtered(marked, farther), 0)
        for number, plane in enumerate(planes):
            found = _filtered(plane, on)
            np.maximum(best[number], found, out=best[number])
            if number < len(onward):
                np.maximum(onward[number], found * leads, out=onward[number])
    yield from best
    yield from onward


def _filtered(plane: Plane, kernel: NDArray[np.float32]) -> Plane:
    return cast(Plane, cv2.filter2D(plane, -1, kernel, borderType=cv2.BORDER_REFLECT))


@cache
def _line_kernels(reach: int) -> list[NDArray[np.float32]]:
    """The mean over a line of three pixels less that over what lies to both of its sides, at each angle."""
    kernels: list[NDArray[np.float32]] = []
    for turn in np.arange(_ANGLES) * np.pi / _ANGLES:
        rows, cols = np.mgrid[-reach : reach + 1, -reach : reach + 1]
        along, across = cols * np.cos(turn) + rows * np.sin(turn), rows * np.cos(turn) - cols * np.sin(turn)
        near = np.abs(along) <= reach
        on, beside = near & (np.abs(across) <= 1.5), near & (np.abs(across) >= 6) & (np.abs(across) <= 9)
        kernels.append((on / on.sum() - beside / beside.sum()).astype(np.float32))
    return kernels


def _odds(probability: Probabilities) -> Plane:
    return np.log((probability + np.float32(0.5)) / (np.float32(255.5) - probability))


def _mean(plane: Plane, reach: int) -> Plane:
    return cast(Plane, cv2.blur(plane, (2 * reach + 1, 2 * reach + 1), borderType=cv2.BORDER_REFLECT))


def _inside(plane: Plane, mask: Mask) -> Plane:
    """The mean over the part of the mask that is near; anything where none is."""
    weight = mask.astype(np.float32)
    return cast(Plane, _mean(plane * weight, 4) / np.maximum(_mean(weight, 4), np.float32(1e-4)))


def _nearest(mask: Mask) -> tuple[Plane, NDArray[np.intp]]:
    """How far each pixel is from the mask, and the place of the nearest one in it, of the flat array."""
    away, labels = cv2.distanceTransformWithLabels(
        (~mask).view(np.uint8), cv2.DIST_L2, 5, labelType=cv2.DIST_LABEL_PIXEL
    )
    numbers, marked = cast(NDArray[np.int32], labels), np.flatnonzero(mask)
    places = np.zeros(int(numbers.max()) + 1, np.intp)
    places[numbers.ravel()[marked]] = marked
    return cast(Plane, away), places[numbers]
