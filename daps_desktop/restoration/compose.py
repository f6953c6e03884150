"""The result at the photo's own depth, what must not change taken from the photo bit for bit."""

from collections.abc import Sequence
from dataclasses import replace
from typing import cast

import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from daps_desktop.base.errors import UserError
from daps_desktop.imaging.colour import REC601
from daps_desktop.imaging.mask import Mask
from daps_desktop.imaging.photo import Photo, Pixels, at_depth
from daps_desktop.imaging.profile.noise_model import NoiseModel, level_ratio
from daps_desktop.imaging.profile.tone_curve import ToneCurve, luma_plane
from daps_desktop.imaging.rect import Rect
from daps_desktop.imaging.soft_edge import blend, outer_extent, soft_edge
from daps_desktop.jobs.task import Task
from daps_desktop.restoration.plan import Plan, noise_of
from daps_desktop.solver.tensors import to_pixels

_DRIFT_CELL, _DRIFT_REACH = 4, 4.0  # pixels, and cells: wide enough for noise to average out
_LEAST_GRAIN = 1.0  # grey levels: less is not seen
_GRAIN_STREAM = 1  # beside those of the solver, whose results do not change with the grain
_DRIFT_FAINT = 0.01  # share of the neighbourhood below which it says nothing


def with_soft_edge(mask: Mask | None, task: Task, radius: int) -> Mask | None:
    """The mask with the ring of its soft edge; where every pixel is reworked there is no edge.

    Raises: UserError mask_whole where nothing is left around it.
    """
    if mask is None or not task.only_fills_mask or not radius:
        return mask
    wider = outer_extent(mask, radius)
    if wider.all():
        raise UserError("mask_whole")
    return wider


def with_grain(
    pictures: Sequence[Tensor],
    observed: Sequence[Tensor | None],
    model: NoiseModel,
    grey: bool,
    seed: int,
) -> list[Tensor]:
    """The pictures (1, 3, h, w) with the photo's own noise where they are not `observed`, (1, 1, h, w).

    The same for the same seed. For a `grey` photo, whose `model` is that of its luma, the three channels
    stay equal. Dots of a print and streaks are no grain: drawn anew they would not meet those around.
    """
    if model.level < _LEAST_GRAIN:
        return list(pictures)
    noise = noise_of(model.grain)
    grained: list[Tensor] = []
    for index, (picture, seen) in enumerate(zip(pictures, observed, strict=True)):
        if seen is None:
            grained.append(picture)
            continue
        rng = torch.Generator(picture.device).manual_seed((seed * 2 + _GRAIN_STREAM) * 1_000_003 + index)
        drawn = noise.draw(picture, rng) * _strength(picture, model) * (1 - seen)
        # Each channel of a grey photo carries the noise of the whole grey axis.
        grained.append(picture + (drawn[:, :1] / 3**0.5 if grey else drawn))
    return grained


def _strength(picture: Tensor, model: NoiseModel) -> Tensor | float:
    """(1, 1, h, w): that of the grain at the tone of each pixel, over the mean one."""
    if not model.tones:
        return 1.0
    luma = torch.einsum("c,bchw->bhw", picture.new_tensor(REC601), picture).add(1).div(2)
    return torch.as_tensor(level_ratio(model.tones, luma.cpu().numpy())).to(picture)[:, None]


def compose(
    photo: Photo,
    marks: Mask | None,
    radius: int,
    plan: Plan,
    pictures: Sequence[Tensor],
    tone: ToneCurve | None = None,
    kept: float = 0.0,
) -> Photo:
    """The pictures of all regions in their places, the filling of the marks faded in over `radius` pixels.

    Where there is a `tone` the pictures are grey, and it colours them; the share `kept` of the photo's grain,
    which they have, it gives back to the colours. Colours that are wholly transparent stay as they are,
    where the size does.
    Raises: UserError where it came out as one flat colour.
    """
    task = plan.task
    channels = 3 if task.adds_colour else photo.pixels.shape[2]
    if tone is None:
        parts = [to_pixels(image, photo.pixels.dtype, channels) for image in pictures]
    else:
        pairs = zip(plan.regions, pictures, strict=True)
        parts = [_toned(photo, marks, region.rect, image, tone, kept) for region, image in pairs]
    if not task.only_fills_mask:
        _refuse_constant(photo, to_pixels(pictures[0], photo.pixels.dtype, 1) if tone else parts[0], tone)
        pixels = _with_hidden(photo, parts[0])
        alpha, infrared = (_enlarged(plane, task.scale) for plane in (photo.alpha, photo.infrared))
        return replace(photo.with_pixels(pixels), alpha=alpha, infrared=infrared)
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


def _toned(
    photo: Photo, marks: Mask | None, rect: Rect, picture: Tensor, tone: ToneCurve, kept: float
) -> Pixels:
    """The grey picture of `rect` in the photo's colours; at 16 bits, as a luma of 8 is half a grey level off.

    Paper yellows unevenly, so what the surroundings have beyond the curve is added to it, and of what each
    pixel has beyond that the share `kept`.
    """
    coloured = tone.apply(to_pixels(picture, np.dtype(np.uint16), 1)[..., 0])
    if kept or not tone.neutral:
        seen = np.ones((rect.bottom - rect.top, rect.right - rect.left), bool)
        if marks is not None:
            seen &= ~marks[rect.slices]
        if photo.alpha is not None:
            seen &= photo.alpha[rect.slices] > 0
        own = at_depth(photo.pixels[rect.slices], 16)
        drift = _tone_drift(own, seen, tone)
        drift = cv2.resize(drift, coloured.shape[1::-1], interpolation=cv2.INTER_LINEAR)
        if kept:
            beyond = own - tone.apply(luma_plane(own)[..., 0]).astype(np.float32)
            drift += kept * seen[..., None] * (beyond - drift)
        coloured = np.rint(np.clip(coloured + drift, 0, 65535)).astype(np.uint16)
    return at_depth(coloured, photo.bits)


def _tone_drift(own: Pixels, seen: Mask, tone: ToneCurve) -> NDArray[np.float32]:
    """What colours have beyond the curve, at 16 bits, averaged over the neighbourhood: a drift, and no noise.

    (h, w, 3), a value for each few of the (H, W, 3) pixels; `seen` is (H, W). It dies away where nothing
    near is seen.
    """
    weight = seen[..., None].astype(np.uint16)
    size = [max(1, side // _DRIFT_CELL) for side in seen.shape[::-1]]

    def small(plane: NDArray[np.uint16]) -> NDArray[np.float32]:
        means = cv2.resize(plane, size, interpolation=cv2.INTER_AREA).astype(np.float32)
        return cast(NDArray[np.float32], means)

    beyond = small(own * weight) - small(tone.apply(luma_plane(own)[..., 0]) * weight)
    blurred, share = (
        cv2.GaussianBlur(plane, (0, 0), _DRIFT_REACH, borderType=cv2.BORDER_CONSTANT)
        for plane in (beyond, cv2.resize(seen.astype(np.float32), size, interpolation=cv2.INTER_AREA))
    )
    return (blurred / (share + _DRIFT_FAINT)[..., None]).astype(np.float32)


def _refuse_constant(photo: Photo, after: Pixels, tone: ToneCurve | None) -> None:
    """`after` is compared with what was restored: the photo, or with a `tone` its luma."""
    if np.ptp(after) == 0 and np.ptp(luma_plane(photo.pixels) if tone else photo.pixels) > 0:
        raise UserError("constant_result")


def _enlarged(alpha: Pixels | None, scale: int) -> Pixels | None:
    if alpha is None or scale == 1:
        return alpha
    larger = cv2.resize(alpha, None, fx=scale, fy=scale, interpolation=cv2.INTER_LINEAR)
    return cast(Pixels, larger)
