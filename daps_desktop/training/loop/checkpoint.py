"""What a run has learnt so far, on disk: the mean of its weights, replaced in one move.

A run continued from the mean with a fresh optimiser and a short warm-up loses little, so that nothing else
has to be kept.
"""

import math
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from safetensors import safe_open
from safetensors.torch import save
from torch import Tensor

from daps_desktop.base.errors import UserError
from daps_desktop.base.files import write_file
from daps_desktop.base.i18n import N_, phrase, words_of
from daps_desktop.networks.runtime.torch_runtime import require_finite

NAME = "checkpoint.safetensors"


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """`steps` and `seconds` are what the run has taken so far."""

    weights: dict[str, Tensor]
    steps: int = 0
    seconds: float = 0.0


def has_checkpoint(run: Path) -> bool:
    return (run / NAME).is_file()


def save_checkpoint(run: Path, checkpoint: Checkpoint) -> None:
    """Raises: UserError (`training_diverged`, `save_failed`); the last whole one is then still there."""
    try:
        require_finite(checkpoint.weights)
    except ValueError as error:
        raise UserError("training_diverged", path=run) from error
    weights = {name: tensor.float().cpu().contiguous() for name, tensor in checkpoint.weights.items()}
    spent = {"steps": str(checkpoint.steps), "seconds": str(checkpoint.seconds)}
    write_file(run / NAME, save(weights, spent), overwrite=True)


def load_checkpoint(run: Path) -> Checkpoint:
    """Raises: UserError (`run_missing`, `run_damaged`)."""
    require_run(run, NAME)
    with damaged_run_errors(run), safe_open(run / NAME, "pt") as file:
        spent = file.metadata() or {}
        weights = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118 - no mapping
        require_finite(weights)
        steps, seconds = int(spent["steps"]), float(spent["seconds"])
        if steps < 0 or not 0 <= seconds < math.inf:
            raise ValueError(phrase(N_("it does not say what it has taken so far")))
        return Checkpoint(weights, steps, seconds)


def require_run(run: Path, name: str) -> None:
    """Raises: UserError (`run_missing`) unless the folder holds that file of a run."""
    if not (run / name).is_file():
        raise UserError("run_missing", path=run)


@contextmanager
def damaged_run_errors(run: Path) -> Generator[None]:
    """What a damaged run folder makes torch and others raise becomes a UserError (`run_damaged`)."""
    try:
        yield
    except UserError:
        raise
    except Exception as error:  # readers of files raise what they like
        detail = (
            words_of(error)
            if type(error) is ValueError
            else phrase(N_("its files are incomplete or damaged"))
        )
        raise UserError("run_damaged", path=run, detail=detail) from error
