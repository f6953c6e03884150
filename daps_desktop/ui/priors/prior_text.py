"""What is said of a prior: what it is good for, its size and licence in plain words, and its details."""

import json
from dataclasses import dataclass
from typing import Any

from daps_desktop.base.i18n import N_, format_number, tr
from daps_desktop.jobs.published_priors import PublicPrior

_GOOD_FOR = {  # the built-in ones, whose cards are in English
    "photo-fast": N_(
        "Everyday photographs: scratches, grain, blur and blocks. Fast. It knows texture and structure, not "
        "faces, hands or letters, and hardly any colours."
    ),
    "photo-fine": N_(
        "The same as photo-fast, more carefully and with finer texture; each step takes about four times as "
        "long."
    ),
}
NOT_MEASURED = N_("not measured")
NOTED_AT_FIRST = N_("not known; noted at the first download and compared from then on")
_SHORT_HASH = 12  # characters
_TERMS = {  # what a licence means, where it is a usual one
    "Apache-2.0": N_("free for any use"),
    "MIT": N_("free for any use"),
    "CC0-1.0": N_("free for any use"),
    "CC-BY-NC-SA-4.0": N_("not for commercial use"),
    "CC-BY-NC-4.0": N_("not for commercial use"),
}


@dataclass(frozen=True, slots=True)
class InstalledPrior:
    """One line of `priors list --json`."""

    name: str
    description: str
    licence: str
    source: str
    quality: str
    size_mb: float
    parameters_m: float
    trained_size: int
    sha256: str
    built_in: bool

    @classmethod
    def of(cls, line: str) -> "InstalledPrior":
        told: dict[str, Any] = json.loads(line)
        return cls(
            told["name"], told["description"], told["licence"], told["source"], told["quality"],
            told["size_bytes"] / 1e6, told["parameters"] / 1e6, told["trained_size"], told["sha256"],
            told["built_in"],
        )  # fmt: skip


def good_for(prior: InstalledPrior) -> str:
    return tr(_GOOD_FOR[prior.name]) if prior.built_in and prior.name in _GOOD_FOR else prior.description


def plain(size_mb: float, licence: str) -> str:
    size = f"{format_number(size_mb, 1 if size_mb < 100 else 0)} MB"
    terms = tr(_TERMS.get(licence, ""))
    words = tr("Takes {size} of disk space. Licence: {licence}.")
    return words.format(size=size, licence=f"{licence}, {terms}" if terms else licence)


def details(prior: InstalledPrior) -> str:
    lines = (
        (tr("Network"), tr("{count:.1f} million parameters, trained on crops of {side} pixels").format(
            count=prior.parameters_m, side=prior.trained_size)),
        (tr("Source"), _source(prior)),
        (tr("Measured"), prior.quality or tr(NOT_MEASURED)),
        (tr("Checksum"), f"{prior.sha256[:_SHORT_HASH]}…"),
    )  # fmt: skip
    words = tr("{name}: {value}")
    return "\n".join(words.format(name=name, value=value) for name, value in lines)


def _source(prior: InstalledPrior) -> str:
    unsaid = tr("comes with the program") if prior.built_in else tr("a file on this computer")
    return tr(prior.source) or unsaid  # in the catalogue where it is that of a built-in prior


def published_details(prior: PublicPrior) -> str:
    checksum = f"{prior.sha256[:_SHORT_HASH]}…" if prior.sha256 else tr(NOTED_AT_FIRST)
    lines = (
        (tr("Learned from"), tr(prior.data)),
        (tr("Checksum"), checksum),
    )
    words = tr("{name}: {value}")
    facts = (words.format(name=name, value=value) for name, value in lines)
    return "\n".join((prior.place, *facts))
