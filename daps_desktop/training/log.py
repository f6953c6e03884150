"""One CSV row for every interval of a run: speed, losses by noise level, validation."""

import csv
import time
from collections.abc import Mapping
from pathlib import Path

import torch
from torch import Tensor

from daps_desktop.core.files import saving
from daps_desktop.training.validation import GREY_LEVELS

NAME = "log.csv"
BAND_EDGES = (0.1, 0.3, 1.0)  # sigma, [-1, 1] units
BANDS = ("loss_below_0.1", "loss_0.1_to_0.3", "loss_0.3_to_1", "loss_above_1")
COLUMNS = (
    "clock", "step", "seconds", "lr", "patch", "batch", "patches_per_second", "network_fraction",
    "loss", "loss_means", *BANDS, *(f"psnr_{level}" for level in GREY_LEVELS),
)  # fmt: skip


class LossTally:
    """Sums losses by band of noise on the device, so that no step waits for them to be read."""

    def __init__(self, device: torch.device) -> None:
        self.edges = torch.tensor(BAND_EDGES, device=device)
        self.sums = torch.zeros(len(BANDS), device=device)
        self.counts = torch.zeros_like(self.sums)
        self.means = torch.zeros((), device=device)

    @torch.no_grad()
    def add(self, sigma: Tensor, of_pixels: Tensor, of_means: Tensor) -> None:
        """All (B,)."""
        band = torch.bucketize(sigma, self.edges)
        self.sums.index_add_(0, band, of_pixels)
        self.counts.index_add_(0, band, torch.ones_like(of_pixels))
        self.means += of_means.sum()

    def take(self) -> dict[str, float]:
        """Mean losses since the last call; a band without a sample is left out."""
        sums, counts, means = self.sums.tolist(), self.counts.tolist(), self.means.item()
        for total in (self.sums, self.counts, self.means):
            total.zero_()
        bands = {name: s / c for name, s, c in zip(BANDS, sums, counts, strict=True) if c}
        count = max(sum(counts), 1)
        return {"loss": sum(sums) / count, "loss_means": means / count, **bands}


class StepTimer:
    """Times every `every`-th step, waiting for the device there only: how much of a step is the network's."""

    def __init__(self, device: torch.device, every: int = 20) -> None:
        self.device = device
        self.every = every
        self.network_s = 0.0
        self.other_s = 0.0

    def wanted(self, step: int) -> bool:
        return step % self.every == 0

    def now(self) -> float:
        if self.device.type == "cuda":
            torch.cuda.synchronize(self.device)
        return time.perf_counter()

    def add(self, begin: float, drawn: float, end: float) -> None:
        self.other_s += drawn - begin
        self.network_s += end - drawn

    def take(self) -> dict[str, float]:
        total = self.network_s + self.other_s
        fraction = {"network_fraction": self.network_s / total} if total else {}
        self.network_s = self.other_s = 0.0
        return fraction


def append_row(run: Path, values: Mapping[str, float]) -> None:
    """Add a row with the time of day; columns without a value stay empty.

    Raises: UserError (`save_failed`).
    """
    path = run / NAME
    row = {"clock": time.strftime("%Y-%m-%dT%H:%M:%S"), **{k: f"{v:.6g}" for k, v in values.items()}}
    first = not path.exists()
    with saving(path), path.open("a", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, COLUMNS, restval="")
        if first:
            writer.writeheader()
        writer.writerow(row)
