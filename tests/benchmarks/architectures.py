"""Which network learns fastest: short training runs that cost the same, one a row.

`python -m tests.benchmarks.architectures --photos TAR... --validation TAR --minutes 4 --out FOLDER`

Each row takes as many steps as fit into the minutes when nothing else runs, by a measurement of its own
right before, on one thread; so a busy machine makes the runs longer, not the rows unequal.
"""

import argparse
import csv
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from threading import Event

import torch

from daps_desktop.training.fit import fit, pick_device
from daps_desktop.training.log import NAME as LOG
from daps_desktop.training.prior_folder import new_network
from daps_desktop.training.settings import Architecture, Budget, Recipe, RunSettings

_TRIALS = 5
_PHOTOS_MB = 300  # about 250 photos: more than a run of minutes sees


@dataclass(frozen=True, slots=True)
class Row:
    name: str
    shape: Architecture = field(default_factory=Architecture)
    recipe: Recipe = field(default_factory=lambda: Recipe(batch=8, lr=4e-4, warmup_steps=50))


_BASE = Row("32-64-128-192, unshuffled by 2, patch 64")
ROWS = (
    _BASE,
    replace(_BASE, name="without attention", shape=Architecture(attention=False)),
    replace(_BASE, name="not unshuffled, 16-32-64-128", shape=Architecture((16, 32, 64, 128), pixel_patch=1)),
    replace(_BASE, name="narrower: 32-48-96-128", shape=Architecture((32, 48, 96, 128))),
    replace(_BASE, name="wider: 48-96-160-224", shape=Architecture((48, 96, 160, 224))),
    replace(_BASE, name="three levels: 48-96-160", shape=Architecture((48, 96, 160))),
    replace(_BASE, name="two blocks a level, 32-48-96-128", shape=Architecture((32, 48, 96, 128), layers=2)),
    replace(_BASE, name="patch 96", recipe=replace(_BASE.recipe, batch=4, patch=96)),
    replace(_BASE, name="patch 128", recipe=replace(_BASE.recipe, batch=2, patch=128)),
    replace(_BASE, name="noise exp(N(-1.8, 1.2))",
            recipe=replace(_BASE.recipe, log_sigma_mean=-1.8, log_sigma_std=1.2)),
    replace(_BASE, name="noise exp(N(-1.0, 1.6))",
            recipe=replace(_BASE.recipe, log_sigma_mean=-1.0, log_sigma_std=1.6)),
)  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--photos", nargs="+", required=True)
    parser.add_argument("--validation", required=True)
    parser.add_argument("--minutes", type=float, default=4.0)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--only", default="", help="rows whose name holds this")
    options = parser.parse_args()
    torch.set_num_threads(1)
    print(f"{'network':<42} million  ms/256^2  steps   15 dB   25 dB   50 dB", flush=True)
    for number, row in enumerate(ROWS):
        if options.only in row.name:
            print(measured(row, options, options.out / str(number)), flush=True)


def measured(row: Row, options: argparse.Namespace, run: Path) -> str:
    network = new_network(row.shape).network
    step_s = _median(lambda: _step(network, row))
    forward_s = _median(lambda: _forward(network, row.shape.pixel_patch))
    steps = round(60 * options.minutes / step_s)
    settings = RunSettings(
        tuple(options.photos), str(run), options.validation, architecture=row.shape, recipe=row.recipe,
        budget=Budget(steps=steps), device=str(pick_device("cpu")),
        photos_mb=_PHOTOS_MB, validate_every_s=1e9, checkpoint_every_s=1e9,
    )  # fmt: skip
    fit(settings, False, Event(), lambda _: None)
    last = list(csv.DictReader((run / LOG).read_text(encoding="utf-8").splitlines()))[-1]
    scores = "  ".join(f"{float(last[name]):6.2f}" for name in ("psnr_15", "psnr_25", "psnr_50"))
    size = sum(p.numel() for p in network.parameters()) / 1e6
    return f"{row.name:<42} {size:7.1f}  {1000 * forward_s:8.0f}  {steps:5d}  {scores}"


def _median(call: Callable[[], None]) -> float:
    """Seconds of this process alone, whatever else runs: the median of some trials, after one to warm up."""
    call()
    times = []
    for _ in range(_TRIALS):
        begin = time.process_time()
        call()
        times.append(time.process_time() - begin)
    return statistics.median(times)


def _forward(network: torch.nn.Module, patch: int) -> None:
    with torch.no_grad():
        network(torch.zeros(1, 3 * patch**2, 256 // patch, 256 // patch), torch.zeros(1))


def _step(network: torch.nn.Module, row: Row) -> None:
    patch, side = row.shape.pixel_patch, row.recipe.patch // row.shape.pixel_patch
    x = torch.zeros(row.recipe.batch, 3 * patch**2, side, side)
    network.zero_grad()
    network(x, torch.zeros(len(x))).sample.square().mean().backward()


if __name__ == "__main__":
    main()
