"""What a benchmark is to be run on."""

from dataclasses import dataclass, field
from pathlib import Path

from skimage import data

from daps_desktop.jobs.settings import Device, Preset
from daps_desktop.training.evaluation.evaluate import EvaluationSpec

BUNDLED = tuple(
    Path(data.__file__).parent / name
    for name in ("astronaut.png", "chelsea.png", "coffee.png", "motorcycle_left.png", "rocket.jpg")
)
"""The colour photographs that come with scikit-image."""


@dataclass(frozen=True, slots=True)
class Options:
    chosen: EvaluationSpec = field(default_factory=lambda: EvaluationSpec(BUNDLED))
    presets: tuple[Preset, ...] = ("balanced",)
    megapixels: tuple[float, ...] = (0.25, 1.0, 4.0, 12.0, 24.0)
    device: Device = "auto"
    prior: str = "auto"
