"""What a run reports: the rows of the report file, and the map of what is left unexplained."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

ResidualMap = NDArray[np.float16]
"""(h, w), a small copy of the photo: |A(x) - y| over the noise level, RMS over each area and all channels.

NaN where the photo shows nothing; 0 where it was kept bit for bit.
"""


@dataclass(frozen=True, slots=True)
class StepReport:
    """One row of the residual plot, with the stable names of the report file."""

    sigma: float
    residual_over_noise: float
    evaluations: int
    seconds: float
    sample: int = 0  # which sample the step belongs to


@dataclass(frozen=True, slots=True)
class NarrowedBlur:
    """Pixels: the blur that was named, and the one used, as the edges of the photo show no wider one."""

    named: float
    used: float


@dataclass(frozen=True, slots=True)
class Report:
    """What was done and how well it agrees with the photo; the names are those of the report file."""

    evaluations: int
    seconds_total: float
    seconds_denoiser: float
    peak_memory_mb: float
    noise_level: float  # 0-255
    residual_over_noise: float
    device: str
    seed: int
    prior: str
    prior_sha256: str
    preset: str
    method: str
    output: str
    damage: list[str]
    versions: dict[str, str]
    steps: list[StepReport]
    notices: list[str] = field(default_factory=list[str])
    blur: NarrowedBlur | None = None
