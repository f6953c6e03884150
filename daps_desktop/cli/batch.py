"""`batch`: all photos of a folder with one recipe, in one process; what was done before is not done again."""

import argparse
import csv
import io
from dataclasses import replace
from pathlib import Path

from daps_desktop.cli.common import say
from daps_desktop.cli.running import run_here
from daps_desktop.core.album import (
    DONE,
    FAILED,
    Album,
    Row,
    photos_in,
    read_album,
    resumed,
    write_album,
)
from daps_desktop.core.export import ENDINGS, ExportOptions
from daps_desktop.core.files import write_file
from daps_desktop.core.hole import Hole
from daps_desktop.core.photo import Photo
from daps_desktop.core.sidecar import read_recipe

EXIT_SOME_FAILED = 1
ALBUM, TABLE = "album.daps.json", "album.csv"
_COLUMNS = (
    "file",
    "state",
    "verdict",
    "seconds",
    "reason",
    "residual",
    "redrawn",
    "marks",
    "output",
    "sha256",
)


def add(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("folder", type=Path)
    parser.add_argument("--recipe", type=Path, required=True, metavar="FILE.json")
    parser.add_argument("-o", "--out", type=Path, required=True, help="the folder for the results")
    parser.add_argument(
        "--masks", type=Path, metavar="DIR", help="pictures of marks by the photos' names, white = repair"
    )
    parser.add_argument(
        "--find-scratches", action="store_true", help="mark by itself what looks like scratches and dust"
    )
    parser.add_argument(
        "--policy",
        choices=("unique", "overwrite", "skip"),
        default="unique",
        help="what to do where a result of that name exists",
    )
    parser.add_argument("--format", choices=tuple(ENDINGS), default="png")
    parser.add_argument("--quality", type=int, default=95, help="of JPEG and WebP")
    parser.set_defaults(run=_batch)


def _batch(options: argparse.Namespace) -> int:
    from daps_desktop.worker.batch import run_batch

    album = _album(options)
    path = options.out / ALBUM
    todo = sum(row.open for row in album.rows)
    say(f"{len(album.rows)} photos, {len(album.rows) - todo} of them done before.")

    def keep(album: Album) -> None:
        write_album(album, path)
        write_file(options.out / TABLE, table(album).encode("utf-8-sig"), overwrite=True)

    keep(album)
    album = run_batch(album, run_here, _find, keep, lambda row: say(line(row)))
    print("\n".join(line(row) for row in album.rows))
    return EXIT_SOME_FAILED if album.count(FAILED) else 0


def _find(photo: Photo) -> Hole:
    from daps_desktop.analysis.marking import probable_damage  # SciPy and OpenCV take a while to import

    return probable_damage(photo)


def _album(options: argparse.Namespace) -> Album:
    """What is asked for now, with what was done before where that still holds."""
    export = ExportOptions(options.format, quality=options.quality, policy=options.policy)
    asked = Album(
        read_recipe(options.recipe),
        export,
        str(options.out),
        str(options.masks) if options.masks else "",
        options.find_scratches,
    ).with_photos(photos_in(options.folder))
    path = options.out / ALBUM
    before = {row.photo: row for row in read_album(path).rows} if path.exists() else {}
    return resumed(replace(asked, rows=tuple(before.get(row.photo, row) for row in asked.rows)))


def table(album: Album) -> str:
    """The album as CSV."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(_COLUMNS)
    for row in album.rows:
        redrawn = "" if row.redrawn is None else f"{row.redrawn:.4f}"
        residual = f"{row.residual:.2f}" if row.agreement else ""
        writer.writerow(
            (row.path.name, row.state, row.agreement, f"{row.seconds:.1f}", row.reason, residual, redrawn,
             row.marks, row.output, row.sha256)
        )  # fmt: skip
    return text.getvalue()


def line(row: Row) -> str:
    """A photo of the album in one line of text."""
    told = f"{row.agreement}, {row.residual:.2f} noise levels" if row.state == DONE else row.reason
    return f"{row.path.name:<32} {row.state:<8} {row.seconds:7.1f} s  {told}"
