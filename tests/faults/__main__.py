"""python -m tests.faults [TIMES] [WORD...]: hurt the real program, and print what it cost.

Each fault is tried so many times, kills ten times as often; words choose among them by their names.
"""

import random
import sys
import tempfile
from collections import Counter
from functools import partial
from pathlib import Path

from tests.faults.killing import WORK, kill_once
from tests.faults.play import Fault, Outcome

KILLS = 10  # for one of anything else
FAULTS: dict[str, tuple[int, Fault]] = {
    **{
        f"kill -9 in the middle of {what}": (KILLS, lambda home, rng, what=what: kill_once(home, what, rng))
        for what in WORK
    },
}


def main() -> int:
    words = sys.argv[1:]
    times = int(words.pop(0)) if words and words[0].isdigit() else 2
    rng, failures = random.Random(4), 0
    print("| fault | times | at stake | what the program said | lost | age of what may be lost |")
    print("|---|---|---|---|---|---|")
    for name, (often, fault) in FAULTS.items():
        if not words or any(word in name for word in words):
            outcomes = [_once(partial(fault, rng=rng)) for _ in range(times * often)]
            failures += sum(bool(outcome.lost) for outcome in outcomes)
            print(line(name, outcomes), flush=True)
    return 1 if failures else 0


def _once(fault: partial[Outcome]) -> Outcome:
    with tempfile.TemporaryDirectory() as folder:
        return fault(Path(folder))


def line(name: str, outcomes: list[Outcome]) -> str:
    """A row of the table."""
    said = Counter(code for outcome in outcomes for code in outcome.said)
    words = ", ".join(f"`{code}` {count}" for code, count in said.items()) or "nothing"
    lost = ", ".join(each for outcome in outcomes for each in outcome.lost) or "nothing"
    oldest = max(outcome.oldest_s for outcome in outcomes)
    work = sum(outcome.work for outcome in outcomes)
    age = f"{oldest:.2f} s" if oldest else "–"
    return f"| {name} | {len(outcomes)} | {work} | {words} | {lost} | {age} |"


if __name__ == "__main__":
    sys.exit(main())
