"""`python -m daps_desktop.training fit|evaluate|export`."""

import argparse
import signal
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from threading import Event

from daps_desktop.core.errors import UserError
from daps_desktop.core.settings import PRESETS
from daps_desktop.training.evaluate import Chosen, evaluate
from daps_desktop.training.export import export_run
from daps_desktop.training.fit import fit, pick_device
from daps_desktop.training.scores import kept, markdown
from daps_desktop.training.settings import Architecture, Budget, Recipe, RunSettings, read_settings
from daps_desktop.training.trials import CASES


def main(arguments: Sequence[str] | None = None) -> int:
    options = _parser().parse_args(arguments)
    try:
        options.command(options)
    except UserError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def _fit(options: argparse.Namespace) -> None:
    stop = Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    settings = _continued(options) if options.resume else _new(options)
    folder = fit(settings, options.resume, stop, lambda line: print(line, flush=True))
    print(f"The prior so far is in {folder}.")


def _new(options: argparse.Namespace) -> RunSettings:
    if not options.photos:
        raise UserError("setting_value", name="photos", detail="name a folder or an archive of photos")
    return RunSettings(
        photos=tuple(str(Path(p).resolve()) for p in options.photos),
        out=str(Path(options.out).resolve()),
        validation=str(Path(options.validation).resolve()) if options.validation else "",
        start_from=str(Path(options.start_from).resolve()) if options.start_from else "",
        architecture=Architecture(options.widths, options.layers, options.pixel_patch, options.attention),
        recipe=Recipe(
            batch=options.batch,
            patch=options.patch,
            late_patch=options.late_patch,
            lr=options.lr,
            log_sigma_mean=options.log_sigma[0],
            log_sigma_std=options.log_sigma[1],
            seed=options.seed,
        ),
        budget=Budget(Budget().minutes if options.minutes is None else options.minutes, options.steps),
        device=options.device,
        photos_mb=options.photos_mb,
    )


def _continued(options: argparse.Namespace) -> RunSettings:
    """The settings of the run itself; only the time, and where it runs, may be new."""
    settings = replace(
        read_settings(Path(options.out)), out=str(Path(options.out).resolve()), device=options.device
    )
    if options.minutes is None:
        return settings
    return replace(settings, budget=replace(settings.budget, minutes=options.minutes))


def _evaluate(options: argparse.Namespace) -> None:
    chosen = Chosen(tuple(options.photos), options.first, options.last, options.crop, tuple(options.tasks))
    scores = evaluate(Path(options.prior), chosen, options.preset, pick_device(options.device))
    print(markdown(list(kept(scores, options.csv))))


def _export(options: argparse.Namespace) -> None:
    out = Path(options.out)
    print(export_run(Path(options.run), out, options.name or out.name, options.figures))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m daps_desktop.training", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="fit|evaluate|export")
    _add_fit(commands.add_parser("fit", help="teach a network on photos"))
    _add_evaluate(commands.add_parser("evaluate", help="measure a prior"))
    _add_export(commands.add_parser("export", help="make a prior of what a run has come to"))
    return parser


def _add_fit(parser: argparse.ArgumentParser) -> None:
    recipe, shape = Recipe(), Architecture()
    parser.set_defaults(command=_fit)
    parser.add_argument("--photos", nargs="+", metavar="PLACE", help="folders, tar archives or files")
    parser.add_argument(
        "--validation", metavar="PLACE", help="photos kept apart; without it, some of --photos"
    )
    parser.add_argument("--out", required=True, metavar="RUN", help="folder of the run")
    parser.add_argument("--resume", action="store_true", help="continue RUN with its own settings")
    parser.add_argument("--start-from", metavar="PRIOR", help="folder of a prior to go on from")
    parser.add_argument("--minutes", type=float, help="time in all; the learning rate reaches zero then")
    parser.add_argument("--steps", type=int, default=0, help="end after so many steps instead")
    parser.add_argument("--batch", type=int, default=recipe.batch, help="patches a step")
    parser.add_argument("--patch", type=int, default=recipe.patch, help="side of a patch in pixels")
    parser.add_argument(
        "--late-patch", type=int, default=0, help="side in the last third, at as many pixels a step"
    )
    parser.add_argument("--lr", type=float, default=recipe.lr)
    parser.add_argument(
        "--log-sigma", type=float, nargs=2, default=(recipe.log_sigma_mean, recipe.log_sigma_std),
        metavar=("MEAN", "STD"), help="of the logarithm of the noise levels drawn",
    )  # fmt: skip
    parser.add_argument("--widths", type=int, nargs="+", default=shape.widths, help="channels of the levels")
    parser.add_argument("--layers", type=int, default=shape.layers, help="blocks a level")
    parser.add_argument("--pixel-patch", type=int, default=shape.pixel_patch)
    parser.add_argument("--attention", action=argparse.BooleanOptionalAction, default=shape.attention)
    parser.add_argument("--photos-mb", type=int, default=8192, help="memory for decoded photos")
    parser.add_argument("--device", default="auto")
    parser.add_argument("--seed", type=int, default=recipe.seed)


def _add_evaluate(parser: argparse.ArgumentParser) -> None:
    parser.set_defaults(command=_evaluate)
    parser.add_argument("--prior", required=True, metavar="FOLDER")
    parser.add_argument("--photos", required=True, nargs="+", metavar="PLACE")
    parser.add_argument("--first", type=int, default=0, metavar="N", help="the first N photos")
    parser.add_argument("--last", type=int, default=0, metavar="N", help="the last N photos")
    parser.add_argument("--crop", type=int, default=384, metavar="PX", help="side of the centre crops")
    known = ", ".join(case.name for case in CASES)
    parser.add_argument(
        "--tasks", nargs="+", default=(), metavar="TASK", help=f"those that begin so: {known}"
    )
    parser.add_argument("--preset", choices=PRESETS, default="balanced")
    parser.add_argument("--csv", type=Path, metavar="FILE", help="every figure")
    parser.add_argument("--device", default="auto")


def _add_export(parser: argparse.ArgumentParser) -> None:
    parser.set_defaults(command=_export)
    parser.add_argument("run", metavar="RUN")
    parser.add_argument("out", metavar="FOLDER")
    parser.add_argument("--name", help="without it, that of FOLDER")
    parser.add_argument("--figures", type=Path, metavar="CSV", help="what evaluate wrote, for the card")


if __name__ == "__main__":
    sys.exit(main())
