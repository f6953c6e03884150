"""What a benchmark is to be run on."""

from dataclasses import dataclass
from pathlib import Path

from daps_desktop.core.settings import Device, Output, Preset


@dataclass(frozen=True, slots=True)
class Options:
    photos: Path | None = None  # a tar of photographs, beside the bundled ones
    limit: int = 0  # photos of each source; 0: all
    crop: int = 0  # side of the centre crops in pixels; 0: the photo as it is
    quick: bool = False
    only: str = ""  # rows whose name holds this text
    presets: tuple[Preset, ...] = ("draft", "balanced", "best")
    outputs: tuple[Output, ...] = ("safest", "sample")
    megapixels: tuple[float, ...] = (0.25, 1.0, 4.0, 12.0, 24.0)
    device: Device = "auto"
    prior: str = "auto"

    def wants(self, row: str) -> bool:
        return self.only in row
