"""A result with all that made it, and what can be said of it."""

from collections import deque
from dataclasses import dataclass
from typing import Literal

from daps_desktop.imaging.mask import Mask
from daps_desktop.imaging.photo import Photo
from daps_desktop.jobs.recipe import Recipe
from daps_desktop.jobs.report import Report, ResidualMap
from daps_desktop.jobs.verdict import Verdict, judge

Kind = Literal["safest", "sample", "painted"]


@dataclass(frozen=True, slots=True)
class Version:
    """A result with all that made it.

    `mask` is (H, W) bool of the original photo, read-only, or None where the task filled nothing in;
    `report` is None where the version was put together from others, and `name` then says how.
    """

    number: int  # 1, 2, ... in the order they were made; never given twice in a document
    photo: Photo  # at the depth of the original
    recipe: Recipe
    mask: Mask | None
    report: Report | None
    name: str = ""
    painted: bool = False  # by hand, from two others
    residual_map: ResidualMap | None = None  # None where a run left none, or none is kept any more

    @property
    def kind(self) -> Kind:
        return "painted" if self.painted else self.recipe.settings.output


_REMEMBERED = 64


# The latest verdicts, without the marks and pixels, which would stay in memory. No two runs share a report.
_judged: deque[tuple[Report, Verdict]] = deque(maxlen=_REMEMBERED)


def verdict_on(version: Version) -> Verdict | None:
    """The verdict on a version; None where no run stands behind it.

    Walking through the versions of a large photo does not count its marks again each time.
    """
    report = version.report
    if report is None:
        return None
    for of, verdict in _judged:
        if of is report:
            return verdict
    recipe = version.recipe
    verdict = judge(report, recipe.task, version.mask, recipe.settings.soft_edge, version.residual_map)
    _judged.append((report, verdict))
    return verdict
