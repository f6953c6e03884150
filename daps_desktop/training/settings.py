"""What a training run is told, frozen and saved beside its results, so that it can be continued."""

import json
import math
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from daps_desktop.core.errors import UserError
from daps_desktop.core.files import write_file
from daps_desktop.core.plain import from_plain, load_json
from daps_desktop.training.checkpoint import damage_told

VERSION = 1


def _check(name: str, ok: bool, detail: str) -> None:
    if not ok:
        raise UserError("setting_value", name=name, detail=detail)


@dataclass(frozen=True, slots=True)
class Architecture:
    """A UNet2DModel on the pixel-unshuffled image."""

    widths: tuple[int, ...] = (
        32,
        64,
        128,
        192,
    )  # channels of the levels, each half as fine as the one before
    layers: int = 1  # blocks a level
    pixel_patch: int = 2  # the first level sees the image at 1 / this size
    attention: bool = True  # in the middle block only
    head_dim: int = 32

    def __post_init__(self) -> None:
        object.__setattr__(self, "widths", tuple(self.widths))  # JSON gives a list
        _check(
            "widths", bool(self.widths) and all(w % 16 == 0 for w in self.widths), "must be multiples of 16"
        )
        _check("layers", 1 <= self.layers <= 4, f"must be between 1 and 4, not {self.layers}")
        _check("pixel_patch", self.pixel_patch in (1, 2, 4), f"must be 1, 2 or 4, not {self.pixel_patch}")


@dataclass(frozen=True, slots=True)
class Recipe:
    """How the network is taught."""

    batch: int = 16  # patches of `patch` pixels a step
    patch: int = 64  # side in pixels
    late_patch: int = 0  # side from `late_from` on, at the same number of pixels a step; 0: no change
    late_from: float = 2 / 3  # fraction of the budget
    lr: float = 2e-4
    warmup_steps: int = 200
    decay_from: float = 0.5  # fraction of the budget after which the learning rate falls linearly to zero
    weight_decay: float = 0.01
    ema_decay: float = 0.999
    log_sigma_mean: float = -1.4  # sigma ~ exp(N(mean, std)), [-1, 1] units
    log_sigma_std: float = 1.4
    means_weight: float = 1.0  # of the loss on 8 x 8 means, beside 1 for the loss on pixels
    seed: int = 0

    def __post_init__(self) -> None:
        _check("batch", self.batch >= 1, f"must be at least 1, not {self.batch}")
        for name, side in (("patch", self.patch), ("late_patch", self.late_patch or self.patch)):
            _check(
                name, 16 <= side <= 512 and side % 16 == 0, f"must be a multiple of 16 up to 512, not {side}"
            )
        _check("lr", 0 < self.lr < 1, f"must be between 0 and 1, not {self.lr:g}")
        for name, part in (("decay_from", self.decay_from), ("late_from", self.late_from)):
            _check(name, 0 <= part < 1, f"must be at least 0 and below 1, not {part:g}")
        _check(
            "ema_decay", 0 <= self.ema_decay < 1, f"must be at least 0 and below 1, not {self.ema_decay:g}"
        )

    def patch_at(self, progress: float) -> int:
        return self.late_patch if self.late_patch and progress >= self.late_from else self.patch

    def batch_at(self, progress: float) -> int:
        """As many pixels a step whatever the side of the patches."""
        return max(1, round(self.batch * (self.patch / self.patch_at(progress)) ** 2))


@dataclass(frozen=True, slots=True)
class Budget:
    """When a run ends: by the clock, or after a number of steps where that is given."""

    minutes: float = 60.0
    steps: int = 0  # 0: by the clock

    def __post_init__(self) -> None:
        _check(
            "minutes",
            math.isfinite(self.minutes) and self.minutes > 0,
            f"must be above 0, not {self.minutes:g}",
        )
        _check("steps", self.steps >= 0, f"must not be negative, not {self.steps}")

    def progress(self, elapsed_s: float, step: int) -> float:
        """The part of the budget that is spent, 0 to 1."""
        part = step / self.steps if self.steps else elapsed_s / (60 * self.minutes)
        return min(part, 1.0)


@dataclass(frozen=True, slots=True)
class RunSettings:
    """One run of `fit`: what it reads, what it writes, how it teaches, when it ends."""

    photos: tuple[str, ...]
    out: str
    validation: str = ""  # empty: some of the photos are kept apart
    start_from: str = ""  # folder of a prior; empty: from nothing, with `architecture`
    architecture: Architecture = field(default_factory=Architecture)
    recipe: Recipe = field(default_factory=Recipe)
    budget: Budget = field(default_factory=Budget)
    device: str = "auto"
    photos_mb: int = 8192  # memory for decoded photos; where they need more, a random part is taken
    log_every_s: float = 30.0
    checkpoint_every_s: float = 300.0
    validate_every_s: float = 900.0

    def to_json(self) -> dict[str, Any]:
        return {"version": VERSION, **asdict(self)}

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> "RunSettings":
        """Raises: UserError if the file comes from another version, or a value is impossible."""
        values = dict(data)
        version = values.pop("version", None)
        _check("version", version == VERSION, f"{version!r} is not {VERSION}, the one this program reads")
        try:
            return from_plain(cls, values)
        except ValueError as error:
            raise UserError("setting_value", name="settings", detail=str(error)) from None


def write_settings(settings: RunSettings) -> None:
    """Whole or not at all. Raises: UserError (`save_failed`)."""
    text = json.dumps(settings.to_json(), indent=1)
    write_file(Path(settings.out, "settings.json"), text.encode(), overwrite=True)


def read_settings(run: Path) -> RunSettings:
    """The settings a run was started with. Raises: UserError if `run` is not the folder of one."""
    path = run / "settings.json"
    if not path.is_file():
        raise UserError("run_missing", path=run)
    with damage_told(run):
        data = load_json(path.read_bytes())
        if not isinstance(data, dict):
            raise ValueError("its settings are no object")
        return RunSettings.from_json(data)
