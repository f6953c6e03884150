"""`batch`: all photos of a folder with one recipe, here or on a cluster; what is done is not done again."""

import argparse
from collections.abc import Generator
from contextlib import closing, contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING

from daps_desktop.album.album_file import revalidated
from daps_desktop.album.change_log import AlbumLog, read_with_log
from daps_desktop.album.discovery import find_photos, passed_over
from daps_desktop.album.model import DONE, FAILED, Album, AlbumItem
from daps_desktop.album.results import claimed
from daps_desktop.album.table import table
from daps_desktop.base.errors import UserError
from daps_desktop.base.files import save_errors, write_file
from daps_desktop.base.i18n import ntr, tr
from daps_desktop.base.os_errors import describe_os_error
from daps_desktop.cli.common import add_find, add_switches, add_tone, print_status, with_tone
from daps_desktop.cli.local_run import run_local
from daps_desktop.document.sidecar import read_recipe
from daps_desktop.imaging.export import ENDINGS, ExportOptions
from daps_desktop.jobs.proposals import DEFAULT
from daps_desktop.jobs.recipe import Recipe
from daps_desktop.jobs.settings import SWITCHES, SolverSettings

if TYPE_CHECKING:
    from daps_desktop.album.backend import Backend

EXIT_SOME_FAILED = 1
ALBUM, TABLE = "album.daps.json", "album.csv"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("folder", type=Path)
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("--recipe", type=Path, metavar="FILE.json")
    what.add_argument(
        "--suggested", action="store_true", help=tr("undo what the program finds wrong with each photo")
    )
    parser.add_argument("-o", "--out", type=Path, required=True, help=tr("the folder for the results"))
    parser.add_argument(
        "--masks",
        type=Path,
        metavar="DIR",
        help=tr("pictures of marks by the photos' names, white = repair"),
    )
    add_find(parser)
    parser.add_argument(
        "--find-scratches", dest="find", action="store_const", const=DEFAULT, help=tr("the same as --find")
    )
    parser.add_argument(
        "--policy",
        choices=("unique", "overwrite", "skip"),
        default="unique",
        help=tr("what to do where a result of that name exists"),
    )
    parser.add_argument("--format", choices=tuple(ENDINGS), default="png")
    parser.add_argument("--quality", type=int, default=95, help=tr("of JPEG and WebP"))
    parser.add_argument(
        "--dask",
        metavar="tcp://HOST:PORT",
        help=tr(
            "let the workers of a dask scheduler restore; each gets the bytes of two photos at most in "
            "advance, with the recipe, and sends the finished files back, so no shared folder is needed; "
            "needs daps-desktop[cluster] here and on the workers, and a network you trust"
        ),
    )
    add_switches(parser)
    add_tone(parser)
    parser.set_defaults(run=_batch)


def _batch(options: argparse.Namespace) -> int:
    with claimed(options.out):
        return _run(options)


def _run(options: argparse.Namespace) -> int:
    from daps_desktop.album.runner import run_album

    album = _album(options)
    ours = [folder.resolve() for folder in (options.out, options.masks) if folder]
    for left_out, reason in passed_over(options.folder.resolve(), options.masks):
        if left_out not in ours:
            print_status(tr("Left out: {name} ({reason}).").format(name=left_out.name, reason=reason))
    todo = sum(row.open for row in album.rows)
    count = len(album.rows)
    words = ntr("{count} photo, {done} done before.", "{count} photos, {done} of them done before.", count)
    print_status(words.format(count=count, done=count - todo))
    notes = AlbumLog(options.out / ALBUM, lambda album: _write_table(album, options.out / TABLE))
    with _backend(options.dask) as backend, closing(notes):
        notes.write(album)
        album = run_album(
            album, backend, notes, lambda row: print_status(item_line(row)), Event()
        )  # Ctrl+C is the stop
    print("\n".join(item_line(row) for row in album.rows))
    if album.put_aside:
        words = ntr(
            "{count} photo is put aside for a look: whether it is well cannot be said.",
            "{count} photos are put aside for a look: whether they are well cannot be said.",
            album.put_aside,
        )
        print_status(words.format(count=album.put_aside))
    return EXIT_SOME_FAILED if album.count(FAILED) else 0


@contextmanager
def _backend(address: str | None) -> "Generator[Backend]":
    """Raises: UserError (`cluster_...`)."""
    from daps_desktop.album.backend import InProcessBackend
    from daps_desktop.engine.cluster.dask_backend import DaskBackend

    if address is None:
        yield InProcessBackend(run_local)
        return
    with closing(DaskBackend(address, print_status)) as cluster:
        count = cluster.workers
        words = ntr("{count} worker at {address}.", "{count} workers at {address}.", count)
        print_status(words.format(count=count, address=address))
        yield cluster


def _write_table(album: Album, path: Path) -> None:
    words = table(album).encode("utf-8-sig", "backslashreplace")  # names of files may be in no encoding
    write_file(path, words, overwrite=True)


def _album(options: argparse.Namespace) -> Album:
    """What is asked for now, with what was done before where that still holds.

    All paths are whole, so that it is the same album from whichever folder the command is given.
    """
    export = ExportOptions(options.format, quality=options.quality, policy=options.policy)
    recipe = read_recipe(options.recipe) if options.recipe else Recipe()
    given = {name: getattr(options, name) for name in SWITCHES if getattr(options, name) is not None}
    task = with_tone(recipe.task, options.tone)
    recipe = replace(recipe, task=task, settings=replace(recipe.settings, **given))
    asked = Album(
        recipe,
        export,
        str(options.out.resolve()),
        str(options.masks.resolve()) if options.masks else "",
        options.suggested or options.find is not None,
        DEFAULT if options.find is None else options.find,
        prior_sha256=_prior_sha256(recipe.settings, options.dask is not None),
        suggested=options.suggested,
    ).with_photos(find_photos(options.folder.resolve()))
    if options.masks:
        _check_folder(options.masks)
    path = options.out / ALBUM
    with save_errors(path):
        begun = path.exists()
    before = {row.photo: row for row in read_with_log(path).rows} if begun else {}
    return revalidated(replace(asked, rows=tuple(before.get(row.photo, row) for row in asked.rows)))


def _prior_sha256(settings: SolverSettings, elsewhere: bool) -> str:
    """Of the prior that will restore; "" where it is not known here, or each worker chooses its own."""
    if elsewhere and settings.prior == "auto":
        return ""
    from daps_desktop.networks import catalogue
    from daps_desktop.networks.loader import prior_name  # imports torch

    with suppress(UserError):  # reported by what restores with it
        return catalogue.find(prior_name(settings)).sha256
    return ""


def _check_folder(path: Path) -> None:
    """Raises: UserError (`file_unreadable`): no mask would be found in a folder that is none."""
    try:
        next(path.iterdir(), None)
    except OSError as error:
        raise UserError("file_unreadable", path=path, detail=describe_os_error(error)) from error


def item_line(item: AlbumItem) -> str:
    """A photo of the album in one line of text."""
    told = _told(item) if item.state == DONE else ""
    undone = f"{', '.join(item.undone)}  " if item.state == DONE else ""
    return f"{item.path.name:<32} {item.state:<8} {item.seconds:7.1f} s  {undone}{told}{item.reason}".rstrip()


def _told(item: AlbumItem) -> str:
    words = [item.repair] if item.repair else []
    words += [f"{item.agreement}, {item.residual:.2f} noise levels"] if item.agreement else []
    words += [f"look at {item.traces} places"] if item.traces else []
    return ", ".join(words) + "  " if words else ""
