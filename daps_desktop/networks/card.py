"""What a trained network says about itself: what it is for, how it is built, and where it is from.

A folder holds the card (prior.json), the configuration of the network (config.json) and its weights. The card
has two versions; both are read into the same value. Its `role` is "damage-finder", or "prior" where it says
nothing. Reads files only: neither torch nor diffusers.
"""

import hashlib
import math
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeVar

from daps_desktop.base.errors import UserError
from daps_desktop.base.i18n import N_, Phrase, phrase, words_of
from daps_desktop.base.paths import resource
from daps_desktop.networks.parameterisation import (
    PATCHES,
    DiscreteParameterisation,
    EdmParameterisation,
    NoiseMapParameterisation,
    Parameterisation,
)
from daps_desktop.networks.validation import (
    NAME,
    PREDICTIONS,
    Values,
    check_network,
    check_schedule,
    read_object,
    read_shapes,
    require_int,
    require_mapping,
    require_one_of,
    require_positive,
)

WEIGHTS = "diffusion_pytorch_model.safetensors"
NETWORK = "config.json"
CARD = "prior.json"
VERSION = 2
FINDER = "damage-finder"


@dataclass(frozen=True, slots=True)
class Architecture:
    """A class of networks by name, and what it is built with; `size_multiple` divides the sides it takes."""

    name: str
    config: Mapping[str, Any] = field(repr=False, compare=False)

    @property
    def size_multiple(self) -> int:
        widths = self.config["block_out_channels" if self.name == "UNet2DModel" else "widths"]
        return 2 ** (len(widths) - 1)

    @property
    def work(self) -> float:
        """Multiplications for a pixel, of networks as the built-in ones are; 0 where it is not known."""
        if self.name != "NormFreeUNet":
            return 0.0
        *finer, coarsest = (
            (9 * width * width) / 4**level for level, width in enumerate(self.config["widths"])
        )
        return 2.0 * self.config["blocks"] * (2 * sum(finer) + coarsest)

    @property
    def channels(self) -> tuple[int, int]:
        """Of input and output."""
        return self.config.get("in_channels", 3), self.config.get("out_channels", 3)


@dataclass(frozen=True, slots=True)
class NetworkCard:
    """`details` is the whole prior.json; `sha256` that of the weights, as recorded when they were written.

    `size_multiple` divides the sides it can work on, `trained_size` is the side it was trained on, in pixels.
    `quality` is what was measured of it, as text, empty where nothing was.
    """

    name: str
    folder: Path
    architecture: Architecture
    licence: str
    sha256: str
    parameters: int
    size_bytes: int
    channels: str
    size_multiple: int
    trained_size: int
    description: str
    source: str
    quality: str
    built_in: bool
    details: dict[str, Any] = field(repr=False, compare=False)

    @property
    def weights(self) -> Path:
        return self.folder / WEIGHTS


@dataclass(frozen=True, slots=True)
class PriorCard(NetworkCard):
    """A network with what makes a denoiser of it."""

    parameterisation: Parameterisation


Card = TypeVar("Card", bound=NetworkCard)


def read_card(folder: Path) -> PriorCard:
    """The card of the prior in a folder. Raises: UserError prior_unreadable."""
    return _read(folder, _prior)


def is_finder(folder: Path) -> bool:
    """Whether the folder says that its network looks for damage. Raises: UserError prior_unreadable."""
    return (folder / CARD).is_file() and read_json(folder / CARD).get("role") == FINDER


def read_finder(folder: Path) -> NetworkCard:
    """The card of the damage finder in a folder. Raises: UserError prior_unreadable."""
    return _read(folder, _finder)


def _read(folder: Path, card: Callable[[Path, dict[str, Any], dict[str, Any]], Card]) -> Card:
    folder = Path(os.path.realpath(folder))  # Path.resolve raises where links lead in a circle
    if not (folder / CARD).is_file():
        raise _unreadable(folder, phrase(N_("it holds no {card}; import it first"), card=CARD))
    details = read_json(folder / CARD)
    network = read_json(folder / NETWORK)
    try:
        return card(folder, details, network)
    except (KeyError, ValueError, OSError) as error:
        raise _unreadable(
            folder, phrase(N_("its card is incomplete: {error}"), error=words_of(error))
        ) from error


def _unreadable(folder: Path, detail: Phrase) -> UserError:
    return UserError("prior_unreadable", path=folder, detail=detail)


def _prior(folder: Path, details: dict[str, Any], network: dict[str, Any]) -> PriorCard:
    if details.get("role", "prior") != "prior":
        raise ValueError(phrase(N_("its network is no denoiser")))
    if not NAME.fullmatch(str(details["name"])):
        raise ValueError(phrase(N_("its name is not one that a prior can have")))
    architecture = Architecture(check_network(network), network)
    parameterisation = _read_parameterisation(details)
    patch = _patch(parameterisation)
    needed = 3 * patch**2
    with_variance = isinstance(parameterisation, DiscreteParameterisation)
    _check_fit(architecture, details, needed, (needed, 2 * needed) if with_variance else (needed,))
    return PriorCard(**_common(folder, details, architecture, patch), parameterisation=parameterisation)


def _finder(folder: Path, details: dict[str, Any], network: dict[str, Any]) -> NetworkCard:
    if details["role"] != FINDER or details["version"] != VERSION:
        raise ValueError(phrase(N_("its network does not look for damage")))
    architecture = Architecture(check_network(network), network)
    _check_fit(architecture, details, 3, (1,))
    return NetworkCard(**_common(folder, details, architecture, 1))


def _common(folder: Path, details: dict[str, Any], architecture: Architecture, patch: int) -> dict[str, Any]:
    """The fields that every role has; `patch` x `patch` pixels are one to the network."""
    weights = folder / WEIGHTS
    return {
        "name": str(details["name"]),
        "folder": folder,
        "architecture": architecture,
        "licence": str(details.get("licence", "unknown")),
        "sha256": str(details["sha256"]),
        "parameters": count_parameters(weights),
        "size_bytes": weights.stat().st_size,
        "channels": str(details.get("channels", "RGB")),
        "size_multiple": _size_multiple(architecture.size_multiple * patch, details),
        "trained_size": require_int(details, "trained_patch", 1, 65_536),
        "description": str(details.get("description", "")),
        "source": str(details.get("source", "")),
        "quality": _quality(details),
        "built_in": folder.parent == resource("priors").resolve(),
        "details": details,
    }


def _read_parameterisation(details: Values) -> Parameterisation:
    """Raises: ValueError, KeyError unless the card is of a known version and its conventions are possible."""
    version = details["version"]
    if version == 1:  # also named an anchor, for networks that lost their local means; it is ignored
        kinds, values = {"edm": "edm", "ddpm": "discrete"}, details
        kind, patch = kinds.get(str(details["format"])), "patch"
    elif version == VERSION:
        values = require_mapping(details["parameterisation"], "parameterisation")
        kind, patch = values["kind"], "pixel_patch"
    else:
        raise ValueError(phrase(N_("version {version!r} is not known"), version=str(version)[:20]))
    if kind == "edm":
        if require_int(values, patch, 1, 8) not in PATCHES:
            raise ValueError(phrase(N_("{patch} must be 1, 2, 4 or 8"), patch=patch))
        names = ("sigma_data", "sigma_min", "sigma_max")
        data, least, most = (require_positive(values, name) for name in names)
        if least >= most:
            raise ValueError(phrase(N_("sigma_min must be below sigma_max")))
        return EdmParameterisation(data, least, most, values[patch])
    if kind == "discrete":
        prediction = require_one_of(values, "prediction", PREDICTIONS)
        return DiscreteParameterisation.of(prediction, check_schedule(values["schedule"]))
    if kind == "noise-map":
        return NoiseMapParameterisation(require_positive(values, "sigma_max"))
    raise ValueError(phrase(N_("how its network is used, {kind!r}, is not known"), kind=str(kind)[:40]))


def _check_fit(architecture: Architecture, details: Values, into: int, out: tuple[int, ...]) -> None:
    """Raises: ValueError where card, network and its use do not go together."""
    if details["version"] == VERSION:
        said = require_mapping(details["architecture"], "architecture")["class"]
        if said != architecture.name:
            words, name = N_("it names a {said}, but its {network} names a {name}"), architecture.name
            raise ValueError(phrase(words, said=str(said)[:40], network=NETWORK, name=name))
    inputs, outputs = architecture.channels
    if inputs != into or outputs not in out:
        raise ValueError(
            phrase(
                N_("its network has {inputs} and {outputs} channels where {needed} are needed"),
                inputs=inputs,
                outputs=outputs,
                needed=into,
            )
        )


def _size_multiple(needed: int, details: Values) -> int:
    said = require_int({"side_multiple": needed, **details}, "side_multiple", 1, 65_536)
    if said % needed:
        raise ValueError(
            phrase(
                N_("its network works on sides that are multiples of {needed}, not of {said}"),
                needed=needed,
                said=said,
            )
        )
    return said


def _patch(parameterisation: Parameterisation) -> int:
    return parameterisation.pixel_patch if isinstance(parameterisation, EdmParameterisation) else 1


def _quality(details: Values) -> str:
    """What prior.json says was measured: a text, or figures by name."""
    measured = details.get("measured", "")
    if isinstance(measured, dict):
        return ", ".join(f"{name}: {value}" for name, value in measured.items())
    return str(measured)


def verify(card: NetworkCard) -> bool:
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


def count_parameters(weights: Path) -> int:
    """How many parameters a safetensors file holds, from its header alone. Raises: OSError, ValueError."""
    return sum(math.prod(shape) for shape in read_shapes(weights).values())


def read_json(path: Path) -> dict[str, Any]:
    """The object in a JSON file. Raises: UserError prior_unreadable."""
    try:
        return read_object(path)
    except (OSError, ValueError) as error:
        detail = phrase(N_("{name}: {error}"), name=path.name, error=words_of(error))
        raise _unreadable(path.parent, detail) from error
