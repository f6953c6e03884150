"""From a run to a prior: the running average in float16, with its card."""

from pathlib import Path
from typing import Any

from daps_desktop.networks.card import read_card
from daps_desktop.training.card import CREDITS, README, command, credits_of, machine, readme
from daps_desktop.training.checkpoint import load_checkpoint
from daps_desktop.training.edm import anchor_inside
from daps_desktop.training.prior_folder import (
    DESCRIPTION,
    PriorNetwork,
    new_network,
    read_prior,
    valid_name,
    write_prior,
)
from daps_desktop.training.scores import lines, scores_of
from daps_desktop.training.settings import RunSettings, read_settings


def export_run(run: Path, folder: Path, name: str, figures: Path | None = None) -> Path:
    """Write the prior that `run` has come to so far, with its credits and card, into `folder`; returns it.

    `figures`: CSV file of an evaluation of these very weights, for the table of the card.
    Raises: UserError if `run` holds no checkpoint, the name cannot be that of a prior, or the figures are of
    other weights.
    """
    valid_name(name)
    settings = read_settings(run)
    state = load_checkpoint(run)
    prior = first_network(settings)
    credit = credits_of(settings)
    facts = {"name": name, **_facts(settings, prior, state, credit != "")}
    write_prior(folder, prior, state["ema"], facts)
    card = read_card(folder)
    measured = lines(scores_of(figures, card.sha256)) if figures else []
    if measured:
        facts["measured"] = {m.task: f"{m.inside_db:.1f} dB" for m in measured}
        write_prior(folder, prior, state["ema"], facts)
    texts = {CREDITS: credit, README: readme(card, settings, measured)}
    for file, text in texts.items():
        if text:
            (folder / file).write_text(text, encoding="utf-8")
    return folder


def first_network(settings: RunSettings) -> PriorNetwork:
    """The network a run begins with."""
    if settings.start_from:
        return read_prior(Path(settings.start_from))
    return new_network(settings.architecture)


def _facts(
    settings: RunSettings, prior: PriorNetwork, state: dict[str, Any], credited: bool
) -> dict[str, Any]:
    """What of the card a run changes; steps and hours are those of this run alone."""
    patch = max(settings.recipe.patch, settings.recipe.late_patch)
    anchor = prior.details.get("low_frequency_anchor", {})
    return {
        "description": prior.details.get("description", DESCRIPTION),
        "trained_patch": patch,
        "low_frequency_anchor": {**anchor, "scales": list(anchor_inside(prior.anchor, patch).scales)},
        "start": Path(settings.start_from).name,
        "steps": state["step"],
        "hours": round(state["seconds"] / 3600, 2),
        "machine": machine(settings.device),
        "command": command(settings),
        "credits": CREDITS if credited else "",
    }
