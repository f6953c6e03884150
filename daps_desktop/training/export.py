"""From a run to a prior: the running average in float16, with its card."""

from pathlib import Path
from typing import Any

from daps_desktop.training.checkpoint import load_checkpoint
from daps_desktop.training.edm import anchor_inside
from daps_desktop.training.prior_folder import PriorNetwork, new_network, read_prior, valid_name, write_prior
from daps_desktop.training.settings import RunSettings, read_settings


def export_run(run: Path, folder: Path, name: str) -> Path:
    """Write the prior that `run` has come to so far into `folder`; returns `folder`.

    Raises: UserError if `run` holds no checkpoint, or the name cannot be that of a prior.
    """
    valid_name(name)
    settings = read_settings(run)
    state = load_checkpoint(run)
    prior = first_network(settings)
    write_prior(folder, prior, state["ema"], {"name": name, **_facts(settings, prior, state)})
    return folder


def first_network(settings: RunSettings) -> PriorNetwork:
    """The network a run begins with."""
    if settings.start_from:
        return read_prior(Path(settings.start_from))
    return new_network(settings.architecture)


def _facts(settings: RunSettings, prior: PriorNetwork, state: dict[str, Any]) -> dict[str, Any]:
    """What of the card a run changes; steps and hours are those of this run alone."""
    patch = max(settings.recipe.patch, settings.recipe.late_patch)
    anchor = prior.details.get("low_frequency_anchor", {})
    return {
        "trained_patch": patch,
        "low_frequency_anchor": {**anchor, "scales": list(anchor_inside(prior.anchor, patch).scales)},
        "start": Path(settings.start_from).name,
        "steps": state["step"],
        "hours": round(state["seconds"] / 3600, 2),
        "credits": "CREDITS.csv",
    }
