"""The one mutable truth on the window's side: photo, hole, task, results. A plain object without events."""

from dataclasses import dataclass, field

import numpy as np

from daps_desktop.core.hole import Hole, HolePatch, Rect
from daps_desktop.core.messages import Finished, JobRequest
from daps_desktop.core.photo import Photo
from daps_desktop.core.settings import SolverSettings
from daps_desktop.core.task import Scratches, Task


@dataclass
class Document:
    """Results are history: appended, never overwritten."""

    photo: Photo
    task: Task = field(default_factory=lambda: Task((Scratches(),)))
    settings: SolverSettings = field(default_factory=SolverSettings)
    results: list[Finished] = field(default_factory=list[Finished])
    hole: Hole = field(init=False)

    def __post_init__(self) -> None:
        self.hole = np.zeros((self.photo.height, self.photo.width), dtype=bool)

    @property
    def marked_share(self) -> float:
        """The part of the photo that is marked, 0 to 1."""
        return int(np.count_nonzero(self.hole)) / self.hole.size

    @property
    def hole_missing(self) -> bool:
        """True where the task repairs marked places and none is marked."""
        return self.task.has(Scratches) and not self.hole.any()

    def write(self, rect: Rect, pixels: Hole) -> None:
        """Put `pixels` into the hole at `rect`."""
        self.hole[rect.slices] = pixels

    def patch_since(self, before: Hole, rect: Rect) -> HolePatch:
        """What was changed inside `rect` since `before`, a copy of the whole hole, was taken."""
        return HolePatch(rect, before[rect.slices].copy(), self.hole[rect.slices].copy())

    def patch_to(self, after: Hole) -> HolePatch:
        """The edit that turns the hole into `after`, cut down to the rectangle where they differ."""
        rect = bounding_rect(self.hole ^ after)
        return HolePatch(rect, self.hole[rect.slices].copy(), after[rect.slices].copy())

    def request(self, job_id: str, preview_side: int) -> JobRequest:
        """A job for the document as it stands; its hole is a read-only copy, as the user keeps painting."""
        hole = None
        if self.task.has(Scratches):
            hole = self.hole.copy()
            hole.setflags(write=False)
        return JobRequest(job_id, self.photo, hole, self.task, self.settings, preview_side)


def bounding_rect(changed: Hole) -> Rect:
    """The smallest rectangle that holds every True of (H, W) `changed`; empty if there is none."""
    rows = np.flatnonzero(changed.any(axis=1))
    cols = np.flatnonzero(changed.any(axis=0))
    if not rows.size:
        return Rect(0, 0, 0, 0)
    return Rect(int(rows[0]), int(cols[0]), int(rows[-1]) + 1, int(cols[-1]) + 1)
