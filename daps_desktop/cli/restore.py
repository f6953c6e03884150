"""`restore`: a photo through the engine."""

import argparse
import json
import sys
import uuid
from dataclasses import asdict, replace
from pathlib import Path

from daps_desktop.analysis.diagnosis import diagnose, suggested_task
from daps_desktop.base.errors import UserError
from daps_desktop.base.files import check_writable, write_file
from daps_desktop.base.i18n import N_, ntr, phrase, tr
from daps_desktop.cli.common import (
    BY_INFRARED,
    EXIT_INTERRUPTED,
    EXIT_USER_ERROR,
    NOTHING_FOUND,
    add_files,
    add_find,
    add_switches,
    add_tone,
    print_status,
    read_asked_photo,
    task_from_options,
    with_tone,
    write_result,
)
from daps_desktop.cli.local_run import find_damage, profile_of, run_local
from daps_desktop.document.kernel_file import with_kernel_read
from daps_desktop.document.sidecar import (
    Provenance,
    is_sidecar,
    parse_sidecar,
    read_limited,
    reproduction_message,
)
from daps_desktop.imaging.export import save_fallback
from daps_desktop.imaging.formats.mask_file import read_mask
from daps_desktop.imaging.formats.writer import check_target, encode_photo
from daps_desktop.imaging.frame import apply
from daps_desktop.imaging.mask import Mask
from daps_desktop.imaging.photo import Photo
from daps_desktop.imaging.profile.photo_profile import PhotoProfile
from daps_desktop.jobs.messages import Failed, RestoreResult
from daps_desktop.jobs.proposals import DEFAULT
from daps_desktop.jobs.recipe import Recipe, parse_recipe
from daps_desktop.jobs.requests import RestoreRequest
from daps_desktop.jobs.settings import DEVICES, METHODS, OUTPUTS, PRESETS, SWITCHES, Device, SolverSettings
from daps_desktop.jobs.task import Task
from daps_desktop.jobs.verdict import format_repair, judge

_SETTINGS = (
    "preset", "method", "output", "samples", "closeness", "levels", "prior", "device", "seed", "tile",
    "keep_grain", *SWITCHES,
)  # fmt: skip


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_files(parser)
    add_find(parser)
    parser.add_argument(
        "--suggested",
        action="store_true",
        help=tr("undo what the program finds wrong with the photo, in place of --damage"),
    )
    parser.add_argument(
        "--recipe",
        type=Path,
        metavar="FILE.json",
        help=tr(
            "a saved recipe, or the sidecar file of a result (NAME.daps.json), to repeat it; settings "
            "given here override its own"
        ),
    )
    parser.add_argument("--noise", metavar="auto|SIGMA", help=tr("grey levels of 0-255"))
    parser.add_argument(
        "--closeness", type=float, metavar="0-1", help=tr("1: stay close to the photo, 0: fill in more")
    )
    parser.add_argument(
        "--keep-grain",
        type=int,
        metavar="0-100",
        help=tr("how many percent of what denoising took away is given back"),
    )
    parser.add_argument("--levels", type=int, help=tr("annealing levels; 0: as many as the preset says"))
    parser.add_argument("--preset", choices=PRESETS)
    parser.add_argument("--method", choices=METHODS)
    parser.add_argument("--output", choices=OUTPUTS)
    parser.add_argument("--samples", type=int, help=tr("how many samples `safest` averages"))
    parser.add_argument("--prior", metavar="NAME|PATH")
    parser.add_argument("--device", choices=DEVICES)
    parser.add_argument("--tile", type=int, metavar="PX", help=tr("side of a tile; 0: chosen automatically"))
    add_switches(parser)
    add_tone(parser)
    parser.add_argument("--report", type=Path, metavar="FILE.json")
    parser.set_defaults(run=_restore, seed=None)


def _restore(options: argparse.Namespace) -> int:
    loaded = _loaded(options)
    settings = _settings(options, loaded)
    photo = read_asked_photo(options)
    mask = _mask(options, photo, loaded)
    if isinstance(loaded, Provenance) and not options.mask:
        photo = apply(photo, loaded.frame)
    named = loaded.recipe.task if isinstance(loaded, Provenance) else loaded.task if loaded else None
    marked = options.mask is not None or options.find is not None
    if options.suggested and (options.damage or options.recipe):
        detail = phrase(N_("leave --damage and --recipe out, the photo says it"))
        raise UserError("setting_value", name="suggested", detail=detail)
    task = with_tone(_task(options, named, marked), options.tone)
    check_target(options.out, options.photo, options.force > 0, options.force > 1)
    _check_report(options.report)
    profile = profile_of(photo) if options.suggested else None
    if profile or options.find is not None:
        mask = _with_found(mask, photo, options.find, settings.device)
        if profile:
            task = with_tone(suggested_task(profile, 0 if mask is None else 1), options.tone)
            _say_suggested(profile, task)
        if mask is None and not (task := task.maskless_part).damages:
            raise UserError("album_nothing_to_do", path=options.photo.name)
    job = RestoreRequest(uuid.uuid4().hex, photo, mask, task, settings, profile=profile)
    match run_local(job):
        case RestoreResult() as finished:
            _save(finished, options)
            _say_repair(finished, job)
            if isinstance(loaded, Provenance):
                print_status(reproduction_message(loaded, finished))
            return 0
        case Failed() as failed:
            print(UserError(failed.code, **failed.params), file=sys.stderr)
            if failed.code == "bug":
                print(failed.details, file=sys.stderr)
            return EXIT_USER_ERROR
        case _:
            return EXIT_INTERRUPTED


def _say_repair(finished: RestoreResult, job: RestoreRequest) -> None:
    if told := format_repair(judge(finished.report, job.task, job.mask)):
        print_status(told)


def _task(options: argparse.Namespace, named: Task | None, marked: bool) -> Task:
    """What is `named` in a recipe, else by the options, but for the tone: that may be all."""
    if named:
        return with_kernel_read(named)
    if options.tone is not None and not (options.damage or marked):
        return Task(())
    return task_from_options(options, marked)


def _loaded(options: argparse.Namespace) -> Recipe | Provenance | None:
    """What the file of --recipe says. Raises: UserError where it is neither kind, or --damage says more."""
    if options.recipe is None:
        return None
    if options.damage:
        raise UserError(
            "setting_value", name="damage", detail=phrase(N_("the recipe says it; leave --damage out"))
        )
    data = read_limited(options.recipe)
    if is_sidecar(data):
        return parse_sidecar(data)
    return parse_recipe(data.decode(errors="replace"))


def _settings(options: argparse.Namespace, loaded: Recipe | Provenance | None) -> SolverSettings:
    """Those of the recipe where there is one, and those given in their place."""
    recipe = loaded.repeated() if isinstance(loaded, Provenance) else loaded
    given = {name: getattr(options, name) for name in _SETTINGS if getattr(options, name) is not None}
    if options.noise is not None:
        given["noise"] = _noise(options.noise)
    return replace(recipe.settings if recipe else SolverSettings(), **given)


def _mask(options: argparse.Namespace, photo: Photo, loaded: Recipe | Provenance | None) -> Mask | None:
    """The marks given, else those noted in a result's sidecar, which belong to its photo alone."""
    if options.mask:
        return read_mask(options.mask, photo, inverted=options.inverted)
    if not isinstance(loaded, Provenance):
        return None
    if not loaded.matches(photo):
        raise UserError("sidecar_other_photo", path=options.recipe, name=loaded.origin.name)
    return loaded.mask


def _say_suggested(profile: PhotoProfile, task: Task) -> None:
    """What will be undone, and why, but for the marks, of which it is said how many were found."""
    for suggestion in diagnose(profile).suggestions:
        if suggestion.damage in task.maskless_part.damages:
            words = tr("{name}: {reason}").format(name=suggestion.damage.name, reason=suggestion.reason)
            print_status(words)


def _with_found(mask: Mask | None, photo: Photo, sensitivity: float | None, device: Device) -> Mask | None:
    """The marks with what looks like damage; None where there are neither."""
    found = find_damage(photo, device)
    shown = found.shown(DEFAULT if sensitivity is None else sensitivity)
    if not shown:
        print_status(tr(NOTHING_FOUND))
        return mask
    print_status(ntr("{count} place found.", "{count} places found.", shown).format(count=shown))
    if found.infrared:
        print_status(tr(BY_INFRARED))
    return found.mask(shown) if mask is None else mask | found.mask(shown)


def _check_report(path: Path | None) -> None:
    """A report goes over an older one without asking, so it must not be able to hit a photo."""
    if path is None:
        return
    if path.suffix.lower() != ".json":
        detail = phrase(N_("{path} does not end in .json"), path=path)
        raise UserError("setting_value", name="report", detail=detail)
    check_writable(path)


def _noise(text: str) -> float | None:
    if text == "auto":
        return None
    try:
        return float(text)
    except ValueError:
        detail = phrase(N_("{text} is neither auto nor a number"), text=repr(text))
        raise UserError("setting_value", name="noise", detail=detail) from None


def _save(finished: RestoreResult, options: argparse.Namespace) -> None:
    try:
        write_result(finished.photo, options)
    except UserError as error:
        if error.code != "save_failed":
            raise
        raise save_fallback(encode_photo(finished.photo, options.out), options.out, error) from error
    if options.report:
        text = json.dumps(asdict(finished.report), indent=1) + "\n"
        write_file(options.report, text.encode(), overwrite=True)
