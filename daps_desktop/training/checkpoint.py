"""The state of a run on disk, replaced in one move, so that a power cut leaves the last whole one."""

import os
from pathlib import Path
from typing import Any

import torch

from daps_desktop.core.errors import UserError

NAME = "checkpoint.pt"


def has_checkpoint(run: Path) -> bool:
    return (run / NAME).is_file()


def save_checkpoint(run: Path, state: dict[str, Any]) -> None:
    fresh = run / (NAME + ".new")
    with fresh.open("wb") as file:
        torch.save(state, file)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(run / NAME)


def load_checkpoint(run: Path) -> dict[str, Any]:
    """The state last saved, on the CPU. Raises: UserError if there is none."""
    if not has_checkpoint(run):
        raise UserError("run_missing", path=run)
    return torch.load(run / NAME, map_location="cpu", weights_only=True)
