"""The kinds of damage that prints and films collect: where each lies, how strongly, and in what colour."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import cast

import cv2
import numpy as np

from daps_desktop.training.damage.film import FilmElements
from daps_desktop.training.damage.strokes import (
    Floats,
    along,
    ragged,
    shrunk,
    smooth_noise,
    straight,
    stroke,
    strokes,
    walk,
)

Kind = Callable[[int, np.random.Generator], Iterator["Piece"]]
"""Pieces for a crop of so many pixels a side."""

SCANNED = 0.22  # so many of the kinds drawn are scanned from film
LIGHT = 0.7  # so many pieces are lighter than the photo: bare paper, dust on a negative
_USUAL = 192  # pixels: the side of a crop that carries each kind once
_FINE = 8  # specks are drawn so many times as large and averaged


@dataclass(frozen=True, slots=True)
class Piece:
    """One place of damage: `opacity` (N, N) 0 to 1 of a `colour` (3,) 0 to 255."""

    opacity: Floats
    colour: Floats


def draw_pieces(film: FilmElements, side: int, rng: np.random.Generator) -> list[Piece]:
    """What a damaged crop carries: of few kinds, mostly a little, sometimes much; more on a large one."""
    kinds: list[Kind] = [partial(_scan, film), *_DRAWN]
    shares = [SCANNED, *_DRAWN.values()]
    chosen = rng.choice(len(kinds), size=rng.choice([1, 1, 2, 2, 3]), p=shares)
    room = 2 * np.log(max(side / _USUAL, 1))
    return [
        piece
        for index in chosen
        for _ in range(round(np.exp(rng.uniform(0, room))) if room else 1)
        for piece in kinds[index](side, rng)
    ]


def _scan(film: FilmElements, side: int, rng: np.random.Generator) -> Iterator[Piece]:
    for _ in range(rng.integers(1, 4)):
        yield Piece(film.draw(side, rng) * _strength(rng, 0.5), _colour(rng))


def _hairs(side: int, rng: np.random.Generator) -> Iterator[Piece]:
    for _ in range(rng.integers(1, 4)):
        points = walk(rng, side, rng.uniform(15, 250), rng.uniform(0.02, 0.5), rng.uniform(1.5, 6))
        yield Piece(stroke(side, points, _width(rng, 0.5, 5)) * _strength(rng, 0.35), _colour(rng))


def _scratches(side: int, rng: np.random.Generator) -> Iterator[Piece]:
    """Nearly straight, short, in one direction, as a nail or a grain of sand leaves them."""
    colour, lie = _colour(rng), rng.uniform(0, np.pi)
    for _ in range(rng.integers(1, 7)):
        length, angle = rng.uniform(8, 140), lie + rng.normal(0, 0.12)
        start = rng.uniform(0, side, 2)
        bow = rng.normal(0, 0.03) * length
        lengthwise = np.array([np.sin(angle), np.cos(angle)])
        across = np.array([np.cos(angle), -np.sin(angle)])
        t = np.linspace(0, 1, 12)[:, None]
        points = (start + length * t * lengthwise + 4 * bow * t * (1 - t) * across).astype(np.float32)
        worn = _worn(side, rng) if rng.random() < 0.5 else np.float32(1)
        yield Piece(stroke(side, points, _width(rng, 0.4, 6)) * worn * _strength(rng, 0.35), colour)


def _tramlines(side: int, rng: np.random.Generator) -> Iterator[Piece]:
    """Straight across the frame, some side by side: along it from a projector, at an angle from a nail."""
    colour = _colour(rng)
    upright = rng.random() < 0.5
    angle = rng.choice([0, np.pi / 2]) + rng.normal(0, 0.02) if upright else rng.uniform(0, np.pi)
    first = straight(rng, side, angle)
    for _ in range(rng.integers(1, 4)):
        points = first + rng.normal(0, 12, 2).astype(np.float32)
        yield Piece(stroke(side, points, _width(rng, 0.5, 7)) * _strength(rng, 0.15), colour)


def _cracks(side: int, rng: np.random.Generator) -> Iterator[Piece]:
    """Folds and cracks of the emulsion: ragged, branched, soft around a bare core."""
    width = rng.uniform(0.7, 6)
    bend = rng.uniform(0.05, 0.5)
    trunk = walk(rng, side, rng.uniform(60, 300), bend, rng.choice([0, 0, 1.5]))
    core = stroke(side, trunk, width)
    for _ in range(rng.integers(0, 6)):
        twig = walk(rng, side, rng.uniform(10, 90), bend + 0.1, 0)
        twig += trunk[rng.integers(len(trunk))] - twig[0]
        core = np.maximum(core, stroke(side, twig, width * rng.uniform(0.3, 0.8)))
    core = core * np.clip(0.9 + 0.45 * smooth_noise(rng, side, rng.uniform(1.2, 3)), 0, 1)
    soft = _soft(core, width * rng.uniform(0.3, 0.9)) * np.float32(rng.uniform(0.2, 0.7))
    colour = _colour(rng, light=0.85)
    if rng.random() < 0.4:  # the shadow beside a ridge
        shift = np.array([[1, 0, rng.uniform(-1, 1) * width], [0, 1, rng.uniform(-1, 1) * width]], np.float32)
        moved = cast(Floats, cv2.warpAffine(soft, shift, (side, side)))
        yield Piece(moved, _colour(rng, light=float(colour.mean() < 128)))
    yield Piece(np.maximum(core, soft) * _strength(rng, 0.5), colour)


def _creases(side: int, rng: np.random.Generator) -> Iterator[Piece]:
    """Where a print was folded or bent: a band in which the emulsion has flaked off in slivers along it."""
    angle, half = rng.uniform(0, np.pi), _width(rng, 1.5, 12)
    colour = _colour(rng, light=0.9)
    for _ in range(rng.integers(1, 3)):
        line = straight(rng, side, angle + rng.normal(0, 0.15))
        if rng.random() < 0.5:
            line = line[0] + (line[1] - line[0]) * rng.uniform([[0.3], [0.5]], [[0.5], [0.7]])
            line = line.astype(np.float32)
        bent = ragged(rng, line, rng.uniform(0, 0.03))
        away = np.where(stroke(side, bent, 1) > 0, 0, 255).astype(np.uint8)
        away = cv2.distanceTransform(away, cv2.DIST_L2, cv2.DIST_MASK_PRECISE).clip(max=2 * side) / half
        for light, above in ((True, rng.uniform(-1.2, 0.6)), (False, rng.uniform(0.6, 1.6))):
            flakes = along(rng, side, angle, rng.uniform(3, 14), rng.uniform(0.7, 2)) - away**2
            opacity = np.clip((flakes - above) / rng.uniform(0.1, 0.6), 0, 1).astype(np.float32)
            yield Piece(opacity * _strength(rng, 0.4), colour if light else _colour(rng, light=0))


def _crackle(side: int, rng: np.random.Generator) -> Iterator[Piece]:
    """A net of fine cracks that come and go, as of an emulsion that has dried out."""
    cells = cv2.Subdiv2D((-side, -side, 3 * side, 3 * side))
    apart = rng.uniform(20, 90)
    cells.insert([(x, y) for x, y in rng.uniform(-side / 2, 1.5 * side, (round((2 * side / apart) ** 2), 2))])
    kept, width, jag = rng.uniform(0.2, 0.9), _width(rng, 0.5, 3), rng.uniform(0.04, 0.16)
    cracks = [
        ragged(rng, np.stack(edge), jag)
        for facet in map(np.asarray, cells.getVoronoiFacetList([])[0])
        for edge in zip(facet, np.roll(facet, -1, 0), strict=True)
        if rng.random() < kept / 2  # each edge belongs to two cells
    ]
    layer = strokes(side, cracks, width)
    worn = np.clip(rng.uniform(0.2, 1) + smooth_noise(rng, side, rng.uniform(1.5, 8)), 0, 1)
    yield Piece(layer * worn.astype(np.float32) * _strength(rng, 0.2), _colour(rng, light=0.85))


def _specks(side: int, rng: np.random.Generator) -> Iterator[Piece]:
    """Dust: from single pixels to discs, few or many, of one lightness or both."""
    count = round(np.exp(rng.uniform(0, np.log(70))))
    largest, share = rng.uniform(0.8, 4.5), rng.choice([0.0, 0.5, 1.0])
    one = {light: _colour(rng, light=float(light)) for light in (False, True)}
    layers = {light: np.zeros((side, side), np.float32) for light in (False, True)}
    for _ in range(count):
        _stamp(layers[bool(rng.random() < share)], rng, rng.uniform(0.5, largest))
    for light, layer in layers.items():
        yield Piece(layer, one[light])


def _stamp(layer: Floats, rng: np.random.Generator, radius: float) -> None:
    """One speck: an ellipse, or, where it is small, whole pixels, as of a sensor or a hard scan."""
    strength = rng.uniform(0.4, 1)
    if radius < 1.2 and rng.random() < 0.5:
        row, col = rng.integers(0, layer.shape[0] - 1, 2)
        layer[row : row + rng.integers(1, 3), col : col + rng.integers(1, 3)] = strength
        return
    n = 2 * int(np.ceil(radius)) + 3
    large = np.zeros((n * _FINE, n * _FINE), np.uint8)
    centre, axes = n * _FINE / 2, (radius * _FINE, radius * _FINE * rng.uniform(0.4, 1))
    cv2.ellipse(large, ((centre, centre), (2 * axes[0], 2 * axes[1]), rng.uniform(0, 180)), 255, -1)
    row, col = rng.integers(0, layer.shape[0] - n, 2)
    part = layer[row : row + n, col : col + n]
    np.maximum(part, shrunk(large, n) * np.float32(strength), out=part)


def _lost(side: int, rng: np.random.Generator) -> Iterator[Piece]:
    """Torn-off emulsion and corners: flat patches with a ragged edge."""
    field = smooth_noise(rng, side, rng.uniform(6, 24)) + 0.15 * smooth_noise(rng, side, 2)
    level = np.float32(rng.uniform(1.2, 2.4))
    inside = (field > level).astype(np.float32)
    yield Piece(_soft(inside, rng.uniform(0.3, 0.9)), _colour(rng, light=0.8))
    if rng.random() < 0.5:  # lighter or darker along the tear
        edge = (np.abs(field - level) < rng.uniform(0.05, 0.2)).astype(np.float32)
        yield Piece(_soft(edge, 0.6) * np.float32(rng.uniform(0.4, 1)), _colour(rng))


def _stain(side: int, rng: np.random.Generator) -> Iterator[Piece]:
    """Water, coffee, mould: a veil with a darker rim."""
    field = smooth_noise(rng, side, rng.uniform(10, 40)) + 0.1 * smooth_noise(rng, side, 3)
    inside = np.clip((field - rng.uniform(0.6, 1.6)) / rng.uniform(0.03, 0.3), 0, 1).astype(np.float32)
    rim = inside * (1 - _soft(inside, rng.uniform(1.5, 4)))
    colour = np.array([rng.uniform(60, 170), rng.uniform(40, 120), rng.uniform(15, 80)], np.float32)
    yield Piece((inside * rng.uniform(0.12, 0.5) + rim * rng.uniform(0.2, 1)).clip(0, 1), colour)


def _tape(side: int, rng: np.random.Generator) -> Iterator[Piece]:
    """A strip with straight sides, half transparent and yellowed, or opaque."""
    angle, width = rng.uniform(0, np.pi), rng.uniform(12, 50)
    centre = rng.uniform(0, side, 2)
    rectangle = (tuple(centre), (rng.uniform(40, 300), width), float(np.degrees(angle)))
    large = np.zeros((side * 2, side * 2), np.uint8)
    corners = np.rint(cv2.boxPoints(rectangle) * 2).astype(np.int32)
    cv2.fillPoly(large, [corners], 255)
    veil = shrunk(large, side)
    cv2.polylines(large := np.zeros_like(large), [corners], True, 255, 2)
    edge = shrunk(large, side) * rng.uniform(0, 0.6)
    yellow = np.array([rng.uniform(180, 240), rng.uniform(150, 215), rng.uniform(70, 160)], np.float32)
    yield Piece(np.maximum(veil * rng.uniform(0.15, 0.95), edge).clip(0, 1), yellow)


_DRAWN: dict[Kind, float] = {
    _hairs: 0.11,
    _scratches: 0.09,
    _tramlines: 0.10,
    _cracks: 0.10,
    _creases: 0.08,
    _crackle: 0.06,
    _specks: 0.13,
    _lost: 0.06,
    _stain: 0.03,
    _tape: 0.02,
}
"""And how often each of them is drawn."""


def _soft(opacity: Floats, sigma: float) -> Floats:
    return cast(Floats, cv2.GaussianBlur(opacity, (0, 0), sigma))


def _worn(side: int, rng: np.random.Generator) -> Floats:
    """(N, N) 0 to 1 by which a line comes and goes."""
    return np.clip(0.7 + 0.5 * smooth_noise(rng, side, rng.uniform(2, 12)), 0, 1).astype(np.float32)


def _strength(rng: np.random.Generator, least: float) -> np.float32:
    return np.float32(rng.uniform(least, 1))


def _width(rng: np.random.Generator, least: float, most: float) -> float:
    """In pixels: the same scratch is thin in a small scan and wide in a large one."""
    return float(np.exp(rng.uniform(np.log(least), np.log(most))))


def _colour(rng: np.random.Generator, light: float = LIGHT) -> Floats:
    """(3,) of bare paper or of dirt, nearly grey or yellowed; `light` is how probable the former is."""
    grey = rng.uniform(185, 255) if rng.random() < light else rng.uniform(0, 75)
    yellowed = rng.uniform(0, 1) * np.array([0, 0.12, 0.35]) if rng.random() < 0.5 else 0
    return np.clip(grey * (1 - yellowed) + rng.normal(0, 6, 3), 0, 255).astype(np.float32)
