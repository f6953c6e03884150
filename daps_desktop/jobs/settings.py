"""How a job is to be solved: frozen values with their units; versioned JSON."""

from dataclasses import asdict, dataclass
from typing import Any, Literal, get_args

from daps_desktop.base.errors import UserError
from daps_desktop.base.i18n import N_, phrase, words_of
from daps_desktop.base.validation import check_choice, check_range, check_value

Preset = Literal["paper", "best", "balanced", "fast", "draft"]
Method = Literal["dapspp", "daps", "diffpir"]
Output = Literal["safest", "sample"]
Device = Literal["auto", "cpu", "cuda", "mps"]

PRESETS: tuple[Preset, ...] = get_args(Preset)
METHODS: tuple[Method, ...] = get_args(Method)
OUTPUTS: tuple[Output, ...] = get_args(Output)
DEVICES: tuple[Device, ...] = get_args(Device)

VERSION = 1
MIN_TILE, DEFAULT_TILE, MAX_TILE = 64, 384, 2048  # pixels
WIDEST_EDGE = 32  # pixels
MAX_SAMPLES = 64
MOST_NOISE = 128  # grey levels
SWITCHES = ("fill_grain", "keep_tone")
_WHOLE = ("samples", "tile", "seed", "levels", "soft_edge", "keep_grain")
_LATER = (*SWITCHES, "keep_grain")  # than the first albums


@dataclass(frozen=True, slots=True)
class SolverSettings:
    """Everything besides photo, mask and task that influences a result."""

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
    soft_edge: int = 0  # px: ring around the mask over which the filling fades into the photo
    fill_grain: bool = True  # what is filled in gets the photo's own grain
    keep_tone: bool = True  # a toned photo is restored in luma and coloured by its own curve
    keep_grain: int = 0  # %: how much of what denoising took away is given back

    def __post_init__(self) -> None:
        for name, allowed in (
            ("preset", PRESETS),
            ("method", METHODS),
            ("output", OUTPUTS),
            ("device", DEVICES),
        ):
            check_choice(name, getattr(self, name), allowed)
        check_value("prior", isinstance(self.prior, str), phrase(N_("must be text")))  # pyright: ignore[reportUnnecessaryIsInstance]
        for name in SWITCHES:
            check_value(name, type(getattr(self, name)) is bool, phrase(N_("must be true or false")))
        for name in _WHOLE:
            value = getattr(self, name)
            check_value(name, type(value) is int, phrase(N_("{text} is not a whole number"), text=value))
        check_range("samples", self.samples, 1, MAX_SAMPLES)
        if self.tile != 0:
            check_range("tile", self.tile, MIN_TILE, MAX_TILE)
        check_range("seed", self.seed, 0, 2**63 - 1)
        check_range("closeness", self.closeness, 0, 1)
        check_range("levels", self.levels, 0, 200)
        check_range("soft_edge", self.soft_edge, 0, WIDEST_EDGE)
        check_range("keep_grain", self.keep_grain, 0, 100)
        if self.noise is not None:
            check_range("noise", self.noise, 0, MOST_NOISE)

    def to_json(self) -> dict[str, Any]:
        """What came later is named only where it is unusual: earlier albums know their work by the rest."""
        usual = asdict(SolverSettings())
        values = {k: v for k, v in asdict(self).items() if k not in _LATER or v != usual[k]}
        return {"version": VERSION, **values}

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> "SolverSettings":
        """Raises: UserError if a value is out of range or comes from a newer version."""
        values = dict(data)
        version = values.pop("version", None)
        words = N_("{there} is not {here}, the one this program reads")
        check_value("version", version == VERSION, phrase(words, there=repr(version), here=VERSION))
        unknown = values.keys() - cls.__slots__
        check_value("settings", not unknown, phrase(N_("unknown: {names}"), names=", ".join(sorted(unknown))))
        try:
            return cls(**values)
        except TypeError as error:  # a text where a number belongs
            raise UserError("setting_value", name="settings", detail=words_of(error)) from None
