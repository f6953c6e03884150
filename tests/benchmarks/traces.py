"""How often the judge of repairs is right: repairs with right and with wrong marks, drawn on photos.

python -m tests.benchmarks.traces measure PHOTOS --film PLACE [--first N] [--last N] [--cases N]
python -m tests.benchmarks.traces fit PHOTOS --film PLACE --out resources/analysis/traces.json [--cases N]

PHOTOS and PLACE are folders or archives: sound photos, and scanned elements of film; `--cases` of each kind
are drawn, in turn on the first so many photos. To fit, marks are filled in by a quick way: a case takes half
a second of one core. To measure, the program fills them in, with draft quality: 3 s. Fit again whenever the
finder has other weights. The figures are in `packaging/NOTES.md`.
"""

import argparse
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from daps_desktop.analysis.finding.judgement import Judgement
from daps_desktop.analysis.finding.traces import BAND, place_features, trace_features
from daps_desktop.analysis.tone import find_tone
from daps_desktop.imaging.mask import Mask, dilate, erode
from daps_desktop.imaging.photo import Photo, Pixels
from daps_desktop.jobs.damage import MissingPixels
from daps_desktop.jobs.requests import RestoreRequest
from daps_desktop.jobs.settings import SolverSettings
from daps_desktop.jobs.task import Task
from daps_desktop.jobs.verdict import Repair, judge
from daps_desktop.networks.loader import open_finder
from daps_desktop.training.damage.ageing import age_print, digitise, soften
from daps_desktop.training.damage.film import FilmElements
from daps_desktop.training.damage.pieces import LIGHT
from daps_desktop.training.damage.strokes import straight, stroke, walk
from daps_desktop.training.data.crops import Crops
from daps_desktop.training.data.photos import Pixels8, find_photos, load_rgb
from daps_desktop.training.judging import JudgedPieces, dump_judgement, fitted
from tests.benchmarks.running import run

SIDE = 192  # pixels
BESIDE, THIN, SHIFT = 1, 2, 3  # pixels: right marks go beyond the damage by so many, thin ones are ...
TOUCHED = 5.0  # grey levels of change that right marks cover
PLAIN = 24.0  # grey levels beyond the grain: a change that anyone sees
LONG = 4  # times as long as wide: a scratch, and not a blot
PARTS = 3  # in which the cases are fitted, so that pieces are made by a judgement that never saw theirs
LEAST = 30  # pixels of plain damage side by side that make a trace
SETTINGS = SolverSettings(preset="draft", device="cpu")

Floats = NDArray[np.float32]


@dataclass(frozen=True)
class Case:
    """A damaged crop (N, N, 3), its marks, and the plain damage they leave: none where they are right.

    `touched`: all that they leave; what of it is not plain is neither damage nor none.
    """

    kind: str
    damaged: Pixels
    mask: Mask
    left: Mask
    touched: Mask

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
    moved = cv2.warpAffine(
        dilate(damage, BESIDE).astype(np.uint8), move, damage.shape[::-1], flags=cv2.INTER_NEAREST
    )
    return moved > 0


def half(damage: Mask, rng: np.random.Generator) -> Mask:
    """Without one end of the largest piece that is long and thin, cut across its longer axis."""
    _, labels, stats, _ = cv2.connectedComponentsWithStats(damage.astype(np.uint8), connectivity=8)
    cut = np.zeros_like(damage)
    for number in 1 + np.argsort(-stats[1:, cv2.CC_STAT_AREA]):
        piece = labels == number
        places = np.argwhere(piece) - np.argwhere(piece).mean(axis=0)
        along = places @ np.linalg.eigh(places.T @ places)[1][:, -1]
        if np.ptp(along) ** 2 > LONG * len(along):
            cut[piece] = along * rng.choice([-1, 1]) > 0
            break
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
            return Case(kind, pixels.astype(np.uint8), mask, left, (change > TOUCHED) & ~mask)


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


def photos(place: str, first: int, last: int, most: int) -> list[Pixels8]:
    """At most so many. Toned ones are left out: old photos carry damage of their own, which nobody marked."""
    files = find_photos([place])
    loaded = map(load_rgb, files[:first] if first else files[-last:])
    large = (photo for photo in loaded if photo is not None and min(photo.shape[:2]) >= SIDE)
    return list(islice((photo for photo in large if find_tone(photo) is None), most))


def cases(found: list[Pixels8], film: FilmElements, count: int) -> Iterator[Case]:
    """So many of each kind."""
    for number in range(count):
        for at, kind in enumerate(KINDS):
            yield draw_case(kind, found[number % len(found)], film, [number, at])


# fitting


@dataclass(frozen=True)
class Seen:
    """A case with the numbers of its pixels, (N, N, F)."""

    case: Case
    x: Floats
    band: Mask


def quickly_filled(case: Case, rng: np.random.Generator) -> Pixels:
    """By Telea's method, with some of the noise around it."""
    filled = cv2.inpaint(case.damaged, case.mask.astype(np.uint8), 5, cv2.INPAINT_TELEA).astype(np.float32)
    fine = case.damaged - cv2.GaussianBlur(case.damaged.astype(np.float32), (0, 0), 1.5)
    filled += rng.normal(0, 0.3 * fine[~case.mask].std(), (*case.mask.shape, 1)).astype(np.float32)
    return np.where(case.mask[..., None], np.rint(filled).clip(0, 255).astype(np.uint8), case.damaged)


def seen(case: Case, result: Pixels, before: NDArray[np.uint8], after: NDArray[np.uint8]) -> Seen:
    x = trace_features(case.damaged, result, case.mask, before, after)
    return Seen(case, x, dilate(case.mask, BAND) & ~case.mask)


def fit(found: list[Seen]) -> dict[str, Judgement]:
    """First of the pixels; then of the pieces that they make, on cases that the pixels were not fitted on."""
    pieces = [
        known_pieces(each, pixels)
        for part in range(PARTS)
        for pixels in [
            fitted_pixels([each for i, each in enumerate(found) if i // len(KINDS) % PARTS != part])
        ]
        for i, each in enumerate(found)
        if i // len(KINDS) % PARTS == part
    ]
    places = fitted(joined([known for known in pieces if len(known.damage)]), 40)
    return {"pixels": fitted_pixels(found), "places": places}


def fitted_pixels(found: list[Seen]) -> Judgement:
    return fitted(joined([known_pixels(each, np.random.default_rng(i)) for i, each in enumerate(found)]), 5)


def joined(known: list[JudgedPieces]) -> JudgedPieces:
    return JudgedPieces(
        *(np.concatenate([getattr(k, name) for k in known]) for name in JudgedPieces.__slots__)
    )


def known_pixels(of: Seen, rng: np.random.Generator) -> JudgedPieces:
    """Some of those of which it is plain what they are; each case has as much of a say."""
    left = of.case.left
    chosen = (
        of.band & (left | ~dilate(of.case.touched, 2)) & (rng.random(left.shape) < np.where(left, 0.6, 0.15))
    )
    damage = left[chosen]
    weight = np.where(damage, 400 / max(damage.sum(), 40), 1.0)
    return JudgedPieces(of.x[chosen].astype(np.float64), damage, weight)


def known_pieces(of: Seen, pixels: Judgement) -> JudgedPieces:
    odds = np.full(of.band.shape, -20, np.float32)
    scores = pixels.scores(of.x[of.band].astype(np.float64))
    odds[of.band] = np.log(np.maximum(scores, 1e-9) / np.maximum(1 - scores, 1e-9))
    labels, numbers, features = place_features(of.x, odds, of.case.mask, of.band)
    area, left, touched = (
        np.bincount(labels.ravel(), w, labels.max() + 1)[numbers]
        for w in (None, of.case.left.ravel(), of.case.touched.ravel())
    )
    damage = (left >= np.maximum(0.3 * area, 12)) | (left >= 25)
    plain = damage | (touched == 0)
    return JudgedPieces(features[plain] if len(numbers) else features, damage[plain], np.ones(plain.sum()))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("what", choices=["fit", "measure"])
    parser.add_argument("photos")
    parser.add_argument("--film", required=True)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--last", type=int, default=0)
    parser.add_argument("--cases", type=int, default=100, help="of each kind")
    parser.add_argument("--out", type=Path, default=Path("traces.json"))
    options = parser.parse_args()
    found = photos(options.photos, options.first, options.last, options.cases)
    drawn = cases(found, FilmElements([options.film]), options.cases)
    if options.what == "measure":
        measure(drawn)
        return
    finder, rng = open_finder("cpu"), np.random.default_rng(0)
    looked: list[Seen] = []
    for case in drawn:
        result = quickly_filled(case, rng)
        whole = np.ones(case.mask.shape, bool)
        before, after = (finder.probabilities(image, where=whole) for image in (case.damaged, result))
        looked.append(seen(case, result, before, after))
    write(fit(looked), options.out)


def write(judged: dict[str, Judgement], out: Path) -> None:
    out.write_text(
        json.dumps({of: json.loads(dump_judgement(j)) for of, j in judged.items()}) + "\n", "utf-8"
    )


def measure(drawn: Iterator[Case]) -> None:
    """What the verdict says, by kind of case."""
    told_of: dict[str, list[Repair | None]] = {kind: [] for kind in KINDS}
    for case in drawn:
        verdict = judge(run(case.request).report, case.request.task, case.mask)
        told_of[case.kind].append(verdict.repair)
    for kind, told in told_of.items():
        truth, unknown = Repair.DONE if kind == "right marks" else Repair.TRACE, told.count(Repair.UNKNOWN)
        wrong = len(told) - told.count(truth) - unknown
        print(f"{kind}: right {told.count(truth)}, wrong {wrong}, cannot tell {unknown} of {len(told)}")


if __name__ == "__main__":
    main()
