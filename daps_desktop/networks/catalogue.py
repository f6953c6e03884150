"""Which priors are installed, and which is chosen. Reads files only: neither torch nor diffusers."""

import logging
import os
import shutil
from pathlib import Path

from daps_desktop.base.errors import UserError
from daps_desktop.base.os_errors import describe_os_error
from daps_desktop.base.paths import resource
from daps_desktop.base.paths import user_folder as data_folder
from daps_desktop.jobs.settings import Preset
from daps_desktop.networks.card import CARD, NetworkCard, PriorCard, read_card, read_finder

# Best first; one that is not there is passed over.
_FAST, _FINE = ("photo-fast", "photo-fine"), ("photo-fine", "photo-fast")

_log = logging.getLogger(__name__)


def user_folder(data_dir: Path | None = None) -> Path:
    """Where imported priors live: in `data_dir`, in $DAPS_DESKTOP_DATA, or in the user's data folder."""
    return (data_dir or data_folder()) / "priors"


def installed(data_dir: Path | None = None) -> list[PriorCard]:
    """All priors with a readable card, the built-in ones first; an unreadable one is logged and skipped."""
    cards: list[PriorCard] = []
    for parent in (resource("priors"), user_folder(data_dir)):
        for path in sorted(parent.glob(f"[!.]*/{CARD}")):  # a dot marks an import under way
            try:
                cards.append(read_card(path.parent))
            except UserError as error:
                _log.warning("%s", error)
    return cards


def find(name_or_path: str | Path, data_dir: Path | None = None) -> PriorCard:
    """The installed prior of that name, or the one in that folder.

    Raises: UserError prior_missing, or prior_unreadable for a folder that holds none.
    """
    cards = installed(data_dir)
    for card in cards:
        if card.name == str(name_or_path):
            return card
    if os.path.isdir(name_or_path):  # noqa: PTH112 - Path.is_dir raises for what can be no path
        return read_card(Path(name_or_path))
    raise UserError("prior_missing", name=name_or_path, known=", ".join(card.name for card in cards))


def damage_finder() -> NetworkCard:
    """The network that looks for damage. Raises: UserError prior_unreadable where it is not as it came."""
    return read_finder(resource("finder"))


def default_prior(device: str, preset: Preset = "balanced", data_dir: Path | None = None) -> str:
    """The best built-in prior for a device such as "cpu", "cuda:0" or "mps".

    A processor takes the larger one only where the preset asks for the best there is.
    """
    names = {card.name for card in installed(data_dir)}
    preferred = _FAST if device.startswith("cpu") and preset != "best" else _FINE
    return next((name for name in preferred if name in names), preferred[-1])


def remove(name: str, data_dir: Path | None = None) -> None:
    """Delete an imported prior. Raises: UserError prior_missing, prior_built_in or prior_write."""
    card = next((card for card in installed(data_dir) if card.name == name), None)
    if card is None:
        raise UserError("prior_missing", name=name, known=", ".join(c.name for c in installed(data_dir)))
    if card.built_in:
        raise UserError("prior_built_in", name=name)
    try:
        _remove_folder(card.folder, user_folder(data_dir))
    except OSError as error:
        raise UserError("prior_write", path=card.folder, detail=describe_os_error(error)) from error


def _remove_folder(folder: Path, parent: Path) -> None:
    """A folder elsewhere that is only linked to from `parent` stays; the link goes."""
    links = [path for path in parent.iterdir() if path.is_symlink() and path.resolve() == folder]
    for link in links:
        link.unlink()
    if not links:
        shutil.rmtree(folder)
