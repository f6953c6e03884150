"""Where a print lies on a scan: four corners, the angle, and how wide its border is."""

import math
from dataclasses import dataclass, replace

from daps_desktop.base.i18n import N_, phrase

Point = tuple[float, float]  # x and y in pixels of the scan; whole numbers are the corners of pixels
Corners = tuple[Point, Point, Point, Point]
Border = tuple[int, int, int, int]  # pixels at the top, right, bottom and left

_STILL = 0.25  # pixels that the far end of a side may be off: less is no angle


@dataclass(frozen=True, slots=True)
class PrintOutline:
    """A print on a scan; `corners` go clockwise from its top left, `border` is that of the upright print."""

    corners: Corners
    border: Border = (0, 0, 0, 0)

    def __post_init__(self) -> None:
        """Raises: ValueError where a corner is nowhere."""
        if not all(math.isfinite(value) for corner in self.corners for value in corner):
            raise ValueError(phrase(N_("a value in it is impossible")))

    @property
    def angle(self) -> float:
        """Degrees by which it lies clockwise, between -45 and 45; the mean of its sides by their length.

        Exactly 0 where turning it would move nothing by as much as half a pixel.
        """
        a, b, c, d = self.corners
        across = (b[0] - a[0] + c[0] - d[0], b[1] - a[1] + c[1] - d[1])
        down = (d[0] - a[0] + c[0] - b[0], d[1] - a[1] + c[1] - b[1])
        x, y = across[0] + down[1], across[1] - down[0]
        turn = math.atan2(y, x)
        still = abs(math.sin(turn)) * max(math.hypot(*across), math.hypot(*down)) / 2 < 2 * _STILL
        return 0.0 if still else math.degrees(turn)

    def moved(self, index: int, point: Point) -> "PrintOutline":
        """The same outline with one corner elsewhere."""
        a, b, c, d = (point if i == index else corner for i, corner in enumerate(self.corners))
        return replace(self, corners=(a, b, c, d))


def in_reading_order(outlines: list[PrintOutline]) -> tuple[PrintOutline, ...]:
    """Line by line from the top, and each line from the left: a print that begins above the middle of the
    first of a line stands in that line."""
    waiting: list[PrintOutline] = sorted(outlines, key=_top)
    ordered: list[PrintOutline] = []
    while waiting:
        middle = sum(y for _, y in waiting[0].corners) / 4
        line: list[PrintOutline] = [outline for outline in waiting if _top(outline) < middle]
        ordered += sorted(line, key=lambda outline: min(x for x, _ in outline.corners))
        waiting = [outline for outline in waiting if outline not in line]
    return tuple(ordered)


def _top(outline: PrintOutline) -> float:
    return min(y for _, y in outline.corners)
