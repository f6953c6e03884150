"""The result at the photo's own depth, what must not change taken from the photo bit for bit."""

from collections.abc import Sequence
from dataclasses import replace
from typing import cast

import cv2
import numpy as np
from torch import Tensor

from daps_desktop.base.errors import UserError
from daps_desktop.imaging.mask import Mask
from daps_desktop.imaging.photo import Photo, Pixels
from daps_desktop.imaging.soft_edge import blend, outer_extent, soft_edge
from daps_desktop.jobs.task import Task
from daps_desktop.restoration.plan import Plan
from daps_desktop.solver.tensors import to_pixels


def with_soft_edge(mask: Mask | None, task: Task, radius: int) -> Mask | None:
    """The hole with the ring of its soft edge; where every pixel is reworked there is no edge.

    Raises: UserError mask_whole where nothing is left around it.
    """
    if mask is None or not task.only_fills_mask or not radius:
        return mask
    wider = outer_extent(mask, radius)
    if wider.all():
        raise UserError("mask_whole")
    return wider


def compose(photo: Photo, marks: Mask | None, radius: int, plan: Plan, pictures: Sequence[Tensor]) -> Photo:
    """The pictures of all regions in their places, the filling of the marks faded in over `radius` pixels.

    Colours that are wholly transparent stay as they are, where the size does.
    Raises: UserError where it came out as one flat colour.
    """
    task = plan.task
    channels = 3 if task.adds_colour else photo.pixels.shape[2]
    parts = [to_pixels(image, photo.pixels.dtype, channels) for image in pictures]
    if not task.only_fills_mask:
        _refuse_constant(photo.pixels, parts[0])
        pixels = _with_hidden(photo, parts[0])
        return replace(photo.with_pixels(pixels), alpha=_enlarged(photo.alpha, task.scale))
    assert marks is not None
    pixels = photo.pixels.copy()
    for region, part in zip(plan.regions, parts, strict=True):
        rect = region.rect.slices
        weights = soft_edge(marks[rect], radius)
        faded = blend(photo.pixels[rect], part, weights)
        pixels[rect] = np.where(weights[..., None] > 0, faded, pixels[rect])
    return photo.with_pixels(_with_hidden(photo, pixels))


def _with_hidden(photo: Photo, pixels: Pixels) -> Pixels:
    """The pixels with the photo's own colours where nobody sees them."""
    if photo.alpha is None or pixels.shape[:2] != photo.pixels.shape[:2]:
        return pixels
    return np.where((photo.alpha > 0)[..., None], pixels, photo.pixels)


def _refuse_constant(before: Pixels, after: Pixels) -> None:
    if np.ptp(after) == 0 and np.ptp(before) > 0:
        raise UserError("constant_result")


def _enlarged(alpha: Pixels | None, scale: int) -> Pixels | None:
    if alpha is None or scale == 1:
        return alpha
    larger = cv2.resize(alpha, None, fx=scale, fy=scale, interpolation=cv2.INTER_LINEAR)
    return cast(Pixels, larger)
