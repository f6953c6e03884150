"""`split`: the prints that lie in one scan, each as a photo of its own."""

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from daps_desktop.album.splitting import split, target_paths
from daps_desktop.analysis.prints.search import find_prints
from daps_desktop.base.i18n import N_, ntr, tr
from daps_desktop.base.serialization import dump_json
from daps_desktop.cli.common import add_photo, print_status, read_asked_photo
from daps_desktop.imaging.photo import Photo
from daps_desktop.imaging.profile.print_outline import PrintOutline

NO_PRINTS = N_("Not more than one print was found on this scan; nothing was written.")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_photo(parser, "SCAN")
    place = parser.add_mutually_exclusive_group(required=True)
    place.add_argument("-o", "--out", type=Path, metavar="FOLDER", help=tr("the folder for the photos"))
    place.add_argument("--dry-run", action="store_true", help=tr("say what was found, and write nothing"))
    parser.add_argument(
        "--no-borders", dest="borders", action="store_false", help=tr("cut the borders of the prints off")
    )
    parser.add_argument("--json", action="store_true", help=tr("say what was found as JSON, for programs"))
    parser.set_defaults(run=_split)


def _split(options: argparse.Namespace) -> int:
    scan = read_asked_photo(options)
    prints = find_prints(scan.pixels, scan.alpha)
    paths = target_paths(options.photo, options.out or Path(), len(prints))
    if prints and not options.dry_run:
        paths = split(scan, options.photo, prints, options.out, options.borders)
    if options.json:
        print(dump_json(_facts(scan, prints, paths)).decode())
    elif prints:
        print(ntr("{count} print found.", "{count} prints found.", len(prints)).format(count=len(prints)))
        for path, found in zip(paths, prints, strict=True):
            print(_line(path, found))
    if not prints:
        print_status(tr(NO_PRINTS))
    return 0


def _line(path: Path, found: PrintOutline) -> str:
    corners = "  ".join(f"{x:.1f}, {y:.1f}" for x, y in found.corners)
    return tr("{name}: turned by {angle:.2f}°, corners {corners}").format(
        name=path.name, angle=found.angle, corners=corners
    )


def _facts(scan: Photo, prints: Sequence[PrintOutline], paths: Sequence[Path]) -> dict[str, Any]:
    """Scripts read these names, so they stay. Corners are x and y, clockwise from the top left; a border is
    at the top, right, bottom and left; the angle is in degrees, clockwise."""
    found = [
        {
            "file": path.name,
            "corners": [[round(x, 2), round(y, 2)] for x, y in outline.corners],
            "angle": round(outline.angle, 3),
            "border": list(outline.border),
        }
        for path, outline in zip(paths, prints, strict=True)
    ]
    return {"width": scan.width, "height": scan.height, "prints": found}
