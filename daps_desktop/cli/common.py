"""What several commands share: the photo and its damage, exit codes, and how they speak."""

import argparse
import sys
import unicodedata
from collections.abc import Iterable
from pathlib import Path

from daps_desktop.base.i18n import N_, tr
from daps_desktop.document.kernel_file import with_kernel_read
from daps_desktop.imaging.formats.reader import read_photo
from daps_desktop.imaging.formats.writer import lost_in, write_photo
from daps_desktop.imaging.photo import Photo
from daps_desktop.imaging.profile.tone_curve import TONES
from daps_desktop.jobs.damage import MissingPixels, Noise, Toning
from daps_desktop.jobs.damage_text import parse_damage, usage
from daps_desktop.jobs.damage_traits import TRAITS
from daps_desktop.jobs.messages import file_notices
from daps_desktop.jobs.proposals import DEFAULT, SENSITIVITY
from daps_desktop.jobs.remaining_time import forecast_range
from daps_desktop.jobs.settings import SWITCHES
from daps_desktop.jobs.task import Task

EXIT_USER_ERROR = 2
EXIT_INTERRUPTED = 130
NOTHING_FOUND = N_("Nothing was found that looks like damage.")
BY_INFRARED = N_("It was found by the infrared channel of the scan.")
EXIT_UNREAD = 141  # as where the system ends a program that writes into a broken pipe


def add_photo(parser: argparse.ArgumentParser, name: str | None = None) -> None:
    parser.add_argument("photo", type=Path, metavar=name)
    parser.add_argument(
        "--page", type=int, metavar="N", help=tr("of a file with several photos; else the first")
    )


def add_mask_meaning(parser: argparse.ArgumentParser) -> None:
    """`inverted`: as in `read_mask`."""
    meaning = parser.add_mutually_exclusive_group()
    invert = tr("black = repair")
    meaning.add_argument("--invert-mask", dest="inverted", action="store_true", default=None, help=invert)
    whole = tr("white = repair, though it is more than half of the mask")
    meaning.add_argument("--whole-mask", dest="inverted", action="store_false", default=None, help=whole)


def read_asked_photo(options: argparse.Namespace) -> Photo:
    """The photo, and said on stderr what a person should know of its file. Raises: UserError."""
    photo = read_photo(options.photo, options.page)
    for notice in file_notices(photo).values():
        print_status(str(notice))
    return photo


def add_files(parser: argparse.ArgumentParser) -> None:
    known = "; ".join(map(usage, TRAITS))
    add_photo(parser)
    parser.add_argument("-o", "--out", type=Path, required=True, help=tr(".png, .tif, .jpg or .webp"))
    parser.add_argument("--mask", type=Path, help=tr("a picture of the photo's size, white = repair"))
    add_mask_meaning(parser)
    parser.add_argument(
        "--damage",
        action="append",
        default=[],
        metavar="NAME[:key=value,...]",
        help=tr("may be repeated; one of: {known}").format(known=known),
    )
    parser.add_argument("--seed", type=int, default=0)
    add_force(parser)


def add_force(parser: argparse.ArgumentParser) -> None:
    words = tr("replace an existing file; given twice, even the original")
    parser.add_argument("--force", action="count", default=0, help=words)


_SWITCHED_OFF = {
    "fill_grain": ("--no-grain", N_("leave what is filled in without the photo's grain")),
    "keep_tone": (
        "--no-keep-tone",
        N_("restore the colours of a toned photo (sepia, say) as those of any other"),
    ),
}


def add_switches(parser: argparse.ArgumentParser) -> None:
    """An option for each switch of the settings, which turns it off; None where it is not given."""
    for name in SWITCHES:
        option, words = _SWITCHED_OFF[name]
        parser.add_argument(option, dest=name, action="store_false", default=None, help=tr(words))


def add_tone(parser: argparse.ArgumentParser) -> None:
    words = tr("a tone for a black and white or toned photo; neutral takes its own out")
    parser.add_argument("--tone", choices=tuple(TONES), help=words)


def with_tone(task: Task, tone: str | None) -> Task:
    """The task with the tone that was asked for in place of its own."""
    return Task((*task.without(Toning).damages, Toning(tone))) if tone else task


def sensitivity(text: str) -> float:
    """That of the finder, from the command line. Raises: ArgumentTypeError, which argparse tells."""
    try:
        value = float(text)
    except ValueError:
        raise argparse.ArgumentTypeError(tr("{text} is no number").format(text=repr(text))) from None
    if refusal := SENSITIVITY.refusal("sensitivity", value):
        raise argparse.ArgumentTypeError(str(refusal))
    return value


def add_find(parser: argparse.ArgumentParser) -> None:
    """`--find`: the sensitivity, None where it is not given."""
    parser.add_argument(
        "--find",
        nargs="?",
        type=sensitivity,
        const=DEFAULT,
        metavar="0-1",
        help=tr("mark what looks like damage, with this sensitivity (0.5: at even odds)"),
    )


def task_from_options(options: argparse.Namespace, marked: bool) -> Task:
    """The damages named; marks alone mean scratches, and neither means noise."""
    damages = [parse_damage(text) for text in options.damage]
    if not damages:
        damages = [MissingPixels() if marked else Noise()]
    return with_kernel_read(Task(tuple(damages)))


def write_result(photo: Photo, options: argparse.Namespace) -> None:
    once, twice = options.force > 0, options.force > 1
    write_photo(photo, options.out, overwrite=once, replace_original=twice, original=options.photo)
    for loss in lost_in(photo, options.out):
        print_status(str(loss))


def duration(seconds: float) -> str:
    minutes, seconds = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    if hours:
        return tr("{hours} h {minutes} min").format(hours=hours, minutes=minutes)
    if minutes:
        return tr("{minutes} min {seconds} s").format(minutes=minutes, seconds=seconds)
    return tr("{seconds} s").format(seconds=seconds)


def expected_duration(seconds: float) -> str:
    """Between what and what a run will take."""
    span = forecast_range(seconds)
    low, high = duration(span.low), duration(span.high)
    return high if low == high else tr("{low} to {high}").format(low=low, high=high)


def table(rows: Iterable[tuple[str, object]]) -> str:
    """Names with their values, the values below each other."""
    named = [(tr("{name}:").format(name=name), value) for name, value in rows]
    widest = max(map(_columns, (name for name, _ in named)))
    return "\n".join(f"{name}{' ' * (widest - _columns(name))} {value}" for name, value in named)


def _columns(text: str) -> int:
    """How many columns of a terminal they take: a Chinese character takes two."""
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in text)


def print_status(text: str) -> None:
    print(text, file=sys.stderr, flush=True)
