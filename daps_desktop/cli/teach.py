"""`priors teach`: a prior of one's own photos."""

import argparse
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event
from types import FrameType

from daps_desktop.base.i18n import tr
from daps_desktop.cli.common import EXIT_INTERRUPTED, print_status
from daps_desktop.jobs.settings import DEVICES


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("folder", type=Path, help=tr("your photos, in folders of any depth"))
    parser.add_argument("--name", required=True, help=tr("name of the new prior"))
    parser.add_argument("--minutes", type=float, help=tr("total training time; 30 if not given"))
    parser.add_argument("--from", dest="start", metavar="PRIOR", help=tr("the prior to start from"))
    parser.add_argument("--resume", action="store_true", help=tr("continue where it stopped"))
    parser.add_argument("--keep", action="store_true", help=tr("install it even if it has not got better"))
    parser.add_argument("--device", choices=DEVICES, default="auto")
    parser.set_defaults(run=_teach)


def _teach(options: argparse.Namespace) -> int:
    from daps_desktop.networks import catalogue
    from daps_desktop.networks.runtime.devices import choose_device
    from daps_desktop.training.finetune import FineTuneOptions, fine_tune

    device = choose_device(options.device).type
    start = catalogue.find(options.start or catalogue.default_prior(device))
    asked = FineTuneOptions(
        options.folder, options.name, start, options.minutes, options.resume, options.keep, options.device
    )
    with _stopped_by_signals() as stop:
        card = fine_tune(asked, stop, print_status)
    if card is None:
        return EXIT_INTERRUPTED
    print(tr("Installed as {name}: {folder}").format(name=card.name, folder=card.folder))
    return 0


@contextmanager
def _stopped_by_signals() -> Iterator[Event]:
    """Set by the first Ctrl+C or request to end, which saves what was learnt; the second ends at once."""
    stop = Event()

    def hear(number: int, frame: FrameType | None) -> None:
        if stop.is_set():
            raise KeyboardInterrupt
        stop.set()

    before = {number: signal.signal(number, hear) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
