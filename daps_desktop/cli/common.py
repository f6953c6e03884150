"""What several commands share: the photo and its damage, exit codes, and how they speak."""

import argparse
import sys
from pathlib import Path

from daps_desktop.core.photo import Photo
from daps_desktop.core.photo_writer import write_photo
from daps_desktop.core.task import KINDS, Noise, Scratches, Task, parse_damage

EXIT_USER_ERROR = 2
EXIT_INTERRUPTED = 130


def add_files(parser: argparse.ArgumentParser) -> None:
    known = ", ".join(kind.name for kind in KINDS)
    parser.add_argument("photo", type=Path)
    parser.add_argument("-o", "--out", type=Path, required=True, help=".png, .tif, .jpg or .webp")
    parser.add_argument("--mask", type=Path, help="a picture of the photo's size, white = repair")
    parser.add_argument(
        "--damage",
        action="append",
        default=[],
        metavar="NAME[:key=value,...]",
        help=f"one of {known}; may be repeated",
    )
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument(
        "--force", action="count", default=0, help="replace an existing file; given twice, even the original"
    )


def task_of(options: argparse.Namespace) -> Task:
    """The damages named; a mask alone means scratches, and neither means noise."""
    damages = [parse_damage(text) for text in options.damage]
    if not damages:
        damages = [Scratches() if options.mask else Noise()]
    return Task(tuple(damages))


def write_result(photo: Photo, options: argparse.Namespace) -> None:
    once, twice = options.force > 0, options.force > 1
    write_photo(photo, options.out, overwrite=once, replace_original=twice, original=options.photo)


def duration(seconds: float) -> str:
    minutes, seconds = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    if hours:
        return f"{hours} h {minutes} min"
    return f"{minutes} min {seconds} s" if minutes else f"{seconds} s"


def say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)
