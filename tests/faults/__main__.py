"""python -m tests.faults [KILLS]: a table of what kill -9 costs in the middle of each kind of work."""

import random
import sys
import tempfile
from pathlib import Path

from tests.faults.killing import kill_once


def main() -> int:
    kills = int(sys.argv[1]) if len(sys.argv) > 1 else 20
    rng = random.Random(4)
    failures = 0
    print("| killed in the middle of | times | strokes told | lost beyond half a second | oldest loss |")
    print("|---|---|---|---|---|")
    for what in ("paint", "run", "save"):
        losses = []
        for _ in range(kills):
            with tempfile.TemporaryDirectory() as folder:
                losses.append(kill_once(Path(folder), what, rng))
        lost = [each for loss in losses for each in loss.wrong]
        failures += len(lost)
        strokes, oldest = sum(loss.strokes for loss in losses), max(loss.lost_s for loss in losses)
        print(
            f"| {what} | {kills} | {strokes} | {', '.join(lost) or 'nothing'} | {oldest:.2f} s |", flush=True
        )
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
