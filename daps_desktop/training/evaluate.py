"""A prior measured beside classical methods on photos it never saw, through the program's own solver."""

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from daps_desktop.core.errors import UserError
from daps_desktop.core.photo import Pixels
from daps_desktop.core.settings import Output, Preset, SolverSettings
from daps_desktop.core.task import Blur, Noise, Small, Task
from daps_desktop.networks.card import read_card
from daps_desktop.networks.loader import load
from daps_desktop.networks.runtime.torch_runtime import TorchRuntime
from daps_desktop.solver.planning import TILE
from daps_desktop.training.photos import find_photos, read_rgb
from daps_desktop.training.restoring import Restorer
from daps_desktop.training.rivals import rivals
from daps_desktop.training.scores import Score, Scores
from daps_desktop.training.trials import REPAIR, Case, Trial, centre, make_trial, scratches, squares
from daps_desktop.training.validation import GREY_LEVELS, SIDE

WEAK = 2.5  # std in grey levels of the noise on blurred and shrunk photos
TILES_AT = 25  # grey levels: the noise at which whole photos are compared with tiles
WHOLE = 2048  # side of a tile that holds any of these photos

CASES = (
    *(Case("noise", f"denoising {n}", Task((Noise(),)), n, n) for n in GREY_LEVELS),
    Case("holes", "scratches", REPAIR, draw_hole=scratches),
    *(Case("holes", f"holes {n}", REPAIR, draw_hole=squares(n)) for n in (16, 32, 64)),
    Case("blur", "blur 2", Task((Blur(2.0),)), WEAK, WEAK),
    *(Case("small", f"enlarging x{n}", Task((Small(n),)), WEAK, WEAK) for n in (2, 4)),
    Case("tiles", "tiles", Task((Noise(),)), TILES_AT, TILES_AT),
)


@dataclass(frozen=True, slots=True)
class Method:
    name: str
    restore: Callable[[Trial], Pixels]
    of_prior: bool


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to be measured, on how many photos, and how the program is set.

    `tasks`: beginnings of the names of CASES, in their order; none: all of them.
    Raises: UserError for one that names nothing.
    """

    tasks: tuple[str, ...] = ()
    most: int = 64
    preset: Preset = "balanced"
    slow: bool = True  # BM3D, which takes seconds a photo
    side: int = SIDE  # of the crops in pixels

    def __post_init__(self) -> None:
        for word in self.tasks:
            if not any(case.name.startswith(word) for case in CASES):
                names = ", ".join(case.name for case in CASES)
                raise UserError("setting_value", name="tasks", detail=f"{word!r} is none of {names}")

    @property
    def cases(self) -> list[Case]:
        return [case for case in CASES if not self.tasks or case.name.startswith(self.tasks)]


@dataclass(frozen=True, slots=True)
class Picture:
    """`whole` is (H, W, 3) uint8; `index` decides the noise and the holes, the same for every method."""

    index: int
    name: str
    whole: NDArray[np.uint8]


def evaluate(
    prior: Path, photos: Sequence[str], wanted: Wanted, device: torch.device, csv: Path | None = None
) -> list[Score]:
    """All that is wanted, one photo after the other; what `csv` holds already is not measured again.

    Raises: UserError if prior, photos or csv cannot serve.
    """
    card = read_card(prior)
    restorer = Restorer(load(card, TorchRuntime(device)), device)
    scores = Scores(csv, f"{wanted.preset} {card.sha256[:8]}")
    for picture in pictures(photos, wanted):
        for case in wanted.cases:
            if case.family == "tiles":
                _measure(case, picture, _tiled(restorer), scores, 0)
            else:
                _measure(case, picture, _methods(restorer, case, wanted), scores, wanted.side)
    return scores.found


def pictures(photos: Sequence[str], wanted: Wanted) -> Iterator[Picture]:
    """The first `most` photos that are large enough. Raises: UserError if there is none."""
    files = find_photos(photos)
    found = 0
    for file in files:
        if found == wanted.most:
            return
        whole = read_rgb(file)
        if whole is not None and min(whole.shape[:2]) >= wanted.side:
            yield Picture(found, file.name, whole)
            found += 1
    if not found:
        raise UserError("photos_missing", count=len(files), shortest=wanted.side)


def _measure(case: Case, picture: Picture, methods: Sequence[Method], scores: Scores, side: int) -> None:
    missing = [m for m in methods if not scores.take(case.name, m.name, picture.name, m.of_prior)]
    if not missing:
        return
    pixels = centre(picture.whole, side) if side else picture.whole
    trial = make_trial(case, pixels, picture.index, saved=False)
    for method in missing:
        started = time.perf_counter()
        psnr = trial.psnr(method.restore(trial))
        seconds = time.perf_counter() - started
        scores.add(case.name, method.name, picture.name, method.of_prior, psnr, seconds)


def _methods(restorer: Restorer, case: Case, wanted: Wanted) -> list[Method]:
    """The prior's mean comes first; where a hole is to be filled, one sample too."""
    outputs: tuple[Output, ...] = ("safest", "sample") if case.family == "holes" else ("safest",)
    own = [
        _own(restorer, "" if output == "safest" else f", {output}", wanted.preset, output)
        for output in outputs
    ]
    classical = rivals(case.family, slow=wanted.slow).items()
    return [*own, *(Method(name, restore, of_prior=False) for name, restore in classical)]


def _tiled(restorer: Restorer) -> list[Method]:
    """Whole photos in tiles as the program chooses them, and in one; in one orientation, to be quick."""
    return [
        _own(restorer, f", tiles of {TILE}", "draft"),
        _own(restorer, ", whole", "draft", tile=WHOLE),
    ]


def _own(restorer: Restorer, suffix: str, preset: Preset, output: Output = "safest", tile: int = 0) -> Method:
    settings = SolverSettings(preset, output=output, tile=tile)
    name = restorer.prior.card.name + suffix
    return Method(name, lambda trial: restorer.restore(trial, settings), of_prior=True)
