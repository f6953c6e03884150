"""A photo and its marks in a frame, and marks brought back from it."""

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import TypeVar

import cv2
import numpy as np
from numpy.typing import NDArray

from daps_desktop.imaging.colour import Floats, from_light, to_light
from daps_desktop.imaging.frame.frame import Frame
from daps_desktop.imaging.frame.geometry import Matrix, Point, Size, shift
from daps_desktop.imaging.mask import Mask
from daps_desktop.imaging.photo import JpegTables, Photo, Pixels, apply_orientation
from daps_desktop.imaging.rect import Rect

Advance = Callable[[float], None]
"""Told, while a photo is resampled, which part of it is done, 0 to 1; whatever it raises ends the work."""

Value = TypeVar("Value", np.bool_, np.uint8 | np.uint16)

_TILE = 1024  # pixels: what is warped at a time
_REACH = 6  # pixels: beyond those that Lanczos mixes


def no_advance(_done: float) -> None:
    """For those who wait for the whole."""


def apply(photo: Photo, frame: Frame, advance: Advance = no_advance) -> Photo:
    """The framed photo at its own depth: resampled once, in linear light, where it is not `exact`.

    Raises: UserError (`frame_unfit`).
    """
    frame.check((photo.height, photo.width))
    if frame == Frame():
        return photo
    pixels = _framed(photo.pixels, frame, True, advance)
    alpha, infrared = (
        None if plane is None else _framed(plane[..., None], frame, False, no_advance)[..., 0]
        for plane in (photo.alpha, photo.infrared)
    )
    jpeg = _tables(photo.jpeg, frame, (photo.height, photo.width)) if photo.jpeg else None
    return replace(photo, pixels=pixels, alpha=alpha, infrared=infrared, jpeg=jpeg)


def _tables(jpeg: JpegTables, frame: Frame, size: Size) -> JpegTables | None:
    """The tables of the framed photo; None where its pixels are mixed anew or blocks of the file are cut."""
    if not frame.exact:
        return None
    sign = np.arange(6, dtype=np.uint8).reshape(2, 3)
    turned = np.rot90(apply_orientation(sign, jpeg.orientation), -frame.turns)
    turned = turned[:, ::-1] if frame.mirrored else turned
    orientation = next(way for way in range(1, 9) if np.array_equal(apply_orientation(sign, way), turned))
    (height, width), crop = frame.canvas_size(size), frame.crop_of(size)
    rows, cols = (crop.top, crop.bottom, height), (crop.left, crop.right, width)
    sides = [_from_end(*rows) if orientation in (3, 4, 7, 8) else rows]
    sides += [_from_end(*cols) if orientation in (2, 3, 6, 7) else cols]
    units = [8 * factor for factor in (jpeg.sampling if jpeg.chroma is not None else (1, 1))]
    coded = zip(sides[::-1] if orientation > 4 else sides, units, strict=True)
    cut = any(start % unit or (stop % unit and stop != side) for (start, stop, side), unit in coded)
    return None if cut else replace(jpeg, orientation=orientation)


def _from_end(start: int, stop: int, side: int) -> tuple[int, int, int]:
    return side - stop, side - start, side


def apply_to_mask(mask: Mask, frame: Frame) -> Mask:
    """The (H, W) marks of a photo on the framed one: a pixel is marked that any marked one was mixed into."""
    if frame.exact:
        return _view(mask, frame).copy()
    size = mask.shape[0], mask.shape[1]
    marked = np.empty(frame.size(size), bool)
    for part, values in _warped(mask[..., None], frame.matrix(size), frame.size(size), cv2.INTER_LINEAR):
        marked[part.slices] = values[..., 0] > 0
    return marked


def brought_back(marks: Mask, changed: Mask, onto: Mask, frame: Frame) -> Mask:
    """`onto`, the (H, W) marks of a photo, with those of the framed one in it where they were `changed`."""
    result = onto.copy()
    if frame.exact:
        _view(result, frame)[changed] = marks[changed]
        return result
    size = onto.shape[0], onto.shape[1]
    both = np.stack([marks, changed], axis=-1)
    back = np.asarray(np.linalg.inv(frame.matrix(size)), np.float64)
    for part, values in _warped(both, back, size, cv2.INTER_NEAREST, cv2.BORDER_CONSTANT):
        there = values[..., 1] > 0
        result[part.slices][there] = values[..., 0][there] > 0
    return result


def _view(plane: NDArray[Value], frame: Frame) -> NDArray[Value]:
    """The part of (H, W, ...) that an exact frame shows, without a copy."""
    turned = np.rot90(plane, -frame.turns)
    whole = turned[:, ::-1] if frame.mirrored else turned
    return whole[frame.crop_of((plane.shape[0], plane.shape[1])).slices]


def _framed(pixels: Pixels, frame: Frame, light: bool, advance: Advance) -> Pixels:
    if frame.exact:
        return np.ascontiguousarray(_view(pixels, frame))
    return _resampled(pixels, frame, light, advance)


def _resampled(pixels: Pixels, frame: Frame, light: bool, advance: Advance) -> Pixels:
    """(H, W, C) framed, by Lanczos over 8 x 8 pixels; `light`: mixed as light, not as values."""
    white = int(np.iinfo(pixels.dtype).max)
    values = np.arange(white + 1) / white
    table = to_light(values) if light else values.astype(np.float32)
    size = pixels.shape[0], pixels.shape[1]
    result = np.empty((*frame.size(size), pixels.shape[2]), pixels.dtype)
    done = 0
    for part, mixed in _warped(pixels, frame.matrix(size), frame.size(size), cv2.INTER_LANCZOS4, table=table):
        clipped = mixed.clip(0, 1)
        result[part.slices] = np.rint((from_light(clipped) if light else clipped) * white)
        done += clipped.size
        advance(done / result.size)
    return result


def _warped(
    source: Pixels | Mask,
    matrix: Matrix,
    size: Size,
    kernel: int,
    border: int = cv2.BORDER_REPLICATE,
    table: Floats | None = None,
) -> Iterator[tuple[Rect, Floats]]:
    """The parts of a picture of `size` whose points `matrix` takes to those of `source`, (H, W, C).

    Piece by piece: OpenCV warps nothing wider than 32767 pixels, and light takes four bytes a value.
    """
    centres = shift(-0.5, -0.5) @ matrix @ shift(0.5, 0.5)  # OpenCV counts from the centre of a pixel
    for top in range(0, size[0], _TILE):
        for left in range(0, size[1], _TILE):
            part = Rect(top, left, top + _TILE, left + _TILE).clipped(*size)
            corners = [(x, y) for x in (part.left, part.right) for y in (part.top, part.bottom)]
            near = _around(centres, corners).clipped(source.shape[0], source.shape[1])
            tall, wide = part.bottom - part.top, part.right - part.left
            if near.empty:  # outside the picture: only marks are brought back from there
                yield part, np.zeros((tall, wide, source.shape[2]), np.float32)
                continue
            values = source[near.slices]
            lit = np.asarray(values if table is None else table[values], np.float32)
            here = shift(-near.left, -near.top) @ centres @ shift(part.left, part.top)
            flags = kernel | cv2.WARP_INVERSE_MAP
            warped = cv2.warpPerspective(lit, here, (wide, tall), flags=flags, borderMode=border)
            yield part, np.asarray(warped, np.float32).reshape(tall, wide, -1)


def _around(matrix: Matrix, corners: Sequence[Point]) -> Rect:
    """What the pixels between the corners are mixed from.

    Between the corners of a photo there is no horizon; marks are brought back from beyond it, too.
    """
    x, y, w = matrix @ np.array([(*corner, 1.0) for corner in corners]).T
    if w.min() <= 0:
        return Rect(0, 0, 2**31, 2**31)
    x, y = x / w, y / w
    reach = (y.min() - _REACH, x.min() - _REACH, y.max() + _REACH, x.max() + _REACH)
    return Rect(*(math.floor(side) for side in np.clip(reach, -(2**31), 2**31)))
