"""Which priors are installed, and what their cards say. Reads files only: neither torch nor diffusers."""

import hashlib
import logging
import math
import os
import shutil
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

from daps_desktop.core.errors import UserError
from daps_desktop.core.resources import resource
from daps_desktop.core.system_words import said_by_system
from daps_desktop.core.user_folder import user_folder as data_folder
from daps_desktop.networks.validation import check_card, check_network, read_object, read_shapes

WEIGHTS = "diffusion_pytorch_model.safetensors"
NETWORK = "config.json"
CARD = "prior.json"

# Best first; one that is not there is passed over.
_PREFERRED = {"cpu": ("photo-fast", "photo-start"), "gpu": ("photo-fine", "photo-fast", "photo-start")}

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class PriorCard:
    """What a prior says about itself; `details` is its whole prior.json.

    `format` is "edm" or "ddpm"; `sha256` is that of the weights, as recorded when they were written;
    `multiple` divides the sides it can work on and `trained_size` is the side it was trained on, in pixels.
    `quality` is what was measured of it, in words, empty where nothing was.
    """

    name: str
    folder: Path
    format: str
    licence: str
    sha256: str
    parameters: int
    size_bytes: int
    channels: str
    multiple: int
    trained_size: int
    description: str
    source: str
    quality: str
    built_in: bool
    details: dict[str, Any] = field(repr=False, compare=False)

    @property
    def weights(self) -> Path:
        return self.folder / WEIGHTS

    def network(self) -> dict[str, Any]:
        """The configuration of its UNet2DModel."""
        return read_json(self.folder / NETWORK)


def user_folder(data_dir: Path | None = None) -> Path:
    """Where imported priors live: in `data_dir`, in $DAPS_DESKTOP_DATA, or in the user's data folder."""
    return (data_dir or data_folder()) / "priors"


def installed(data_dir: Path | None = None) -> list[PriorCard]:
    """All priors with a readable card, the built-in ones first; an unreadable one is logged and left out."""
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


def default_prior(device: str, data_dir: Path | None = None) -> str:
    """The best built-in prior for a device such as "cpu", "cuda:0" or "mps"."""
    names = {card.name for card in installed(data_dir)}
    preferred = _PREFERRED["cpu" if device.startswith("cpu") else "gpu"]
    return next((name for name in preferred if name in names), preferred[-1])


def verify(card: PriorCard) -> bool:
    """Whether the weights are those that were recorded; a file is read once as long as it does not change."""
    try:
        stat = card.weights.stat()
    except OSError:
        return False
    return _digest(card.weights, stat.st_size, stat.st_mtime_ns) == card.sha256


@lru_cache(maxsize=32)
def _digest(path: Path, size: int, mtime_ns: int) -> str:
    return sha256(path)


def sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def read_card(folder: Path) -> PriorCard:
    """The card of the prior in a folder. Raises: UserError prior_unreadable."""
    folder = Path(os.path.realpath(folder))  # Path.resolve raises where links lead in a circle
    if not (folder / CARD).is_file():
        raise UserError("prior_unreadable", path=folder, detail=f"it holds no {CARD}; import it first")
    details = read_json(folder / CARD)
    network = read_json(folder / NETWORK)
    try:
        check_card(details)
        check_network(network)
        return _card(folder, details, network)
    except (KeyError, ValueError, OSError) as error:
        raise UserError("prior_unreadable", path=folder, detail=f"its card is incomplete: {error}") from error


def _card(folder: Path, details: dict[str, Any], network: dict[str, Any]) -> PriorCard:
    weights = folder / WEIGHTS
    patch: int = details["patch"] if details["format"] == "edm" else 1
    return PriorCard(
        name=str(details["name"]),
        folder=folder,
        format=details["format"],
        licence=str(details.get("licence", "unknown")),
        sha256=str(details["sha256"]),
        parameters=count_parameters(weights),
        size_bytes=weights.stat().st_size,
        channels=str(details.get("channels", "RGB")),
        multiple=patch * 2 ** (len(network["block_out_channels"]) - 1),
        trained_size=int(details["trained_patch"]),
        description=str(details.get("description", "")),
        source=str(details.get("source", "")),
        quality=_quality(details),
        built_in=folder.parent == resource("priors").resolve(),
        details=details,
    )


def _quality(details: dict[str, Any]) -> str:
    """What prior.json says was measured: a text, or figures by name."""
    measured = details.get("measured", "")
    if isinstance(measured, dict):
        return ", ".join(f"{name}: {value}" for name, value in measured.items())
    return str(measured)


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
        raise UserError("prior_write", path=card.folder, detail=said_by_system(error)) from error


def _remove_folder(folder: Path, parent: Path) -> None:
    """A folder elsewhere that is only linked to from `parent` stays; the link goes."""
    links = [path for path in parent.iterdir() if path.is_symlink() and path.resolve() == folder]
    for link in links:
        link.unlink()
    if not links:
        shutil.rmtree(folder)


def count_parameters(weights: Path) -> int:
    """How many numbers a safetensors file holds, from its header alone. Raises: OSError, ValueError."""
    return sum(math.prod(shape) for shape in read_shapes(weights).values())


def read_json(path: Path) -> dict[str, Any]:
    """The object in a JSON file. Raises: UserError prior_unreadable."""
    try:
        return read_object(path)
    except (OSError, ValueError) as error:
        raise UserError("prior_unreadable", path=path.parent, detail=f"{path.name}: {error}") from error
