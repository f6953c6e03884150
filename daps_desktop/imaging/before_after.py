"""Two pictures as one, to show what was done: side by side, or one cut in the middle."""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from daps_desktop.imaging.photo import Metadata, Photo, Pixels, at_depth
from daps_desktop.imaging.resize import resize

Caption = NDArray[np.uint8]  # (h, w) how much ink, 0 to 255; drawn by who has fonts

_PAPER, _INK = 1.0, 0.25  # of white
_LINE_SHARE = 400  # the line is that part of the width


def before_after(before: Photo, after: Photo, captions: tuple[Caption, Caption], *, split: bool) -> Photo:
    """One picture of the depth of `after`: `before` left, `after` right, a thin line between them and the
    captions on a strip of paper below, so that nothing is covered.

    `before` is brought to the size of `after`; with `split` each shows its half of the same picture.
    """
    left, right = _alike(before, after)
    height, width = right.shape[:2]
    line = max(1, width // _LINE_SHARE)
    white = after.white
    between = np.full((height, line, right.shape[2]), white, right.dtype)
    middle = width // 2
    parts = (left[:, :middle], right[:, middle + line :]) if split else (left, right)
    image = np.concatenate([parts[0], between, parts[1]], axis=1)
    starts = (0, parts[0].shape[1] + line)
    strip = _strip(image, captions, starts, white)
    metadata = Metadata(icc=after.metadata.icc if right.shape[2] == after.pixels.shape[2] else None)
    return Photo(np.concatenate([image, strip]), metadata=replace(metadata, dpi=after.metadata.dpi))


def _alike(before: Photo, after: Photo) -> tuple[Pixels, Pixels]:
    """Both of the size and depth of `after`, in colour if one of them is."""
    scaled = resize(before, after.height, after.width)
    left, right = at_depth(scaled.pixels, after.bits), after.pixels
    channels = max(left.shape[2], right.shape[2])
    return _with_channels(left, channels), _with_channels(right, channels)


def _with_channels(pixels: Pixels, channels: int) -> Pixels:
    return pixels if pixels.shape[2] == channels else np.repeat(pixels, channels, axis=2)


def _strip(image: Pixels, captions: tuple[Caption, Caption], starts: tuple[int, int], white: int) -> Pixels:
    height = max(caption.shape[0] for caption in captions)
    width, channels = image.shape[1:]
    ink = np.zeros((height, width), np.float32)
    for caption, start in zip(captions, starts, strict=True):
        piece = caption[:, : max(width - start, 0)]
        ink[: piece.shape[0], start : start + piece.shape[1]] = piece / 255
    shade = np.rint((_PAPER - (_PAPER - _INK) * ink) * white).astype(image.dtype)
    return np.repeat(shade[..., None], channels, axis=2)
