"""What a run is asked to do, frozen and saved in its folder, so that it can be continued."""

import math
from dataclasses import dataclass, field
from pathlib import Path
from typing import cast

import torch

from daps_desktop.base.files import write_file
from daps_desktop.base.i18n import N_, phrase
from daps_desktop.base.serialization import dump_json, from_jsonable, load_json, to_jsonable
from daps_desktop.jobs.settings import DEVICES, Device
from daps_desktop.networks.runtime.devices import choose_device
from daps_desktop.training.loop.checkpoint import damaged_run_errors, require_run
from daps_desktop.training.loop.recipe import Recipe, check

NAME = "settings.json"
VERSION = 2
_MAX_LEVELS, _MAX_WIDTH, _MAX_BLOCKS = 8, 2048, 16


@dataclass(frozen=True, slots=True)
class Budget:
    """When a run ends: by the clock, or after a number of steps where that is given."""

    minutes: float = 60.0
    steps: int = 0  # 0: by the clock

    def __post_init__(self) -> None:
        ok = math.isfinite(self.minutes) and self.minutes > 0
        check("minutes", ok, f"must be above 0, not {self.minutes:g}")
        check("steps", self.steps >= 0, f"must not be negative, not {self.steps}")

    def progress(self, elapsed_s: float, step: int) -> float:
        """The part of the budget that is spent, 0 to 1."""
        part = step / self.steps if self.steps else elapsed_s / (60 * self.minutes)
        return min(part, 1.0)


@dataclass(frozen=True, slots=True)
class RunSettings:
    """One run: what it reads, what it writes, how it teaches, when it ends."""

    photos: tuple[str, ...]  # folders, archives, files
    out: str
    validation: str = ""  # empty: some of the photos are held out
    held_out: tuple[str, ...] = ()  # which ones; chosen when the run begins
    film: tuple[str, ...] = ()  # folders, archives of film damage: teaches a finder of damage, not a prior
    start_from: str = ""  # folder of a prior; empty: from nothing
    widths: tuple[int, ...] = ()  # of the network; empty: those of the prior, or the usual ones
    blocks: int = 0  # a level; 0: as with widths
    recipe: Recipe = field(default_factory=Recipe)
    budget: Budget = field(default_factory=Budget)
    device: str = "auto"  # one of DEVICES

    def __post_init__(self) -> None:
        ok = len(self.widths) <= _MAX_LEVELS and all(1 <= width <= _MAX_WIDTH for width in self.widths)
        check("widths", ok, f"must be up to {_MAX_LEVELS} numbers between 1 and {_MAX_WIDTH}")
        check("device", self.device in DEVICES, f"must be one of {', '.join(DEVICES)}")
        check("blocks", 0 <= self.blocks <= _MAX_BLOCKS, f"must be up to {_MAX_BLOCKS}, not {self.blocks}")

    @property
    def torch_device(self) -> torch.device:
        """Raises: UserError (`device_missing`)."""
        return choose_device(cast(Device, self.device))


def write_settings(settings: RunSettings) -> None:
    """Whole or not at all. Raises: UserError (`save_failed`)."""
    data = dump_json({"version": VERSION, **to_jsonable(settings)})
    write_file(Path(settings.out, NAME), data, overwrite=True)


def read_settings(run: Path) -> RunSettings:
    """What a run was started with. Raises: UserError (`run_missing`, `run_damaged`, `setting_value`)."""
    require_run(run, NAME)
    with damaged_run_errors(run):
        data = load_json((run / NAME).read_bytes())
        if not isinstance(data, dict) or data.get("version") != VERSION:
            raise ValueError(
                phrase(
                    N_("its settings are not of version {version}, the one this program reads"),
                    version=VERSION,
                )
            )
        return from_jsonable(RunSettings, data)
