"""The mask as a picture: white = repair."""

from pathlib import Path

import imagecodecs
import numpy as np

from daps_desktop.base.errors import UserError
from daps_desktop.base.files import write_file
from daps_desktop.imaging.colour import REC601
from daps_desktop.imaging.formats.reader import read_photo
from daps_desktop.imaging.mask import Mask
from daps_desktop.imaging.photo import Photo


def read_mask(path: Path, photo: Photo) -> Mask:
    """The mask (H, W) of `photo` from any picture of its size: brighter than half = repair.

    A transparent place of the picture counts as black.
    Raises: UserError (`photo_...` as `read_photo`, or `mask_size`).
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
    pixels = mask.pixels
    light = pixels[..., 0] if pixels.shape[2] == 1 else pixels @ np.array(REC601, np.float32)
    if mask.alpha is not None:
        light = light * (mask.alpha / np.float32(mask.white))
    return light > mask.white / 2


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
