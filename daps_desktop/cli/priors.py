"""`priors`: what is installed, and what is brought in."""

import argparse
from pathlib import Path

from daps_desktop.cli.common import EXIT_USER_ERROR


def add(parser: argparse.ArgumentParser) -> None:
    actions = parser.add_subparsers(required=True, metavar="list|import|info|verify")
    actions.add_parser("list").set_defaults(run=_list)
    importing = actions.add_parser("import")
    importing.add_argument("path", type=Path)
    importing.add_argument("--name")
    importing.set_defaults(run=_import)
    info = actions.add_parser("info")
    info.add_argument("name")
    info.set_defaults(run=_info)
    actions.add_parser("verify").set_defaults(run=_verify)


def _list(options: argparse.Namespace) -> int:
    from daps_desktop.priors import catalogue

    for card in catalogue.installed():
        print(f"{card.name:<20} {card.size_bytes / 1e6:7.1f} MB  {card.licence:<12} {card.description}")
    return 0


def _import(options: argparse.Namespace) -> int:
    from daps_desktop.priors.importing import import_prior

    card = import_prior(options.path, options.name)
    print(f"Imported as {card.name}: {card.folder}")
    return 0


def _info(options: argparse.Namespace) -> int:
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


def _verify(options: argparse.Namespace) -> int:
    from daps_desktop.priors import catalogue

    good = True
    for card in catalogue.installed():
        intact = catalogue.verify(card)
        good = good and intact
        print(f"{card.name:<20} {'intact' if intact else 'DAMAGED: import it again'}")
    return 0 if good else EXIT_USER_ERROR
