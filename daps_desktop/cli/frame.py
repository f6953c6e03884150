"""`frame`: a photo turned, mirrored, straightened, made rectangular and cropped, without restoring it."""

import argparse
import math
from pathlib import Path

from daps_desktop.base.errors import UserError
from daps_desktop.base.i18n import N_, phrase, tr, words_of
from daps_desktop.cli.common import add_force, add_photo, read_asked_photo, write_result
from daps_desktop.imaging.formats.writer import check_target
from daps_desktop.imaging.frame import Frame, apply, unfit
from daps_desktop.imaging.rect import Rect

_CORNERS = 4


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.description = tr(
        "In this order, whatever that of the options: corners, turn, mirror, straighten, crop. Quarter "
        "turns, mirror and crop keep every pixel as it is."
    )
    add_photo(parser)
    parser.add_argument("-o", "--out", type=Path, required=True, help=tr(".png, .tif, .jpg or .webp"))
    parser.add_argument(
        "--corners", nargs=_CORNERS, metavar="X,Y",
        help=tr("top left, top right, bottom right, bottom left of what becomes a rectangle, in pixels"),
    )  # fmt: skip
    parser.add_argument("--turn", type=int, choices=(90, 180, 270), help=tr("degrees clockwise"))
    parser.add_argument("--mirror", action="store_true", help=tr("swap left and right"))
    parser.add_argument(
        "--straighten", type=float, default=0.0, metavar="DEGREES", help=tr("clockwise, -45 to 45")
    )
    parser.add_argument(
        "--crop", metavar="LEFT,TOP,WIDTH,HEIGHT", help=tr("in pixels, after all of the above")
    )
    add_force(parser)
    parser.set_defaults(run=_frame)


def _frame(options: argparse.Namespace) -> int:
    frame = _asked(options)
    photo = read_asked_photo(options)
    check_target(options.out, options.photo, options.force > 0, options.force > 1)
    write_result(apply(photo, frame), options)
    return 0


def _asked(options: argparse.Namespace) -> Frame:
    """Raises: UserError (`frame_unfit`, `setting_value`)."""
    crop = corners = None
    if options.crop is not None:
        left, top, width, height = map(round, _numbers("crop", options.crop, 4))
        crop = Rect(top, left, top + height, left + width)
    if options.corners is not None:
        pairs = [_numbers("corners", text, 2) for text in options.corners]
        a, b, c, d = ((x, y) for x, y in pairs)
        corners = (a, b, c, d)
    try:
        return Frame(corners, (options.turn or 0) // 90, options.mirror, options.straighten, crop)
    except ValueError as error:
        raise unfit(words_of(error)) from error


def _numbers(name: str, text: str, count: int) -> list[float]:
    try:
        numbers = [float(part) for part in text.split(",")]
    except ValueError:
        numbers = []
    if len(numbers) != count or not all(map(math.isfinite, numbers)):
        words = N_("{text} is not {count} numbers with commas between them")
        detail = phrase(words, text=repr(text), count=count)
        raise UserError("setting_value", name=name, detail=detail)
    return numbers
