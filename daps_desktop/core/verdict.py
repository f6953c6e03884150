"""What a finished job may honestly say about itself, as values; the words are the window's."""

from dataclasses import dataclass
from enum import Enum

import numpy as np
from numpy.typing import NDArray

from daps_desktop.core.messages import Report
from daps_desktop.core.soft_edge import reached
from daps_desktop.core.task import Blur, Faded, Kernel, Motion, Noise, Scratches, Task

# The residual of a true explanation is about one noise level; a run of few steps ends a little above it.
AGREES_BELOW = 1.25
ROUGH_BELOW = 2.0
# An average of what could have been there leaves somewhat less than the noise behind, never so little.
CLOSE_BELOW = 0.5
_TELL_ALL = (Scratches, Noise, Blur, Motion, Kernel)  # as many measured values as there are pixels seen


def expected_band(task: Task) -> tuple[float, float]:
    """Lowest and highest residual, in noise levels, of a result that agrees.

    Where every pixel was seen, a residual well under one noise level means that some of the noise was taken
    for detail. A repair keeps the photo's own pixels, noise and all, and a photo that tells less than is
    sought (its luma, its small copy, the intervals of a JPEG) can be explained as closely as one likes.
    """
    solved = task.without(Faded)  # colours are changed beside the solver
    told_all = bool(solved.damages) and all(isinstance(damage, _TELL_ALL) for damage in solved.damages)
    return (CLOSE_BELOW if told_all and not solved.repair_only else 0.0), AGREES_BELOW


class Agreement(Enum):
    """How the result, damaged again in the supposed way, compares with the photo."""

    CLOSE = "close"  # closer than the noise lets a restoration be
    AGREES = "agrees"
    ROUGHLY = "roughly"
    DISAGREES = "disagrees"


@dataclass(frozen=True, slots=True)
class Verdict:
    """`redrawn` is the share of pixels that the prior alone supplied; None where every pixel was reworked.

    `recoloured`: every pixel went through a curve of colours, which redraws nothing.
    """

    agreement: Agreement
    residual_over_noise: float
    redrawn: float | None
    recoloured: bool = False


def judge(report: Report, task: Task, hole: NDArray[np.bool_] | None, edge: int = 0) -> Verdict:
    """The verdict on one result from its report, its task and the (H, W) hole it was asked to fill.

    `edge` is the width of the hole's soft edge in pixels, which was redrawn like the hole.
    """
    solved = task.without(Faded)
    redrawn = float(reached(hole, edge).mean()) if solved.repair_only and hole is not None else None
    if not solved.damages:
        redrawn = 0.0
    agreement = _agreement(report.residual_over_noise, expected_band(task))
    return Verdict(agreement, report.residual_over_noise, redrawn, recoloured=task.has(Faded))


def _agreement(residual_over_noise: float, band: tuple[float, float]) -> Agreement:
    lowest, highest = band
    if residual_over_noise < lowest:
        return Agreement.CLOSE
    if residual_over_noise <= highest:
        return Agreement.AGREES
    if residual_over_noise <= ROUGH_BELOW:
        return Agreement.ROUGHLY
    return Agreement.DISAGREES
