"""What photographs are apart from damage: toned, faded, soft, grainy, screened, written on, framed, hairy.

None of it is damage, so it is drawn on clean crops and on damaged ones alike.
"""

from collections.abc import Callable
from typing import cast

import cv2
import numpy as np
from numpy.typing import NDArray

from daps_desktop.training.damage.strokes import Floats, shrunk, smooth_noise, strokes, walk
from daps_desktop.training.data.crops import grey_or_toned
from daps_desktop.training.data.photos import Pixels8

Doubles = NDArray[np.float64]

_WORDS = ("Anna & Max", "July 4th", "Cafe de Paris", "No. 17", "HOTEL", "1924", "Ernte", "SAFETY FILM")
_FONTS = tuple(range(8))  # of OpenCV, from plain to script
WARM = 0.7  # so many of the toned prints


def age_print(crop: Floats, rng: np.random.Generator, content: bool = True) -> Floats:
    """What the print was before it was damaged. (N, N, 3) of 0 to 255, as the result.

    Without `content`, the photo holds what it holds, and nothing is drawn that looks like damage.
    """
    for draw, share in _DRAWN.items():
        if rng.random() < share and (content or draw in _PRINTED):
            crop = draw(crop, rng)
    return crop.astype(np.float32)


def soften(rng: np.random.Generator) -> Callable[[Floats], Floats]:
    """The optics of a scan: of (N, N, C), linear, the same at each call."""
    sigma = rng.uniform(0.3, 1.3) if rng.random() < 0.5 else 0.0
    factor = rng.uniform(1.1, 1.8) if rng.random() < 0.15 else 1.0

    def softened(crop: Floats) -> Floats:
        if sigma:
            crop = cast(Floats, cv2.GaussianBlur(crop, (0, 0), sigma))
        if factor > 1:  # enlarged by an earlier program; shrunk first, so that everything stays in its place
            small = cv2.resize(crop, None, fx=1 / factor, fy=1 / factor, interpolation=cv2.INTER_AREA)
            crop = cast(Floats, cv2.resize(small, crop.shape[1::-1], interpolation=cv2.INTER_CUBIC))
        return crop

    return softened


def digitise(crop: Floats, rng: np.random.Generator) -> tuple[Floats, float]:
    """Grain, rounding and JPEG. (N, N, 3), whole numbers of 0 to 255, and the std of the grain."""
    std = rng.uniform(1, 10) if rng.random() < 0.55 else 0.0
    if std:
        crop = cast(Floats, crop + np.float32(std) * _grain(crop.shape[0], rng))
    whole = np.rint(crop).clip(0, 255).astype(np.uint8)
    if rng.random() < 0.5:
        quality = int(rng.integers(50, 98))
        _, code = cv2.imencode(".jpg", whole[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, quality])
        whole = cast(Pixels8, cv2.imdecode(code, cv2.IMREAD_COLOR))[..., ::-1]
    return whole.astype(np.float32), float(std)


def _grain(side: int, rng: np.random.Generator) -> Floats:
    """(N, N, 1 or 3) of std 1: white, or with the correlation of film; in colour one time in four."""
    channels = 3 if rng.random() < 0.25 else 1
    noise = rng.standard_normal((side, side, channels), np.float32)
    if rng.random() < 0.6:
        noise = cv2.GaussianBlur(noise, (0, 0), rng.uniform(0.5, 1.6)).reshape(side, side, channels)
    return cast(Floats, noise / noise.std())


def _coloured(crop: Floats, rng: np.random.Generator) -> Floats:
    """Grey, or toned as sepia is."""
    return cast(Floats, np.broadcast_to(grey_or_toned(crop, rng, WARM), crop.shape))


def _faded(crop: Floats, rng: np.random.Generator) -> Floats:
    lifted = rng.uniform(0, 60, 1 if rng.random() < 0.5 else 3).astype(np.float32)
    return crop * np.float32(rng.uniform(0.45, 0.95)) + lifted


def _enlarged(crop: Floats, rng: np.random.Generator) -> Floats:
    """Of a print whose lens drew less than the scanner sees: soft and large, under sharp damage."""
    side = crop.shape[0]
    taken = round(side / np.exp(rng.uniform(np.log(1.2), np.log(4))))
    top, left = rng.integers(0, side - taken + 1, 2)
    part = np.ascontiguousarray(crop[top : top + taken, left : left + taken])
    return cast(Floats, cv2.resize(part, (side, side), interpolation=cv2.INTER_CUBIC)).clip(0, 255)


def _defocused(crop: Floats, rng: np.random.Generator) -> Floats:
    """The ground behind what was in focus: a studio's backdrop, sky, a wall."""
    return cast(Floats, cv2.GaussianBlur(crop, (0, 0), np.exp(rng.uniform(np.log(2), np.log(25)))))


def _written(crop: Floats, rng: np.random.Generator) -> Floats:
    """Letters in ink or light, which belong to the photo."""
    side = crop.shape[0]
    layer = np.zeros((side * 2, side * 2), np.uint8)
    for _ in range(rng.integers(1, 4)):
        word = _WORDS[rng.integers(len(_WORDS))]
        at = (int(rng.integers(-side // 2, side)), int(rng.integers(0, 2 * side)))
        cv2.putText(
            layer, word, at, int(rng.choice(_FONTS)), rng.uniform(0.6, 3), 255, int(rng.integers(1, 6))
        )
    opacity = cv2.resize(layer, (side, side), interpolation=cv2.INTER_AREA)[..., None] / np.float32(255)
    ink = np.float32(rng.uniform(200, 250) if rng.random() < 0.4 else rng.uniform(10, 90))
    return (crop + opacity * rng.uniform(0.5, 1) * (ink - crop)).astype(np.float32)


def _patterned(crop: Floats, rng: np.random.Generator) -> Floats:
    """Dots, checks or stripes of a fabric over part of the crop."""
    side = crop.shape[0]
    period = np.exp(rng.uniform(np.log(4), np.log(50)))
    bent = [np.float32(rng.uniform(0, 0.5) * period) * smooth_noise(rng, side, 30) for _ in range(2)]
    one, other = _waves(side, period, rng.uniform(0, np.pi), (bent[0], bent[1]))
    wave = (one, one + other, np.maximum(one, other))[rng.integers(3)]
    shape = 1 / (1 + np.exp(-rng.uniform(4, 12) * (wave - rng.uniform(-0.2, 1.6))))
    where = smooth_noise(rng, side, rng.uniform(20, 60)) > rng.normal(0, 0.7)
    paint = np.float32(rng.uniform(0, 255)) + rng.normal(0, 25, 3).astype(np.float32)
    opacity = (shape * where * rng.uniform(0.3, 1))[..., None]
    return (crop + opacity * (paint - crop)).astype(np.float32)


def _haired(crop: Floats, rng: np.random.Generator) -> Floats:
    """Hair, fur or grass: many fine lines that run alike, where a hair on the print is alone."""
    side = crop.shape[0]
    count, steps = rng.integers(12, 90), rng.integers(15, 60)
    turns = cv2.GaussianBlur(rng.normal(0, 0.15, (1, steps)), (0, 0), 4)[0]
    heading = rng.uniform(0, 2 * np.pi) + np.cumsum(turns) + rng.normal(0, rng.uniform(0.05, 0.4), (count, 1))
    heading = heading + np.cumsum(rng.normal(0, rng.uniform(0.01, 0.06), (count, steps)), axis=1)
    starts = rng.uniform(0, side, 2) + rng.normal(0, rng.uniform(4, 30), (count, 1, 2))
    strands = starts + 2 * np.cumsum(np.stack([np.cos(heading), np.sin(heading)], axis=-1), axis=1)
    paint = np.float32(rng.uniform(0, 255)) * np.array(
        [1, rng.uniform(0.8, 1), rng.uniform(0.5, 1)], np.float32
    )
    for lock in np.array_split(strands.astype(np.float32), 4):
        opacity = strokes(side, list(lock), rng.uniform(0.5, 2)) * np.float32(rng.uniform(0.2, 1))
        colour = paint * np.float32(rng.uniform(0.7, 1))
        crop = (crop + opacity[..., None] * (colour - crop)).astype(np.float32)
    return crop


def _glinting(crop: Floats, rng: np.random.Generator) -> Floats:
    """Eyes, beads and buttons: a light in a dark round thing."""
    side = crop.shape[0]
    for _ in range(rng.integers(1, 4)):
        radius, at = np.exp(rng.uniform(np.log(3), np.log(30))), rng.uniform(0, side, 2)
        light = at + rng.uniform(-0.4, 0.4, 2) * radius
        dark, bright = rng.uniform(0, 80), rng.uniform(190, 255)
        parts = [(at, 1.0, dark), (light, rng.uniform(0.1, 0.35), bright)]
        if rng.random() < 0.5:
            parts.insert(0, (at, rng.uniform(1.3, 2), rng.uniform(130, 240)))
        for centre, share, paint in parts:
            opacity = _ellipse(side, centre, radius * share * np.array([1, rng.uniform(0.6, 1)]), rng)
            crop = (crop + opacity[..., None] * (np.float32(paint) - crop)).astype(np.float32)
    return crop


def _beaded(crop: Floats, rng: np.random.Generator) -> Floats:
    """Chains, buttons, lace and sewn dots: alike and evenly apart, where specks are of every kind."""
    side = crop.shape[0]
    radii = np.exp(rng.uniform(np.log(0.8), np.log(7))) * np.array([1, rng.uniform(0.5, 1)])
    apart = max(int(radii[0] * rng.uniform(1.2, 4)), 2)  # points of the line, two pixels from each other
    line = walk(rng, side, rng.uniform(60, 400), rng.uniform(0.02, 0.2), rng.uniform(3, 8))[::apart]
    rows = [line + shift for shift in np.arange(rng.integers(1, 6))[:, None] * rng.uniform(-30, 30, 2)]
    dots = strokes(side, [], 1)
    for at in np.concatenate(rows):
        if (at > -radii[0]).all() and (at < side + radii[0]).all():
            dots = np.maximum(dots, _ellipse(side, at, radii, rng))
    paint = np.float32(rng.uniform(0, 255)) + rng.normal(0, 10, 3).astype(np.float32)
    return (crop + dots[..., None] * np.float32(rng.uniform(0.3, 1)) * (paint - crop)).astype(np.float32)


def _ellipse(side: int, centre: Doubles, radii: Doubles, rng: np.random.Generator) -> Floats:
    """(side, side) opacity of one with radii (2,) in pixels about a centre (x, y), turned by chance."""
    large = np.zeros((side * 4, side * 4), np.uint8)
    box = tuple((4 * centre).tolist()), tuple((8 * radii).tolist()), rng.uniform(0, 180)
    cv2.ellipse(large, box, 255, -1)
    return cast(Floats, cv2.GaussianBlur(shrunk(large, side), (0, 0), rng.uniform(0.3, 0.8)))


def _framed(crop: Floats, rng: np.random.Generator) -> Floats:
    """The white margin of a print, the black one of a film or a scanner's bed: one side or two."""
    framed, side = crop.copy(), crop.shape[0]
    paint = np.float32(rng.uniform(215, 255) if rng.random() < 0.65 else rng.uniform(0, 30))
    for _ in range(rng.integers(1, 3)):
        framed = np.rot90(framed, int(rng.integers(4))).copy()
        width = rng.integers(2, side // 2)
        framed[:width] = paint
        if rng.random() < 0.3:  # a line along the margin
            framed[width : width + rng.integers(1, 3)] = np.float32(rng.uniform(0, 255))
    return framed


def _screened(crop: Floats, rng: np.random.Generator) -> Floats:
    """Printed in dots: a threshold of the tone by a wave along two directions."""
    one, other = _waves(crop.shape[0], rng.uniform(2.5, 7), rng.uniform(0, np.pi / 2))
    wave = (one + other)[..., None] / 4
    sharp = np.float32(rng.uniform(3, 12))
    dots = 255 / (1 + np.exp(-sharp * (crop / 255 - 0.5 + wave)))
    return (crop + rng.uniform(0.3, 0.9) * (dots - crop)).astype(np.float32)


def _waves(
    side: int, period: float, angle: float, bent: tuple[Floats, Floats] | None = None
) -> tuple[Floats, Floats]:
    """(side, side) cosines of a period in pixels, across each other; `bent` moves their rows and columns."""
    rows, cols = np.mgrid[:side, :side].astype(np.float32)
    if bent is not None:
        rows, cols = rows + bent[0], cols + bent[1]
    turn = np.float32(2 * np.pi / period)
    along = (np.cos(angle) * cols + np.sin(angle) * rows) * turn
    across = (np.cos(angle) * rows - np.sin(angle) * cols) * turn
    return np.cos(along).astype(np.float32), np.cos(across).astype(np.float32)


_DRAWN: dict[Callable[[Floats, np.random.Generator], Floats], float] = {
    _enlarged: 0.35,
    _defocused: 0.12,
    _coloured: 0.5,
    _faded: 0.35,
    _written: 0.07,
    _patterned: 0.08,
    _beaded: 0.06,
    _haired: 0.07,
    _glinting: 0.05,
    _framed: 0.08,
    _screened: 0.04,
}
"""In this order, and how often each of them is drawn."""

_PRINTED = (_enlarged, _coloured, _faded)
