"""What a finished job can truthfully say about itself, as values; most of the words are the window's."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

import numpy as np
from numpy.typing import NDArray

from daps_desktop.base.i18n import join_sentences, ntr, tr
from daps_desktop.imaging.soft_edge import outer_extent
from daps_desktop.jobs.damage import JpegCompression
from daps_desktop.jobs.report import NarrowedBlur, Report, ResidualMap, StepReport, Trace
from daps_desktop.jobs.task import Task

# The residual of a true explanation is about one noise level; a run of few steps ends a little above it.
AGREES_BELOW = 1.25
ROUGH_BELOW = 2.0
# An average of what could have been there leaves somewhat less than the noise behind, never so little.
CLOSE_BELOW = 0.5
# A residual that still falls by this share within the last quarter of the steps has not come to rest.
STILL_FALLING = 0.15
# Of pure noise the tenth of the map with the most holds 28 % of the squares at most; edges that a wrong blur
# leaves unexplained hold more (36 % to 58 % in trials).
STRUCTURED_ABOVE = 0.33
_MIN_STEPS = 4  # of a run that may be said to improve


def expected_band(task: Task) -> tuple[float, float]:
    """Lowest and highest residual, in noise levels, of a result that agrees.

    Where every pixel was seen, a residual well under one noise level means that some of the noise was taken
    for detail. A repair keeps the photo's own pixels, noise and all, and a photo that shows less than is
    sought (its luma, its small copy, the intervals of a JPEG) can be explained as closely as one likes.
    """
    solved = task.solved_part
    return (CLOSE_BELOW if solved.fully_observed and not solved.only_fills_mask else 0.0), AGREES_BELOW


class Repair(Enum):
    """What can be said of marks that were filled in, which nothing can be compared with."""

    DONE = "done"
    TRACE = "trace"  # of damage is left, or something that does not pass for the photo
    UNKNOWN = "unknown"  # nobody could look, or what was seen may be damage or belong to the photo


class Agreement(Enum):
    """How the result, damaged again in the supposed way, compares with the photo."""

    CLOSE = "close"  # closer than the noise lets a restoration be
    AGREES = "agrees"
    ROUGHLY = "roughly"
    IMPROVING = "improving"  # further than roughly or so, but its last steps brought it clearly closer
    DISAGREES = "disagrees"


class LikelyCause(Enum):
    """What is likely to be set wrong where a result does not agree, or agrees too well."""

    BLUR = "blur"
    JPEG = "jpeg"
    NOISE_LOW = "noise_low"
    NOISE_HIGH = "noise_high"


@dataclass(frozen=True, slots=True)
class Verdict:
    """`redrawn` is the share of pixels that the prior alone supplied; None where every pixel was reworked.

    `agreement` is None where nothing was compared with the photo: a repair leaves alone what the photo shows.
    `recoloured`: every pixel went through a curve of colours, which redraws nothing. `blur`: not as named.
    `repair` is None where nothing was filled in; else a trace is left, or may be, at `places`, of so many
    `repaired`.
    """

    agreement: Agreement | None
    residual_over_noise: float
    redrawn: float | None
    recoloured: bool = False
    suspects: tuple[LikelyCause, ...] = ()
    blur: NarrowedBlur | None = None
    repair: Repair | None = None
    places: int = 0
    repaired: int = 0


def judge(
    report: Report,
    task: Task,
    mask: NDArray[np.bool_] | None,
    edge: int = 0,
    residual_map: ResidualMap | None = None,
) -> Verdict:
    """The verdict on one result from its report, its task and the (H, W) mask it was asked to fill.

    `edge` is the width of the mask's soft edge in pixels, which was redrawn like the mask.
    """
    solved = task.solved_part
    redrawn = None
    if solved.only_fills_mask and mask is not None:
        redrawn = float(np.count_nonzero(outer_extent(mask, edge) if edge else mask) / mask.size)
    if not solved.damages:
        redrawn = 0.0
    agreement = None if solved.only_fills_mask else _agreement(report, expected_band(task))
    return Verdict(
        agreement,
        report.residual_over_noise,
        redrawn,
        solved != task,
        _suspects(agreement, solved, residual_map),
        report.blur,
        *_repair(report.trace, solved),
    )


def _repair(trace: Trace | None, task: Task) -> tuple[Repair | None, int, int]:
    """With the places to mend, and how many were repaired."""
    if not task.needs_mask:
        return None, 0, 0
    if trace is None:
        return Repair.UNKNOWN, 0, 0
    repair = Repair.UNKNOWN if trace.doubtful else Repair.TRACE if trace.places else Repair.DONE
    return repair, len(trace.places), trace.repaired


def format_repair(verdict: Verdict) -> str:
    """In words, for window and command line; "" where nothing was filled in."""
    match verdict.repair:
        case None:
            return ""
        case Repair.UNKNOWN if not verdict.places:
            return tr("Whether a trace of the damage is left cannot be told.")
        case Repair.UNKNOWN:
            words = ntr(
                "Whether a trace is left cannot be told at {count} place.",
                "Whether a trace is left cannot be told at {count} places.",
                verdict.places,
            )
            found = words.format(count=verdict.places)
        case Repair.DONE:
            found = tr("No trace of the damage was found.")
        case Repair.TRACE:
            words = ntr(
                "A trace is left at {count} place.", "A trace is left at {count} places.", verdict.places
            )
            found = words.format(count=verdict.places)
    repaired = ntr("{count} place repaired.", "{count} places repaired.", verdict.repaired)
    return join_sentences(repaired.format(count=verdict.repaired), found)


def is_still_improving(steps: Sequence[StepReport]) -> bool:
    """True where the residual of the last sample still fell clearly at its end."""
    last = [step.residual_over_noise for step in steps if step.sample == steps[-1].sample]
    if len(last) < _MIN_STEPS:
        return False
    before = last[-1 - max(len(last) // 4, 1)]
    return last[-1] < (1 - STILL_FALLING) * before


def is_structured(residual_map: ResidualMap) -> bool:
    """True where what is left lies in few places, as edges do, and not everywhere, as noise does."""
    squares = residual_map[np.isfinite(residual_map)].astype(np.float32) ** 2
    total = float(squares.sum(dtype=np.float64))
    if total == 0:
        return False
    tenth = max(squares.size // 10, 1)
    most = np.partition(squares, -tenth)[-tenth:]
    return float(most.sum(dtype=np.float64)) > STRUCTURED_ABOVE * total


def _suspects(
    agreement: Agreement | None, task: Task, residual_map: ResidualMap | None
) -> tuple[LikelyCause, ...]:
    """The likeliest first; both kinds where no map separates structure from noise."""
    if agreement is Agreement.CLOSE:
        return (LikelyCause.NOISE_HIGH,)
    if agreement not in (Agreement.ROUGHLY, Agreement.DISAGREES):
        return ()
    found: list[LikelyCause] = []
    if residual_map is None or is_structured(residual_map):
        jpeg = task.find(JpegCompression)
        found += [LikelyCause.BLUR] * task.blurs
        found += [LikelyCause.JPEG] * (jpeg is not None and jpeg.quality > 0)
    if residual_map is None or not is_structured(residual_map):
        found.append(LikelyCause.NOISE_LOW)
    return tuple(found)


def _agreement(report: Report, band: tuple[float, float]) -> Agreement:
    lowest, highest = band
    residual = report.residual_over_noise
    if residual < lowest:
        return Agreement.CLOSE
    if residual <= highest:
        return Agreement.AGREES
    if is_still_improving(report.steps):
        return Agreement.IMPROVING
    if residual <= ROUGH_BELOW:
        return Agreement.ROUGHLY
    return Agreement.DISAGREES
