"""`python -m daps_desktop.training fit|judge|evaluate|export`."""

import argparse
import signal
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from threading import Event

from daps_desktop.base.errors import UserError
from daps_desktop.base.i18n import N_, phrase
from daps_desktop.jobs.settings import DEVICES, PRESETS, SolverSettings
from daps_desktop.networks.loader import open_finder
from daps_desktop.networks.runtime.devices import choose_device
from daps_desktop.training.evaluation.evaluate import EvaluationSpec, evaluate
from daps_desktop.training.evaluation.scores import kept, markdown, score_rows
from daps_desktop.training.evaluation.trials import CASES
from daps_desktop.training.export import export_run
from daps_desktop.training.fit import fit
from daps_desktop.training.judging import fit_judgement
from daps_desktop.training.loop.recipe import Recipe, usual_batch
from daps_desktop.training.loop.settings import Budget, RunSettings, read_settings
from daps_desktop.training.prior_folder import record_measured


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
    fit(settings, options.resume, stop, lambda line: print(line, flush=True))


def _new(options: argparse.Namespace) -> RunSettings:
    if not options.photos:
        raise UserError(
            "setting_value", name="photos", detail=phrase(N_("name a folder or an archive of photos"))
        )
    batch = options.batch or usual_batch(choose_device(options.device))
    return RunSettings(
        photos=tuple(str(Path(p).resolve()) for p in options.photos),
        out=str(Path(options.out).resolve()),
        validation=str(Path(options.validation).resolve()) if options.validation else "",
        film=tuple(str(Path(p).resolve()) for p in options.film),
        start_from=str(Path(options.start_from).resolve()) if options.start_from else "",
        widths=options.widths,
        blocks=options.blocks,
        recipe=Recipe(batch, options.lr, seed=options.seed),
        budget=Budget(Budget().minutes if options.minutes is None else options.minutes),
        device=options.device,
    )


def _continued(options: argparse.Namespace) -> RunSettings:
    """The settings of the run itself; only the time, and where it runs, may be new."""
    settings = read_settings(Path(options.out))
    settings = replace(settings, out=str(Path(options.out).resolve()), device=options.device)
    if options.minutes is None:
        return settings
    return replace(settings, budget=replace(settings.budget, minutes=options.minutes))


def _judge(options: argparse.Namespace) -> None:
    finder = open_finder(options.device)
    fit_judgement(finder, options.photos, options.film, options.count, options.out, print)


def _evaluate(options: argparse.Namespace) -> None:
    chosen = EvaluationSpec(
        tuple(options.photos), options.first, options.last, options.crop, tuple(options.tasks)
    )
    settings = SolverSettings(options.preset, prior=options.prior, device=options.device)
    scores = list(kept(evaluate(settings, chosen), options.csv))
    print(markdown(scores))
    if options.record:
        record_measured(
            Path(options.prior), {line.task: f"{line.inside_db:.1f} dB" for line in score_rows(scores)}
        )


def _export(options: argparse.Namespace) -> None:
    export_run(Path(options.run), Path(options.out), options.name or Path(options.out).name)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m daps_desktop.training", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="fit|judge|evaluate|export")
    _add_fit(commands.add_parser("fit", help="teach a network on photos"))
    _add_judge(commands.add_parser("judge", help="fit how whole pieces of what the finder finds are judged"))
    _add_evaluate(commands.add_parser("evaluate", help="measure a prior"))
    _add_export(commands.add_parser("export", help="make a prior of what a run has come to"))
    return parser


def _add_fit(parser: argparse.ArgumentParser) -> None:
    recipe = Recipe()
    parser.set_defaults(command=_fit)
    parser.add_argument("--photos", nargs="+", metavar="PLACE", help="folders, tar archives or files")
    parser.add_argument("--validation", metavar="PLACE", help="photos held out; without it, some of --photos")
    parser.add_argument(
        "--film", nargs="+", default=(), metavar="PLACE",
        help="scanned damage of film, white on black: teaches a finder of damage, not a prior",
    )  # fmt: skip
    parser.add_argument("--out", required=True, metavar="RUN", help="folder of the run")
    parser.add_argument("--resume", action="store_true", help="continue RUN with its own settings")
    parser.add_argument("--minutes", type=float, help="time in all; the learning rate reaches zero then")
    parser.add_argument("--start-from", metavar="PRIOR", help="folder of a prior to go on from")
    parser.add_argument(
        "--widths", type=_integers, default=(), help="channels of the levels, as 32,64,128,256; "
        "a prior to go on from may be narrower",
    )  # fmt: skip
    parser.add_argument("--blocks", type=int, default=0, help="blocks a level")
    parser.add_argument("--batch", type=int, help="patches a step; more on a graphics card")
    parser.add_argument("--lr", type=float, default=recipe.lr)
    parser.add_argument("--seed", type=int, default=recipe.seed)
    parser.add_argument("--device", choices=DEVICES, default="auto")


def _add_judge(parser: argparse.ArgumentParser) -> None:
    parser.set_defaults(command=_judge)
    parser.add_argument("--photos", required=True, nargs="+", metavar="PLACE")
    parser.add_argument("--film", required=True, nargs="+", metavar="PLACE")
    parser.add_argument("--count", type=int, default=800, metavar="N", help="photos to judge on")
    parser.add_argument("--out", required=True, type=Path, metavar="FILE")
    parser.add_argument("--device", choices=DEVICES, default="auto")


def _integers(text: str) -> tuple[int, ...]:
    return tuple(map(int, text.split(",")))


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
    parser.add_argument("--record", action="store_true", help="say the means on the card of the prior")
    parser.add_argument("--device", choices=DEVICES, default="auto")


def _add_export(parser: argparse.ArgumentParser) -> None:
    parser.set_defaults(command=_export)
    parser.add_argument("run", metavar="RUN")
    parser.add_argument("--out", required=True, metavar="FOLDER")
    parser.add_argument("--name", help="without it, that of FOLDER")


if __name__ == "__main__":
    sys.exit(main())
