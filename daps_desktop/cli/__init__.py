"""The same engine without a window, one file a command: `add` says which words it takes and what runs then.

Why torch is imported inside the functions that need it: it takes seconds, and `--help` should not.

May import: everything but `ui`.
"""

import argparse
import sys
from collections.abc import Sequence

from daps_desktop import __version__
from daps_desktop.base.errors import UserError
from daps_desktop.base.i18n import tr
from daps_desktop.cli import batch, degrade, find, frame, info, priors, restore, split
from daps_desktop.cli.argparse_i18n import translate_argparse
from daps_desktop.cli.common import EXIT_INTERRUPTED, EXIT_UNREAD, EXIT_USER_ERROR
from daps_desktop.cli.stdio import escape_unencodable, is_broken_pipe

COMMANDS = ("restore", "batch", "find", "frame", "split", "degrade", "priors", "info")


def is_command(arguments: Sequence[str]) -> bool:
    """Whether these arguments are for the command line and not for the window, which takes one photo."""
    return len(arguments) > 1 or (
        bool(arguments) and (arguments[0] in COMMANDS or arguments[0].startswith("-"))
    )


def main(arguments: Sequence[str]) -> int:
    """Run one command; 0, or 2 with one sentence on stderr, or 130 after Ctrl+C, or 141 once no one reads."""
    escape_unencodable()
    try:
        try:
            return _run(arguments)
        finally:
            print(end="", flush=True)  # here, and not when Python ends and it could not be reported
    except OSError as error:
        if is_broken_pipe(error):
            return EXIT_UNREAD
        raise


def _run(arguments: Sequence[str]) -> int:
    translate_argparse()
    options = parser().parse_args(arguments)
    try:
        return options.run(options)
    except UserError as error:
        print(error, file=sys.stderr)
        return EXIT_USER_ERROR
    except KeyboardInterrupt:
        return EXIT_INTERRUPTED


def parser() -> argparse.ArgumentParser:
    """What the words of the command line mean; `run` of the result does it."""
    top = argparse.ArgumentParser(
        prog="daps-desktop", description=tr("Restore old photographs on this computer.")
    )
    shown = tr("show program's version number and exit")  # argparse's own stay English
    top.add_argument("--version", action="version", version=__version__, help=shown)
    commands = top.add_subparsers(required=True, metavar="|".join(COMMANDS))
    restore.add_arguments(commands.add_parser("restore", help=tr("restore a photo")))
    batch.add_arguments(
        commands.add_parser("batch", help=tr("restore all photos of a folder with one recipe"))
    )
    find.add_arguments(
        commands.add_parser("find", help=tr("mark what looks like damage, to be restored or looked at"))
    )
    split.add_arguments(
        commands.add_parser("split", help=tr("cut the prints of one scan into photos of their own"))
    )
    about = tr("turn, mirror, straighten and crop a photo, and make a print in it rectangular")
    frame.add_arguments(commands.add_parser("frame", help=about))
    degrade.add_arguments(
        commands.add_parser("degrade", help=tr("apply the same damage forwards, for trials"))
    )
    priors.add_arguments(commands.add_parser("priors", help=tr("list, import, teach and check priors")))
    about = tr("what a photo says about itself, and how long it would take")
    info.add_arguments(commands.add_parser("info", help=about))
    return top
