"""The mask as a picture: white = repair."""

from pathlib import Path

import cv2
import imagecodecs
import numpy as np

from daps_desktop.base.errors import UserError
from daps_desktop.base.files import write_file
from daps_desktop.imaging.colour import Floats
from daps_desktop.imaging.formats.reader import read_photo
from daps_desktop.imaging.mask import Mask
from daps_desktop.imaging.photo import Photo, Pixels

_FAINT = 0.25  # of full paint: what is fainter is the ringing of a JPEG, or the grey of a scanned sheet
_GREY = 0.1  # channels that differ by less are no paint of some colour
_TELLING = 0.001  # share of the paint below which its shades tell nothing
_NEITHER = 0.1  # how near to black or white paint is to be one of them


def read_mask(path: Path, photo: Photo, *, inverted: bool | None = False) -> Mask:
    """The mask (H, W) of `photo` from any picture of its size: painted at least half = repair.

    On a transparent sheet paint of any colour counts, unless it is of black and white, of which white does;
    elsewhere the brightest of red, green and blue. A stroke that is faint all over, down to a quarter of full
    paint, counts as one, so that none is dropped. `inverted`: whether black means repair; None refuses a
    picture of which most is marked but not all, as then black may be meant.
    Raises: UserError (`photo_...` as `read_photo`, `mask_size`, `mask_inverted`).
    """
    mask = read_photo(path)
    if mask.pixels.shape[:2] != photo.pixels.shape[:2]:
        raise UserError(
            "mask_size",
            mask_width=mask.width,
            mask_height=mask.height,
            width=photo.width,
            height=photo.height,
        )
    marked = _with_faint_strokes(_paint(mask, bool(inverted)))
    if inverted is None and mask.pixels.size and 0.5 < marked.mean() < 1:
        raise UserError("mask_inverted", path=path, share=float(marked.mean()))
    return marked


def _paint(mask: Photo, inverted: bool) -> Floats:
    """How much each place is painted, in [0, 1]; inverted: how little."""
    if mask.alpha is None:
        return (
            1 - _share(mask.pixels.min(axis=2), mask) if inverted else _share(mask.pixels.max(axis=2), mask)
        )
    paint = opacity = _share(mask.alpha, mask)
    if opacity.min() == 1 or _is_black_and_white(_share(mask.pixels[opacity > 0.5], mask)):
        paint = _share(mask.pixels.max(axis=2), mask) * opacity
    return 1 - paint if inverted else paint


def _share(values: Pixels, mask: Photo) -> Floats:
    return values.astype(np.float32) / np.float32(mask.white)


def _is_black_and_white(paint: Floats) -> bool:
    """Whether (n, C) opaque values are of two kinds, of which one means that nothing is to be done."""
    darkest, lightest = paint.min(axis=1), paint.max(axis=1)
    telling = _TELLING * len(paint)
    if np.count_nonzero(lightest - darkest > _GREY) > telling:
        return False
    black, white = np.count_nonzero(lightest < _NEITHER), np.count_nonzero(darkest > 1 - _NEITHER)
    return bool(min(black, white) > telling)


def _with_faint_strokes(paint: Floats) -> Mask:
    """What is painted at least half, and what is painted faintly but nowhere more."""
    full = paint > 0.5
    any_paint = paint >= _FAINT
    if not (any_paint & ~full).any():
        return full
    count, found = cv2.connectedComponents(any_paint.astype(np.uint8))
    labels = np.asarray(found, np.int32)
    has_full = np.bincount(labels[full], minlength=count) > 0
    has_full[0] = True  # what is not painted at all
    return full | ~has_full[labels]


def check_mask_ending(path: Path) -> None:
    """Raises: UserError (`save_format`) where the ending is not .png."""
    if path.suffix.lower() != ".png":
        raise UserError("save_format", path=path)


def write_mask(mask: Mask, path: Path, *, overwrite: bool = False) -> None:
    """The mask as a grey PNG, white = repair, that `read_mask` reads back.

    Raises: as `check_mask_ending` and `write_file`.
    """
    path = Path(path)
    check_mask_ending(path)
    image = np.ascontiguousarray(mask).astype(np.uint8) * np.uint8(255)
    write_file(path, bytes(imagecodecs.png_encode(image)), overwrite)
