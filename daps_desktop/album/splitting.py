"""Several prints of one scan as photos of their own: each cut out, set upright, in a file by number."""

import math
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from daps_desktop.base.errors import UserError
from daps_desktop.base.files import save_errors
from daps_desktop.imaging.formats.writer import check_target, write_photo
from daps_desktop.imaging.frame import Frame, Size, apply, moved
from daps_desktop.imaging.photo import Photo
from daps_desktop.imaging.profile.print_outline import PrintOutline
from daps_desktop.imaging.rect import Rect

ENDING = ".tif"  # holds every depth and all that a scan says about itself, and loses nothing
_EVEN = 0.25  # pixels of what lies around a print that a rounded edge may take in


def frame_of(outline: PrintOutline, size: Size, borders: bool = True) -> Frame:
    """How a scan of `size` is framed to show one print upright, with or without its border.

    A print that lies straight is cut out to the bit; any other is turned about its own angle. What is shown
    lies inside all four sides. Raises: ValueError where hardly anything does.
    """
    turned = Frame(angle=-outline.angle)
    onto = np.asarray(np.linalg.inv(turned.canvas_matrix(size)), np.float64)
    x, y = moved(onto, outline.corners).T
    top, right, bottom, left = (0, 0, 0, 0) if borders else outline.border
    crop = Rect(
        math.ceil(max(y[0], y[1]) - _EVEN) + top,
        math.ceil(max(x[0], x[3]) - _EVEN) + left,
        math.floor(min(y[2], y[3]) + _EVEN) - bottom,
        math.floor(min(x[1], x[2]) + _EVEN) - right,
    )
    return replace(turned, crop=_inside(crop, turned, size))


def _inside(crop: Rect, turned: Frame, size: Size) -> Rect:
    """The crop, smaller by what of it lies outside of the scan: a print may lie at its edge."""
    crop = crop.clipped(*turned.canvas_size(size))
    for _ in range(3):
        if turned.holds(size, crop):
            break
        crop = Rect(crop.top + 1, crop.left + 1, crop.bottom - 1, crop.right - 1)
    return crop


def cut_out(scan: Photo, outline: PrintOutline, borders: bool = True) -> Photo:
    """One print of a scan, at its depth and with all that the scan says about itself.

    Raises: UserError (`frame_unfit`, `split_small`).
    """
    try:
        frame = frame_of(outline, (scan.height, scan.width), borders)
    except ValueError as error:
        raise UserError("split_small") from error
    return replace(apply(scan, frame), pages=1, page=1, remarks=())


def target_paths(scan: Path, folder: Path, count: int) -> list[Path]:
    """The files that the prints of a scan are written to, in their order: SCAN-1.tif, SCAN-2.tif ..."""
    return [folder / f"{scan.stem}-{number}{ENDING}" for number in range(1, count + 1)]


def split(
    scan: Photo, name: Path, outlines: Sequence[PrintOutline], folder: Path, borders: bool = True
) -> list[Path]:
    """Write each print of a scan, whose file is called `name`, into a folder, which is made where it lacks.

    No file is ever written over, and none is written where one of that name is there.
    Raises: UserError (`save_...`, `frame_unfit`, `split_small`).
    """
    paths = target_paths(name, folder, len(outlines))
    with save_errors(folder):
        folder.mkdir(parents=True, exist_ok=True)
    for path in paths:
        check_target(path, scan.path, overwrite=False)
    for path, outline in zip(paths, outlines, strict=True):
        write_photo(cut_out(scan, outline, borders), path)
    return paths
