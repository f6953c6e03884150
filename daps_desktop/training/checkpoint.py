"""The state of a run on disk, replaced in one move, so that a power cut leaves the last whole one."""

import zipfile
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

import torch

from daps_desktop.core.errors import UserError
from daps_desktop.core.files import saving, write_whole
from daps_desktop.core.project.bounded_zip import opened_zip

NAME = "checkpoint.pt"
_KEYS = {"weights", "ema", "optimiser", "rng", "step", "seconds"}


def has_checkpoint(run: Path) -> bool:
    return (run / NAME).is_file()


def make_run(run: Path) -> None:
    """The folder of a run, where it is not there yet. Raises: UserError (`save_failed`)."""
    with saving(run):
        run.mkdir(parents=True, exist_ok=True)


def save_checkpoint(run: Path, state: dict[str, Any]) -> None:
    """Raises: UserError (`save_failed`); the last whole one is then still there."""
    write_whole(run / NAME, lambda file: _save(state, file), overwrite=True)


def _save(state: dict[str, Any], file: BinaryIO) -> None:
    try:
        torch.save(state, file)
    except RuntimeError as error:
        if isinstance(error.__context__, OSError):  # what the disk said, of which torch says nothing
            raise error.__context__ from None
        raise


def load_checkpoint(run: Path) -> dict[str, Any]:
    """The state last saved, on the CPU; nothing in the file is run. Raises: UserError if there is none."""
    if not has_checkpoint(run):
        raise UserError("run_missing", path=run)
    with damage_told(run):
        _check_stored(run / NAME)
        state = torch.load(run / NAME, map_location="cpu", weights_only=True)
        if not isinstance(state, dict) or state.keys() != _KEYS:
            raise ValueError("its checkpoint is of another kind")
        return state


@contextmanager
def damage_told(run: Path) -> Generator[None]:
    """What a damaged run folder makes torch and others raise becomes a UserError (`run_damaged`)."""
    try:
        yield
    except UserError:
        raise
    except Exception as error:  # unpicklers raise what they like
        detail = str(error) if type(error) is ValueError else "its files are incomplete or damaged"
        raise UserError("run_damaged", path=run, detail=detail) from error


def _check_stored(path: Path) -> None:
    """Torch compresses nothing, so that no checkpoint unfolds to more than the file it is."""
    with path.open("rb") as file, opened_zip(file) as archive:
        entries = archive.infolist()
    if any(entry.compress_type != zipfile.ZIP_STORED for entry in entries):
        raise ValueError("its checkpoint is compressed")
    if sum(entry.file_size for entry in entries) > path.stat().st_size:
        raise ValueError("its checkpoint claims to be larger than it is")
