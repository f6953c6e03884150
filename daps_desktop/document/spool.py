"""Pixels out of the memory: on the disk, in a file without a name, read when they are looked at.

A photo of 24 megapixels with 16 bits is 144 MB, and an evening makes many versions. What is mapped from a
file takes only the memory that happens to be free. The file cannot be opened by anyone else, and is gone when
its pixels are, however the program ends.
"""

import tempfile
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import TypeVar, cast

import numpy as np

from daps_desktop.base.paths import make_private, user_folder
from daps_desktop.document.version import Version
from daps_desktop.imaging.mask import Mask
from daps_desktop.imaging.photo import Photo, Pixels
from daps_desktop.jobs.report import ResidualMap

Values = TypeVar("Values", Pixels, Mask, ResidualMap)

MIN_BYTES = 2**18  # bytes: less is not worth a file
_FILES = 8192  # open at once: each version has three, and some systems allow 256


def spool(photo: Photo) -> Photo:
    """The photo with pixels that are read from the disk; as it was where there is no room for them."""
    pixels = _spool(photo.pixels)
    return photo if pixels is photo.pixels else replace(photo, pixels=pixels)


def spool_version(version: Version, others: Sequence[Mask]) -> Version:
    """The version with all its pictures read from the disk; `others` as in `spool_mask`."""
    mask = None if version.mask is None else spool_mask(version.mask, others)
    values = None if version.residual_map is None else _spool(version.residual_map)
    return replace(version, photo=spool(version.photo), mask=mask, residual_map=values)


def spool_mask(mask: Mask, others: Sequence[Mask]) -> Mask:
    """The mask, read-only and read from the disk; where one of `others` is the same, it serves for both."""
    same = next((other for other in others if other is mask or np.array_equal(other, mask)), None)
    return _spool(mask) if same is None else same


def _spool(values: Values) -> Values:
    try:
        return _map(values, make_private(user_folder() / "spool"))
    except OSError:  # a full disk costs memory, never a version
        return values


def _map(values: Values, folder: Path) -> Values:
    if values.nbytes < MIN_BYTES or isinstance(values.base, np.memmap):
        return values
    with tempfile.TemporaryFile(dir=folder) as file:
        # Not `tofile`, which is silent about the last piece where that finds no room.
        file.write(np.ascontiguousarray(values).data)
        file.flush()
        return cast(Values, np.asarray(np.memmap(file, values.dtype, "r", shape=values.shape)))


def raise_open_file_limit() -> None:
    """Let this process hold enough files open for some thousand versions, if the system permits it."""
    with suppress(ImportError, OSError, ValueError):
        import resource  # not on Windows, which has no such limit

        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        wanted = _FILES if hard == resource.RLIM_INFINITY else min(_FILES, hard)
        if soft < wanted:
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
