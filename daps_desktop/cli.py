"""The same engine without a window: restore, degrade, priors, info."""

import argparse
import json
import os
import sys
import threading
import time
import uuid
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from daps_desktop import __version__
from daps_desktop.analysis.noise import estimate_noise
from daps_desktop.core.errors import UserError
from daps_desktop.core.files import check_place, write_file
from daps_desktop.core.mask_io import read_mask
from daps_desktop.core.messages import (
    NOTICES,
    Failed,
    Finished,
    JobMessage,
    JobRequest,
    Notice,
    Progress,
)
from daps_desktop.core.photo import Photo
from daps_desktop.core.photo_reader import read_photo
from daps_desktop.core.photo_writer import check_target, write_photo
from daps_desktop.core.settings import DEVICES, METHODS, OUTPUTS, PRESETS, SolverSettings
from daps_desktop.core.task import KINDS, Noise, Scratches, Task, parse_damage

COMMANDS = ("restore", "degrade", "priors", "info")
EXIT_USER_ERROR = 2
EXIT_INTERRUPTED = 130
LINE_EVERY_S = 5.0  # progress where stderr is a file; a terminal sees one line that changes


def is_command(arguments: Sequence[str]) -> bool:
    """Whether these arguments are for the command line and not for the window, which takes one photo."""
    return len(arguments) > 1 or (
        bool(arguments) and (arguments[0] in COMMANDS or arguments[0].startswith("-"))
    )


def main(arguments: Sequence[str]) -> int:
    """Run one command; 0, or 2 with one sentence on stderr, or 130 after Ctrl+C."""
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
        prog="daps-desktop", description="Restore old photographs on this computer."
    )
    top.add_argument("--version", action="version", version=__version__)
    commands = top.add_subparsers(required=True, metavar="restore|degrade|priors|info")
    _add_restore(commands.add_parser("restore", help="restore a photo"))
    _add_degrade(commands.add_parser("degrade", help="apply the same damage forwards, for trials"))
    _add_priors(commands.add_parser("priors", help="list, import and check priors"))
    info = commands.add_parser("info", help="what a photo says about itself, and how long it would take")
    info.add_argument("photo", type=Path)
    info.set_defaults(run=_info)
    return top


def _add_files(parser: argparse.ArgumentParser) -> None:
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


def _add_restore(parser: argparse.ArgumentParser) -> None:
    _add_files(parser)
    parser.add_argument("--noise", default="auto", metavar="auto|SIGMA", help="grey levels of 0-255")
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


def _add_degrade(parser: argparse.ArgumentParser) -> None:
    _add_files(parser)
    parser.add_argument("--noise", type=float, default=0.0, metavar="SIGMA", help="grey levels of 0-255")
    parser.set_defaults(run=_degrade)


def _add_priors(parser: argparse.ArgumentParser) -> None:
    actions = parser.add_subparsers(required=True, metavar="list|import|info|verify")
    actions.add_parser("list").set_defaults(run=_priors_list)
    importing = actions.add_parser("import")
    importing.add_argument("path", type=Path)
    importing.add_argument("--name")
    importing.set_defaults(run=_priors_import)
    info = actions.add_parser("info")
    info.add_argument("name")
    info.set_defaults(run=_priors_info)
    actions.add_parser("verify").set_defaults(run=_priors_verify)


# restore


def _restore(options: argparse.Namespace) -> int:
    settings = _settings(options)
    photo = read_photo(options.photo)
    hole = read_mask(options.mask, photo) if options.mask else None
    task = _task(options)
    check_target(options.out, options.photo, options.force > 0, options.force > 1)
    _check_report(options.report)
    job = JobRequest(uuid.uuid4().hex, photo, hole, task, settings)
    if photo.pages > 1:
        _say(NOTICES["first_page"].format(pages=photo.pages))
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


def _task(options: argparse.Namespace) -> Task:
    """The damages named; a mask alone means scratches, and neither means noise."""
    damages = [parse_damage(text) for text in options.damage]
    if not damages:
        damages = [Scratches() if options.mask else Noise()]
    return Task(tuple(damages))


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
                _say(NOTICES[message.code].format(**message.facts))
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
        left = "" if progress.seconds_left is None else f", about {_duration(progress.seconds_left)} left"
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


def _duration(seconds: float) -> str:
    minutes, seconds = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    if hours:
        return f"{hours} h {minutes} min"
    return f"{minutes} min {seconds} s" if minutes else f"{seconds} s"


def _save(finished: Finished, options: argparse.Namespace) -> None:
    _write(finished.photo, options)
    if options.report:
        text = json.dumps(asdict(finished.report), indent=1) + "\n"
        write_file(options.report, text.encode(), overwrite=True)


def _write(photo: Photo, options: argparse.Namespace) -> None:
    once, twice = options.force > 0, options.force > 1
    write_photo(photo, options.out, overwrite=once, replace_original=twice, original=options.photo)


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


# degrade


def _degrade(options: argparse.Namespace) -> int:
    import torch  # as above

    from daps_desktop.solver.build import damage
    from daps_desktop.solver.convert import LEVELS_PER_UNIT, to_pixels, to_tensor
    from daps_desktop.solver.operators import observed_from_hole

    SolverSettings(noise=options.noise, seed=options.seed)  # raises where one of them is out of range
    photo = read_photo(options.photo)
    task = _task(options)
    # A mask is of the size of what comes out, as for the restoration of that.
    hole = read_mask(options.mask, _smaller(photo, task.scale)) if options.mask else None
    if task.has(Scratches) and hole is None:
        raise UserError("mask_needed")
    check_target(options.out, options.photo, options.force > 0, options.force > 1)
    rng = torch.Generator().manual_seed(options.seed)
    observed = None if hole is None else observed_from_hole(hole)
    y = damage(task, to_tensor(photo.pixels), observed, options.noise / LEVELS_PER_UNIT, rng)
    channels = 1 if y.shape[1] == 1 else photo.pixels.shape[2]
    damaged = Photo(to_pixels(y, photo.pixels.dtype, channels), metadata=photo.metadata)
    _write(damaged, options)
    return 0


def _smaller(photo: Photo, factor: int) -> Photo:
    """A photo of the size that shrinking leaves; its pixels stand for nothing."""
    height, width = photo.height // factor, photo.width // factor
    return Photo(photo.pixels[:height, :width])


# priors


def _priors_list(options: argparse.Namespace) -> int:
    from daps_desktop.priors import catalogue

    for card in catalogue.installed():
        print(f"{card.name:<20} {card.size_bytes / 1e6:7.1f} MB  {card.licence:<12} {card.description}")
    return 0


def _priors_import(options: argparse.Namespace) -> int:
    from daps_desktop.priors.importing import import_prior

    card = import_prior(options.path, options.name)
    print(f"Imported as {card.name}: {card.folder}")
    return 0


def _priors_info(options: argparse.Namespace) -> int:
    from daps_desktop.priors import catalogue

    card = catalogue.find(options.name)
    for label, value in (
        ("name", card.name),
        ("description", card.description),
        ("folder", card.folder),
        ("format", card.format),
        ("licence", card.licence),
        ("parameters", f"{card.parameters / 1e6:.1f} million"),
        ("size", f"{card.size_bytes / 1e6:.1f} MB"),
        ("trained on squares of", f"{card.trained_size} pixels"),
        ("sha256", card.sha256),
    ):
        print(f"{label + ':':<23} {value}")
    return 0


def _priors_verify(options: argparse.Namespace) -> int:
    from daps_desktop.priors import catalogue

    good = True
    for card in catalogue.installed():
        intact = catalogue.verify(card)
        good = good and intact
        print(f"{card.name:<20} {'intact' if intact else 'DAMAGED: import it again'}")
    return 0 if good else EXIT_USER_ERROR


# info


def _info(options: argparse.Namespace) -> int:
    photo = read_photo(options.photo)
    print(f"{'size:':<18} {photo.width} × {photo.height} pixels ({photo.megapixels:.1f} megapixels)")
    print(f"{'depth:':<18} {photo.bits} bit, {'grey' if photo.pixels.shape[2] == 1 else 'RGB'}")
    print(
        f"{'format:':<18} {photo.file_format}"
        + (f", first of {photo.pages} pages" if photo.pages > 1 else "")
    )
    print(f"{'colour profile:':<18} {_profile(photo)}")
    print(f"{'estimated noise:':<18} {estimate_noise(photo.pixels):.1f} of 255 grey levels")

    from daps_desktop.worker.forecast import expected_seconds  # imports torch

    for preset, seconds in expected_seconds(photo, ("draft", "balanced", "best")).items():
        print(f"{'time, ' + preset + ':':<18} about {_duration(seconds)} for the whole photo")
    return 0


def _profile(photo: Photo) -> str:
    import io

    from PIL import ImageCms

    if photo.metadata.icc is None:
        return "none (taken for sRGB)"
    try:
        return ImageCms.getProfileDescription(
            ImageCms.ImageCmsProfile(io.BytesIO(photo.metadata.icc))
        ).strip()
    except ImageCms.PyCMSError:
        return "unreadable"
