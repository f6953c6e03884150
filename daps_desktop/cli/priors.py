"""`priors`: what is installed, what is brought in, and what is removed again."""

import argparse
import json
from pathlib import Path

from daps_desktop.base.i18n import tr
from daps_desktop.cli import teach
from daps_desktop.cli.common import EXIT_USER_ERROR, table

_LISTED = (
    "name", "description", "licence", "source", "quality", "parameters", "size_bytes", "trained_size",
    "sha256", "built_in",
)  # fmt: skip


def add_arguments(parser: argparse.ArgumentParser) -> None:
    actions = parser.add_subparsers(required=True, metavar="list|import|fetch|teach|remove|info|verify")
    listing = actions.add_parser("list")
    listing.add_argument(
        "--json", action="store_true", help=tr("one JSON object per line, for other programs")
    )
    listing.set_defaults(run=_list)
    importing = actions.add_parser("import")
    importing.add_argument("path", type=Path)
    importing.add_argument("--name")
    importing.set_defaults(run=_import)
    fetching = actions.add_parser("fetch", help=tr("from the Hugging Face hub, with a connection to it"))
    fetching.add_argument("place", metavar="PUBLISHER/NAME[/FILE]")
    fetching.add_argument("--name")
    fetching.set_defaults(run=_fetch)
    teach.add_arguments(actions.add_parser("teach", help=tr("fine-tune a prior on your own photos")))
    removing = actions.add_parser("remove")
    removing.add_argument("name")
    removing.set_defaults(run=_remove)
    info = actions.add_parser("info")
    info.add_argument("name")
    info.set_defaults(run=_info)
    actions.add_parser("verify").set_defaults(run=_verify)


def _list(options: argparse.Namespace) -> int:
    from daps_desktop.networks import catalogue

    for card in catalogue.installed():
        if options.json:
            network = {
                "architecture": card.architecture.name,
                "parameterisation": card.parameterisation.kind,
            }
            print(json.dumps({name: getattr(card, name) for name in _LISTED} | network))
            continue
        print(f"{card.name:<20} {card.size_bytes / 1e6:7.1f} MB  {card.licence:<12} {card.description}")
    return 0


def _import(options: argparse.Namespace) -> int:
    from daps_desktop.networks.importers.importing import import_prior

    card = import_prior(options.path, options.name)
    print(tr("Imported as {name}: {folder}").format(name=card.name, folder=card.folder))
    return 0


def _fetch(options: argparse.Namespace) -> int:
    """Says on stdout, line by line, how many bytes of how many are here."""
    from daps_desktop.networks.importers.hub import fetch_prior

    said = -1

    def say(here: int, total: int) -> None:
        nonlocal said
        if (percent := 100 * here // max(total, 1)) != said:
            said = percent
            print(f"{here} {total}", flush=True)

    card = fetch_prior(options.place, say, options.name)
    print(tr("Fetched as {name}: {folder}").format(name=card.name, folder=card.folder))
    return 0


def _remove(options: argparse.Namespace) -> int:
    from daps_desktop.networks import catalogue

    catalogue.remove(options.name)
    return 0


def _info(options: argparse.Namespace) -> int:
    from daps_desktop.networks import catalogue

    card = catalogue.find(options.name)
    rows = (
        (tr("name"), card.name),
        (tr("description"), card.description),
        (tr("folder"), card.folder),
        (tr("network"), card.architecture.name),
        (tr("parameterisation"), card.parameterisation.kind),
        (tr("licence"), card.licence),
        (tr("source"), card.source or tr("unknown")),
        (tr("measured"), card.quality or tr("nothing")),
        (tr("parameters"), tr("{count:.1f} million").format(count=card.parameters / 1e6)),
        (tr("size"), f"{card.size_bytes / 1e6:.1f} MB"),
        (tr("trained on crops of"), tr("{side} pixels").format(side=card.trained_size)),
        ("sha256", card.sha256),
    )
    print(table(rows))
    return 0


def _verify(options: argparse.Namespace) -> int:
    from daps_desktop.networks import catalogue
    from daps_desktop.networks.card import verify

    good = True
    for card in catalogue.installed():
        intact = verify(card)
        good = good and intact
        state = tr("intact") if intact else tr("DAMAGED: import it again")
        print(f"{card.name:<20} {state}")
    return 0 if good else EXIT_USER_ERROR
