"""The largest photo this program opens, and how large a file must be for what it says of itself."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from daps_desktop.base.errors import UserError
from daps_desktop.base.i18n import N_, phrase

LIMIT_MP = 200
# A picture may unpack to this much, and beyond it to so many times its file: deflate reaches 1032, JPEG 500.
_ALWAYS_ALLOWED, _MAX_GAIN = 80_000_000, 1000


def check_size(path: Path, height: int, width: int, limit_mp: int = LIMIT_MP) -> None:
    """Raises: UserError if that many pixels are too many, or none; called before anything is decoded."""
    if height < 1 or width < 1:
        raise UserError("photo_truncated", path=path, detail=phrase(N_("it says that it has no pixels")))
    if height * width > limit_mp * 1_000_000:
        raise UserError("photo_too_large", path=path, width=width, height=height, limit_mp=limit_mp)


def check_compression_ratio(path: Path, decoded: int, file_size: int) -> None:
    """Raises: UserError if no plausible file of `file_size` bytes unpacks to so many; before it is decoded.

    A few bytes can say that they are a picture of 200 megapixels, and memory would be filled for nothing.
    """
    if decoded > _ALWAYS_ALLOWED + _MAX_GAIN * file_size:
        detail = phrase(N_("it is too short for the size it says it has"))
        raise UserError("photo_truncated", path=path, detail=detail)


_PADDINGS = (b"\x55\x2a" * 64, b"\xaa\xd4" * 64)  # bits that no coding takes for the same


def is_whole(data: bytes, decode: Callable[[bytes], NDArray[np.generic]]) -> bool:
    """Whether packed pixels that lost their end are all there: what follows then changes none of them."""
    first, second = (decode(data + padding) for padding in _PADDINGS)
    return np.array_equal(first, second)
