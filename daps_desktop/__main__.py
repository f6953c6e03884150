"""Start-up: arguments decide between the window and the command line."""

import sys
from pathlib import Path

from daps_desktop import cli


def main() -> int:
    """`daps-desktop [PHOTO]` opens the window; anything that begins with a command is the command line."""
    arguments = sys.argv[1:]
    if cli.is_command(arguments):
        return cli.main(arguments)
    from daps_desktop.app import run_window  # only the window needs Qt

    return run_window(Path(arguments[0]) if arguments else None)


if __name__ == "__main__":
    sys.exit(main())
