"""What came out of a photo so far. Versions are history: numbered, appended, never overwritten."""

from dataclasses import dataclass

from daps_desktop.core.hole import Hole
from daps_desktop.core.messages import Report
from daps_desktop.core.photo import Photo
from daps_desktop.core.recipe import Recipe


@dataclass(frozen=True, slots=True)
class Version:
    """A result with all that made it.

    `hole` is (H, W) bool of the original photo, read-only, or None where the task filled nothing in;
    `report` is None where the version was put together from others, and `name` then says how.
    """

    number: int  # 1, 2, ... in the order they were made; never given twice in a document
    photo: Photo  # at the depth of the original
    recipe: Recipe
    hole: Hole | None
    report: Report | None
    name: str = ""
