"""Pixels out of the memory: on the disk, in a file without a name, read when they are looked at.

A photo of 24 megapixels with 16 bits is 144 MB, and an evening makes many versions. What is mapped from a
file takes only the memory that happens to be free. The file can be opened by nobody else, and is gone when
its pixels are, however the program ends.
"""

import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TypeVar, cast

import numpy as np

from daps_desktop.core.hole import Hole
from daps_desktop.core.photo import Photo, Pixels
from daps_desktop.core.user_folder import make_private, user_folder

Values = TypeVar("Values", Pixels, Hole)

SMALLEST = 2**20  # bytes: less is not worth a file


def spooled(photo: Photo) -> Photo:
    """The photo with pixels that are read from the disk; as it was where there is no room for them."""
    try:
        return replace(photo, pixels=_mapped(photo.pixels, make_private(user_folder() / "spool")))
    except OSError:  # a full disk costs memory, never a version
        return photo


def spooled_hole(hole: Hole, others: Sequence[Hole]) -> Hole:
    """The hole, read-only and read from the disk; where one of `others` is the same, it serves for both."""
    same = next((other for other in others if other is hole or np.array_equal(other, hole)), None)
    if same is not None:
        return same
    try:
        return _mapped(hole, make_private(user_folder() / "spool"))
    except OSError:
        return hole


def _mapped(pixels: Values, folder: Path) -> Values:
    if pixels.nbytes < SMALLEST or isinstance(pixels.base, np.memmap):
        return pixels
    with tempfile.TemporaryFile(dir=folder) as file:
        # Not `tofile`, which is silent about the last piece where that finds no room.
        file.write(np.ascontiguousarray(pixels).data)
        file.flush()
        return cast(Values, np.asarray(np.memmap(file, pixels.dtype, "r", shape=pixels.shape)))
