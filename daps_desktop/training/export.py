"""From a run to a prior or a finder: the mean of the weights in half precision, with its card."""

from pathlib import Path

from daps_desktop.base.errors import UserError
from daps_desktop.base.i18n import N_, phrase
from daps_desktop.networks.validation import NAME
from daps_desktop.training.fit import load_network
from daps_desktop.training.loop.checkpoint import load_checkpoint
from daps_desktop.training.loop.credits import list_credits
from daps_desktop.training.loop.settings import read_settings
from daps_desktop.training.prior_folder import training_facts, write_prior

DESCRIPTION = (
    "A denoiser of everyday photographs: it knows texture and structure, not faces, hands or letters."
)
FINDS = "Looks for scratches, cracks, hairs, dust and torn places in photographs."


def export_run(run: Path, folder: Path, name: str) -> None:
    """Write the prior, or finder, that `run` has come to so far, with its credits, into `folder`.

    Raises: UserError if `run` holds no checkpoint, or the name cannot be that of a prior.
    """
    if not NAME.fullmatch(name):
        detail = phrase(N_("{name!r} may hold letters, digits, '-', '_' and '.' only"), name=name)
        raise UserError("setting_value", name="name", detail=detail)
    settings, checkpoint = read_settings(run), load_checkpoint(run)
    facts = {
        "name": name,
        "description": FINDS if settings.film else DESCRIPTION,
        "training": training_facts(settings, checkpoint.steps, checkpoint.seconds),
    }
    write_prior(folder, load_network(settings, checkpoint), facts, list_credits(settings))
