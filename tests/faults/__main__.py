"""python -m tests.faults [TIMES] [WORD...]: hurt the real program, and print what it cost.

Each fault is tried so many times, kills ten times as often; words choose among them by their names.
"""

import random
import sys
import tempfile
from collections import Counter
from functools import partial
from pathlib import Path
from queue import Empty

from daps_desktop.base.errors import UserError
from tests.faults import clocks, engines_hurt, full_disk, places, two_windows
from tests.faults.killing import WORK, kill_once
from tests.faults.play import Fault, Outcome

KILLS = 10  # for one of anything else
FAULTS: dict[str, tuple[int, Fault]] = {
    **{f"kill -9 in the middle of {what}": (KILLS, partial(kill_once, what=what)) for what in WORK},
    "disk full: journal": (1, full_disk.journal),
    "disk full: version (spool and journal)": (1, full_disk.version),
    "disk full: project": (1, full_disk.project),
    "disk full: export": (1, full_disk.export),
    "folder of the photo read-only": (1, places.read_only_folder),
    "folder of the program's data read-only": (1, places.read_only_data),
    "photo changed or deleted while open": (len(places.HURTS), places.photo_hurt),
    "engine in half of the memory it estimates": (1, engines_hurt.half_the_memory),
    "graphics card out of memory (injected)": (1, engines_hurt.small_card),
    "graphics card lost (injected)": (1, engines_hurt.lost_card),
    "clock jumps by years and to 1970": (1, clocks.jumping),
    "two windows on one project": (1, two_windows.one_project),
    **{f"engine dies by {name}": (1, partial(engines_hurt.death, name=name)) for name in engines_hurt.DEATHS},
    "real engine killed at any moment": (1, engines_hurt.real_death),
}


def main() -> int:
    words = sys.argv[1:]
    times = int(words.pop(0)) if words and words[0].isdigit() else 2
    rng, failures = random.Random(4), 0
    print("| fault | times | at stake | what the program said | lost | age of what may be lost |")
    print("|---|---|---|---|---|---|")
    for name, (often, fault) in FAULTS.items():
        if not words or any(word in name for word in words):
            outcomes = [_once(fault, rng) for _ in range(times * often)]
            failures += sum(bool(outcome.lost) for outcome in outcomes)
            print(line(name, outcomes), flush=True)
    return 1 if failures else 0


def _once(fault: Fault, rng: random.Random) -> Outcome:
    with tempfile.TemporaryDirectory() as folder:
        try:
            return fault(Path(folder), rng)
        except (Empty, OSError, UserError) as error:  # it never got so far as to be hurt, or nothing is left
            return Outcome([f"{type(error).__name__} {error}"])


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
