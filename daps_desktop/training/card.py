"""What travels with the weights of a run: the credits of the photos it learnt from, and a card for people."""

import csv
import io
import os
import platform
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import torch

from daps_desktop.core.errors import UserError
from daps_desktop.networks.card import PriorCard
from daps_desktop.training.scores import Line
from daps_desktop.training.settings import Recipe, RunSettings

CREDITS = "CREDITS.csv"
README = "README.md"


def credits_of(settings: RunSettings) -> str:
    """The rows that stand beside the archives used, and those of the prior that the run began with; else "".

    A CREDITS.csv has a column `archive`; the header of the first one found is that of the result.
    """
    places = [Path(p) for p in (*settings.photos, settings.validation) if p]
    sources = [(place.parent / CREDITS, place.name) for place in places if place.is_file()]
    if settings.start_from:
        sources.append((Path(settings.start_from) / CREDITS, ""))
    rows: dict[tuple[str, ...], dict[str, str]] = {}
    for path, archive in sources:
        for row in _rows(path):
            if not archive or row.get("archive") == archive:
                rows.setdefault(tuple(row.values()), row)
    return _written(list(rows.values()))


def _rows(path: Path) -> list[dict[str, str]]:
    if not path.is_file():
        return []
    try:
        with path.open(newline="", encoding="utf-8") as file:
            rows = list(csv.DictReader(file, restkey="", restval=""))
        return [{name: text for name, text in row.items() if name} for row in rows]  # what is too much goes
    except (OSError, ValueError, csv.Error) as error:
        raise UserError("file_unreadable", path=path, detail=str(error)) from error


def _written(rows: Sequence[dict[str, str]]) -> str:
    if not rows:
        return ""
    text = io.StringIO()
    writer = csv.DictWriter(text, list(rows[0]), extrasaction="ignore", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def machine(device: str) -> str:
    """What a run on this device is done with, in words."""
    if device != "cpu" and torch.cuda.is_available():
        return torch.cuda.get_device_name()
    return f"{os.cpu_count()} processor cores ({platform.machine()})"


def command(settings: RunSettings) -> str:
    """The command that this run was started with; of places only the names."""
    words = ["python -m daps_desktop.training fit --photos", *(Path(p).name for p in settings.photos)]
    if settings.validation:
        words.append(f"--validation {Path(settings.validation).name}")
    if settings.start_from:
        words.append(f"--start-from {Path(settings.start_from).name}")
    else:
        shape = settings.architecture
        words.append(f"--widths {' '.join(map(str, shape.widths))} --layers {shape.layers}")
        words.append(f"--pixel-patch {shape.pixel_patch} --{'' if shape.attention else 'no-'}attention")
    recipe, usual = settings.recipe, asdict(Recipe())
    words += [
        f"--{name.replace('_', '-')} {value}"
        for name in ("batch", "patch", "late_patch", "lr", "seed")
        if (value := getattr(recipe, name)) != usual[name]
    ]
    if (recipe.log_sigma_mean, recipe.log_sigma_std) != (usual["log_sigma_mean"], usual["log_sigma_std"]):
        words.append(f"--log-sigma {recipe.log_sigma_mean} {recipe.log_sigma_std}")
    budget = settings.budget
    words.append(f"--steps {budget.steps}" if budget.steps else f"--minutes {budget.minutes:g}")
    return " ".join([*words, "--out RUN"])


def readme(card: PriorCard, settings: RunSettings, measured: Sequence[Line]) -> str:
    """The card for people, in Markdown."""
    parts = (
        f"# {card.name}",
        card.description,
        _facts(card),
        "## Data",
        _data(settings, card.details),
        "## Training",
        _training(card.details),
        "## Measured quality",
        _quality(measured),
        "## Limits",
        LIMITS,
    )
    return "\n\n".join(parts) + "\n"


LIMITS = (
    "It knows texture and structure, such as grain, edges, cloth and foliage, within a few dozen pixels. "
    "It does not know faces, hands or letters: what is missing in a large hole is filled plausibly at best "
    "and is never a record of what was there."
)


def _training(details: dict[str, Any]) -> str:
    begin = f"From the weights of `{details['start']}`" if details.get("start") else "From nothing"
    return (
        f"{begin}, {details['steps']:,} steps in {details['hours']:g} hours on {details['machine']}, "
        f"by\n\n```\n{details['command']}\n```\n\n"
        "with AdamW, averaged weights, and the loss of EDM taken through the low-frequency anchor, which "
        "`prior.json` describes and the program applies on the whole photo."
    )


def _facts(card: PriorCard) -> str:
    network = card.architecture.config
    widths = ", ".join(map(str, network["block_out_channels"]))
    rows = (
        ("Weights", f"{card.size_bytes / 1e6:.1f} MB, half precision; SHA-256 `{card.sha256}`"),
        (
            "Network",
            f"diffusers `UNet2DModel` on {card.details['patch']} × {card.details['patch']} pixel-unshuffled "
            f"images; widths {widths}; {card.parameters / 1e6:.1f} million parameters",
        ),
        (
            "Convention",
            "EDM (Karras, Aittala, Aila, Laine 2022, arXiv 2206.00364): RGB in [-1, 1], "
            f"sigma_data {card.details['sigma_data']:g}, noise input ln(sigma) / 4",
        ),
        (
            "Sizes",
            f"sides that are multiples of {card.multiple}; trained on patches of up to "
            f"{card.trained_size} × {card.trained_size}",
        ),
        ("Licence", card.licence),
    )
    return "\n".join(["| | |", "|---|---|", *(f"| {name} | {value} |" for name, value in rows)])


def _data(settings: RunSettings, details: dict[str, Any]) -> str:
    names = ", ".join(f"`{Path(p).name}`" for p in settings.photos)
    apart = f"`{Path(settings.validation).name}`" if settings.validation else "some of them"
    credit = (
        f"`{CREDITS}` names file, licence, source and credit of each, and travels with these weights."
        if details.get("credits")
        else "Their licences are not on record."
    )
    return f"Photographs of {names}; {apart} kept apart for validation and never trained on. {credit}"


def _quality(measured: Sequence[Line]) -> str:
    if not measured:
        return "Not measured: `python -m daps_desktop.training evaluate` does."
    rows = ["PSNR in dB, mean over the photographs; in the marks where there are marks.", ""]
    rows += ["| Task | photographs | PSNR |", "|---|---|---|"]
    rows += [f"| {line.task} | {line.photos} | {line.inside_db:.2f} |" for line in measured]
    return "\n".join(rows)
