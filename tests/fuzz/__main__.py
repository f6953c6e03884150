"""python -m tests.fuzz [--inputs N] [--reader NAME] [--drawn] [--seed N] [--keep FOLDER]: a table."""

import argparse
import sys
import tempfile
from pathlib import Path

from tests.fuzz.watch import Outcome, feed

# Inputs of a thousand, by how many there are ways to be wrong and how long one takes.
SHARES = {
    "photo jpeg": 70,
    "photo png": 80,
    "photo tiff": 120,
    "photo webp": 50,
    "photo avif": 40,
    "photo heic": 40,
    "photo jxl": 40,
    "photo bmp": 50,
    "photo of another kind": 20,
    "EXIF": 60,
    "colour profile": 25,
    "IPTC": 25,
    "XMP": 40,
    "mask": 40,
    "project": 70,
    "journal": 40,
    "recipe": 70,
    "sidecar": 50,
    "album": 50,
    "steps of an album": 20,
    "prior card": 30,
    "prior network": 10,
    "prior weights": 10,
    "imported network": 5,
    "imported schedule": 5,
    "checkpoint": 25,
    "guided-diffusion file": 5,
    "training checkpoint": 5,
    "training settings": 20,
    "training notes": 20,
    "training photo": 40,
}
_MEMORY = "/dev/shm"  # files here never reach a disk, which would take most of the time
_HEADER = "| reader | inputs | accepted | refused | slowest | peak memory | crashes, hangs | faults |"


def main() -> int:
    options = _options()
    names = options.reader or list(SHARES)
    faults = 0
    print(_HEADER, "|---" * 8 + "|", sep="\n", flush=True)
    memory = _MEMORY if Path(_MEMORY).is_dir() else None
    with tempfile.TemporaryDirectory(prefix="fuzz-", dir=memory) as fresh:
        folder = options.keep or Path(fresh)
        for name in names:
            count = max(20, options.inputs * SHARES[name] // sum(SHARES[each] for each in names))
            engine = "drawn" if options.drawn else "led"
            outcome = feed(name, engine, options.seed, count, folder / name.replace(" ", "-"))
            print(_row(name, outcome), flush=True)
            for fault, place in outcome.faults.items():
                print(f"  {fault}: {place}", file=sys.stderr, flush=True)
            faults += len(outcome.faults)
    return 1 if faults else 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz")
    parser.add_argument("--inputs", type=int, default=20_000, help="in all (20000)")
    parser.add_argument(
        "--reader", action="append", choices=list(SHARES), help="this one alone; may be given again"
    )
    parser.add_argument(
        "--drawn", action="store_true", help="damage by chance alone, also where there is atheris"
    )
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--keep", type=Path, help="folder that keeps what failed")
    return parser.parse_args()


def _row(name: str, outcome: Outcome) -> str:
    tally = outcome.tally
    cells = (
        name,
        f"{tally.done:,}",
        f"{tally.accepted:,}",
        f"{tally.refused:,}",
        f"{tally.slowest_s:.2f} s",
        f"{tally.peak_mb:.0f} MB",
        f"{outcome.crashes + outcome.hangs}",
        f"{len(outcome.faults)}",
    )
    return f"| {' | '.join(cells)} |"


if __name__ == "__main__":
    sys.exit(main())
