"""Start-up: arguments decide between the window and the command line."""

import gc
import multiprocessing
import sys
from pathlib import Path

from daps_desktop import cli
from daps_desktop.base import i18n


def main() -> int:
    """`daps-desktop [PHOTO]` opens the window; anything that begins with a command is the command line."""
    multiprocessing.freeze_support()  # in a frozen build the engine's process begins here too
    arguments = sys.argv[1:]
    if cli.is_command(arguments):
        i18n.set_language("")
        return cli.main(arguments)
    gc.disable()  # a tenth of the start: imports leave no garbage, and later the window collects its own
    from daps_desktop.ui.common import preferences  # only the window needs Qt

    i18n.set_language(preferences.language())
    from daps_desktop.ui.shell.application import application, splash

    _app = application()  # held, or Qt ends with it
    image = splash()
    from daps_desktop.app import run_window  # the longest part of the start

    return run_window(Path(arguments[0]) if arguments else None, image=image)


if __name__ == "__main__":
    sys.exit(main())
