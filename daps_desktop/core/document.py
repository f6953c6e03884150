"""The one mutable truth on the window's side: photo, hole, task, results. A plain object without events."""

from dataclasses import dataclass, field

import numpy as np

from daps_desktop.core.hole import Hole, HolePatch, Rect
from daps_desktop.core.messages import Finished
from daps_desktop.core.photo import Photo
from daps_desktop.core.settings import SolverSettings
from daps_desktop.core.task import Scratches, Task


@dataclass
class Document:
    """Edits return the rectangle they changed; results are history: appended, never overwritten."""

    photo: Photo
    task: Task = field(default_factory=lambda: Task((Scratches(),)))
    settings: SolverSettings = field(default_factory=SolverSettings)
    results: list[Finished] = field(default_factory=list)
    hole: Hole = field(init=False)

    def __post_init__(self) -> None:
        self.hole = np.zeros((self.photo.height, self.photo.width), dtype=bool)

    def apply(self, patch: HolePatch) -> Rect:
        """Put the patch's after-pixels into the hole."""
        self.hole[patch.rect.slices] = patch.after
        return patch.rect

    def revert(self, patch: HolePatch) -> Rect:
        """Put the patch's before-pixels back."""
        self.hole[patch.rect.slices] = patch.before
        return patch.rect
