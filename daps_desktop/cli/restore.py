"""`restore`: a photo through the engine."""

import argparse
import json
import os
import sys
import threading
import time
import uuid
from dataclasses import asdict
from pathlib import Path

from daps_desktop.cli.common import (
    EXIT_INTERRUPTED,
    EXIT_USER_ERROR,
    add_files,
    duration,
    say,
    task_of,
    write_result,
)
from daps_desktop.core.errors import UserError
from daps_desktop.core.files import check_place, write_file
from daps_desktop.core.mask_io import read_mask
from daps_desktop.core.messages import (
    Failed,
    Finished,
    JobMessage,
    JobRequest,
    Notice,
    Progress,
    notice_line,
)
from daps_desktop.core.photo_reader import read_photo
from daps_desktop.core.photo_writer import check_target
from daps_desktop.core.settings import DEVICES, METHODS, OUTPUTS, PRESETS, SolverSettings

LINE_EVERY_S = 5.0  # progress where stderr is a file; a terminal sees one line that changes


def add(parser: argparse.ArgumentParser) -> None:
    add_files(parser)
    parser.add_argument("--noise", default="auto", metavar="auto|SIGMA", help="grey levels of 0-255")
    parser.add_argument(
        "--closeness",
        type=float,
        default=0.5,
        metavar="0-1",
        help="1: stay close to the photo, 0: fill in more",
    )
    parser.add_argument(
        "--levels", type=int, default=0, help="annealing levels; 0: as many as the preset says"
    )
    parser.add_argument("--preset", choices=PRESETS, default="balanced")
    parser.add_argument("--method", choices=METHODS, default="dapspp")
    parser.add_argument("--output", choices=OUTPUTS, default="safest")
    parser.add_argument("--samples", type=int, default=1, help="how many samples `safest` averages")
    parser.add_argument("--prior", default="auto", metavar="NAME|PATH")
    parser.add_argument("--device", choices=DEVICES, default="auto")
    parser.add_argument(
        "--tile", type=int, default=0, metavar="PX", help="side of a tile; 0: chosen by itself"
    )
    parser.add_argument("--report", type=Path, metavar="FILE.json")
    parser.set_defaults(run=_restore)


def _restore(options: argparse.Namespace) -> int:
    settings = _settings(options)
    photo = read_photo(options.photo)
    hole = read_mask(options.mask, photo) if options.mask else None
    task = task_of(options)
    check_target(options.out, options.photo, options.force > 0, options.force > 1)
    _check_report(options.report)
    job = JobRequest(uuid.uuid4().hex, photo, hole, task, settings)
    if photo.pages > 1:
        say(notice_line("first_page", pages=photo.pages))
    match _run(job):
        case Finished() as finished:
            _save(finished, options)
            return 0
        case Failed() as failed:
            print(UserError(failed.code, **failed.facts), file=sys.stderr)
            if failed.code == "bug":
                print(failed.details, file=sys.stderr)
            return EXIT_USER_ERROR
        case _:
            return EXIT_INTERRUPTED


def _settings(options: argparse.Namespace) -> SolverSettings:
    return SolverSettings(
        preset=options.preset,
        method=options.method,
        output=options.output,
        samples=options.samples,
        noise=_noise(options.noise),
        closeness=options.closeness,
        levels=options.levels,
        prior=options.prior,
        device=options.device,
        seed=options.seed,
        tile=options.tile,
    )


def _check_report(path: Path | None) -> None:
    """A report goes over an older one without asking, so it must not be able to hit a photo."""
    if path is None:
        return
    if path.suffix.lower() != ".json":
        raise UserError("setting_value", name="report", detail=f"{path} does not end in .json")
    check_place(path)


def _noise(text: str) -> float | None:
    if text == "auto":
        return None
    try:
        return float(text)
    except ValueError:
        raise UserError(
            "setting_value", name="noise", detail=f"{text!r} is neither auto nor a number"
        ) from None


def _run(job: JobRequest) -> JobMessage:
    """The last message of the job. The engine has a thread of its own, so that Ctrl+C is heard at once.

    Raises: KeyboardInterrupt. Only this thread writes files, so nothing is half-written when it does.
    """
    from daps_desktop.worker.engine import run_job  # imports torch, which no other command should wait for

    line, ending = _ProgressLine(), []
    cancel, ended = threading.Event(), threading.Event()

    def hear(message: JobMessage) -> None:
        match message:
            case Progress():
                line.show(message)
            case Notice():
                line.clear()
                say(notice_line(message.code, **message.facts))
            case _:
                ending.append(message)
                ended.set()

    thread = threading.Thread(target=run_job, args=(job, cancel, hear), daemon=True)
    thread.start()
    try:
        # Not thread.join: before Python 3.13 an interrupted join takes the thread for finished.
        while not ended.wait(0.1):
            pass
    except KeyboardInterrupt:
        cancel.set()
        if not ended.wait(0.5):  # deep inside one long operation, which cannot be interrupted
            os._exit(EXIT_INTERRUPTED)
        thread.join()
        raise
    finally:
        line.clear()
    thread.join()
    return ending[0]


class _ProgressLine:
    """Share done and time left, on stderr."""

    def __init__(self) -> None:
        self._terminal = sys.stderr.isatty()
        self._shown = 0.0

    def show(self, progress: Progress) -> None:
        if not self._terminal and time.monotonic() - self._shown < LINE_EVERY_S:
            return
        self._shown = time.monotonic()
        left = "" if progress.seconds_left is None else f", about {duration(progress.seconds_left)} left"
        text = f"{progress.fraction:4.0%}{left}"
        print(
            f"\r{text:<40}" if self._terminal else text,
            end="" if self._terminal else "\n",
            file=sys.stderr,
            flush=True,
        )

    def clear(self) -> None:
        if self._terminal and self._shown:
            print(f"\r{'':<40}\r", end="", file=sys.stderr, flush=True)


def _save(finished: Finished, options: argparse.Namespace) -> None:
    write_result(finished.photo, options)
    if options.report:
        text = json.dumps(asdict(finished.report), indent=1) + "\n"
        write_file(options.report, text.encode(), overwrite=True)
