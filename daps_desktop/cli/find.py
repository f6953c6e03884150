"""`find`: what in a photo looks like damage, as a picture of marks."""

import argparse
from pathlib import Path
from typing import Any

from daps_desktop.base.i18n import ntr, tr
from daps_desktop.base.serialization import dump_json
from daps_desktop.cli.common import (
    BY_INFRARED,
    NOTHING_FOUND,
    add_force,
    add_photo,
    print_status,
    read_asked_photo,
    sensitivity,
)
from daps_desktop.cli.local_run import find_damage
from daps_desktop.imaging.formats.mask_file import check_mask_ending, write_mask
from daps_desktop.imaging.formats.writer import check_target
from daps_desktop.jobs.proposals import DEFAULT, Proposals
from daps_desktop.jobs.settings import DEVICES


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_photo(parser)
    parser.add_argument("-o", "--out", type=Path, required=True, help=tr(".png, white = damage"))
    parser.add_argument(
        "--sensitivity",
        type=sensitivity,
        default=DEFAULT,
        metavar="0-1",
        help=tr("0: only the surest, 0.5: what is damage at even odds, 1: all that may be"),
    )
    parser.add_argument("--json", action="store_true", help=tr("say what was found as JSON, for programs"))
    parser.add_argument("--device", choices=DEVICES, default="auto")
    add_force(parser)
    parser.set_defaults(run=_find)


def _find(options: argparse.Namespace) -> int:
    photo = read_asked_photo(options)
    check_mask_ending(options.out)
    check_target(options.out, options.photo, options.force > 0, options.force > 1)
    found = find_damage(photo, options.device)
    shown = found.shown(options.sensitivity)
    write_mask(found.mask(shown), options.out, overwrite=options.force > 0)
    if options.json:
        print(dump_json(_facts(found, shown, options.sensitivity)).decode())
    if not shown:
        print_status(tr(NOTHING_FOUND))
    elif not options.json:
        if found.infrared:
            print_status(tr(BY_INFRARED))
        print(ntr("{count} place found.", "{count} places found.", shown).format(count=shown))
    return 0


def _facts(found: Proposals, shown: int, sensitivity: float) -> dict[str, Any]:
    """Scripts read these names, so they stay. The ends of a box are excluded."""
    height, width = found.labels.shape
    pieces = [
        {
            "kind": piece.kind.value,
            "probability": round(piece.score, 3),
            "top": piece.rect.top,
            "left": piece.rect.left,
            "bottom": piece.rect.bottom,
            "right": piece.rect.right,
            "pixels": piece.pixels,
        }
        for piece in found.pieces[:shown]
    ]
    return {
        "width": width,
        "height": height,
        "sensitivity": sensitivity,
        "infrared": found.infrared,
        "pieces": pieces,
    }
