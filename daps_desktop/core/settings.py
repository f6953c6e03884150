"""How a job is to be solved: frozen values with their units; versioned JSON."""

import math
from dataclasses import asdict, dataclass
from typing import Any, Literal, get_args

from daps_desktop.core.errors import UserError

Preset = Literal["paper", "best", "balanced", "fast", "draft"]
Method = Literal["dapspp", "daps", "diffpir"]
Output = Literal["safest", "sample"]
Device = Literal["auto", "cpu", "cuda", "mps"]

PRESETS: tuple[Preset, ...] = get_args(Preset)
METHODS: tuple[Method, ...] = get_args(Method)
OUTPUTS: tuple[Output, ...] = get_args(Output)
DEVICES: tuple[Device, ...] = get_args(Device)

VERSION = 1
WIDEST_EDGE = 32  # pixels


@dataclass(frozen=True, slots=True)
class SolverSettings:
    """Everything beside photo, hole and task that influences a result."""

    preset: Preset = "balanced"
    method: Method = "dapspp"
    output: Output = "safest"  # safest: posterior mean; sample: one draw, with grain
    samples: int = 1  # safest with more than 1 averages that many draws
    noise: float | None = None  # std in grey levels (0-255); None: estimated from the photo
    closeness: float = 0.5  # to the photo: 1 stays closest, 0 lets the prior fill in most
    levels: int = 0  # annealing levels; 0: as many as the preset says
    prior: str = "auto"  # name of an installed prior, path of a folder, or auto
    device: Device = "auto"
    seed: int = 0
    tile: int = 0  # side in pixels; 0: chosen by the engine
    soft_edge: int = 0  # px: ring around the hole over which the filling fades into the photo

    def __post_init__(self) -> None:
        for name, allowed in (
            ("preset", PRESETS),
            ("method", METHODS),
            ("output", OUTPUTS),
            ("device", DEVICES),
        ):
            value = getattr(self, name)
            _check(name, value in allowed, f"{value!r} is not one of {', '.join(allowed)}")
        _check("prior", isinstance(self.prior, str), "must be a text")  # pyright: ignore[reportUnnecessaryIsInstance]
        _check("samples", 1 <= self.samples <= 64, f"must be between 1 and 64, not {self.samples}")
        _check(
            "tile", self.tile == 0 or 64 <= self.tile <= 2048, f"must be between 64 and 2048, not {self.tile}"
        )
        _check("seed", 0 <= self.seed < 2**63, f"must be between 0 and 2^63, not {self.seed}")
        _check("closeness", 0 <= self.closeness <= 1, f"must be between 0 and 1, not {self.closeness:g}")
        _check("levels", 0 <= self.levels <= 200, f"must be between 1 and 200, not {self.levels}")
        wide = f"must be between 0 and {WIDEST_EDGE} px, not {self.soft_edge}"
        _check("soft_edge", 0 <= self.soft_edge <= WIDEST_EDGE, wide)
        if self.noise is not None:
            finite = math.isfinite(self.noise) and 0 <= self.noise <= 128
            _check("noise", finite, f"must be between 0 and 128 grey levels, not {self.noise:g}")

    def to_json(self) -> dict[str, Any]:
        return {"version": VERSION, **asdict(self)}

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> "SolverSettings":
        """Raises: UserError if a value is out of range or comes from a newer version."""
        values = dict(data)
        version = values.pop("version", None)
        _check("version", version == VERSION, f"{version!r} is not {VERSION}, the one this program reads")
        unknown = values.keys() - cls.__slots__
        _check("settings", not unknown, f"unknown: {', '.join(sorted(unknown))}")
        try:
            return cls(**values)
        except TypeError as error:  # a text where a number belongs
            raise UserError("setting_value", name="settings", detail=str(error)) from None


def _check(name: str, ok: bool, detail: str) -> None:
    if not ok:
        raise UserError("setting_value", name=name, detail=detail)
