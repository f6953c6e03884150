"""Small pictures of the result as it stands, for the window."""

from collections.abc import Sequence
from typing import cast

import cv2

from daps_desktop.imaging.photo import Photo, Pixels, to_rgb8
from daps_desktop.imaging.profile.tone_curve import ToneCurve
from daps_desktop.jobs.messages import Preview
from daps_desktop.restoration.regions import Region
from daps_desktop.solver.samplers.annealing import AnnealingStep
from daps_desktop.solver.tensors import to_thumbnail


class PreviewRenderer:
    """Draws the regions of a run into a small copy of the photo, `side` pixels on its longer side at most.

    Where `tone` is given they are grey, and coloured by it.
    """

    def __init__(self, photo: Photo, scale: int, side: int, tone: ToneCurve | None = None) -> None:
        self._tone = tone
        self._shrink = min(1.0, side / (max(photo.height, photo.width) * scale)) * scale
        size = self._at(photo.width), self._at(photo.height)
        small = cast(Pixels, cv2.resize(photo.pixels, size, interpolation=cv2.INTER_AREA))
        self._canvas = to_rgb8(Photo(small.reshape(size[1], size[0], -1))).copy()

    def _at(self, position: int) -> int:
        return max(1, round(position * self._shrink))

    def draw(self, parts: Sequence[tuple[Region, AnnealingStep]]) -> Preview:
        """A copy of the canvas with these regions drawn in."""
        for region, step in parts:
            rect = region.rect
            top, left = round(rect.top * self._shrink), round(rect.left * self._shrink)
            bottom, right = (
                max(top + 1, round(rect.bottom * self._shrink)),
                max(left + 1, round(rect.right * self._shrink)),
            )
            target = self._canvas[top:bottom, left:right]
            small = to_thumbnail(region.problem.A.crop(step.x0_y), *target.shape[:2])
            target[:] = small if self._tone is None else self._tone.apply(small[..., 0])
        return Preview(self._canvas.copy())
