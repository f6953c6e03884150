"""Processes that feed readers, watched from outside: what kills one or makes it hang is a fault too."""

import json
import os
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

from tests.fuzz.child import CURRENT, FOUND, LEDGER
from tests.fuzz.ledger import Tally, read_tally

HANGS_S = 60.0  # without an input done, at the clock; the machine may be busy
_STARTS_S = 240.0


@dataclass
class Outcome:
    tally: Tally = field(default_factory=Tally)
    crashes: int = 0
    hangs: int = 0
    faults: dict[str, str] = field(default_factory=dict)  # what -> where one is kept


def feed(name: str, engine: str, seed: int, count: int, folder: Path) -> Outcome:
    """Give a reader `count` inputs, in as many processes as it takes."""
    outcome = Outcome()
    folder.mkdir(parents=True, exist_ok=True)
    for sub in (FOUND, "tmp"):
        (folder / sub).mkdir(exist_ok=True)
    while outcome.tally.done < count:
        before = outcome.tally.done
        code = _run(name, engine, seed + before, count - before, folder)
        outcome.tally.add(read_tally(folder / LEDGER))
        if code == 0:
            break
        _note(outcome, code, folder)
        if outcome.tally.done == before:  # it does not even start
            raise RuntimeError((folder / "said").read_text(errors="replace")[-3000:])
    for note in sorted((folder / FOUND).glob("*.json")):
        told = json.loads(note.read_text())
        outcome.faults.setdefault(f"{told['fault']} ({told['note']})", str(note.with_suffix("")))
    return outcome


def _run(name: str, engine: str, seed: int, count: int, folder: Path) -> int:
    """The exit code; -9 too where it had to be ended."""
    (folder / LEDGER).unlink(missing_ok=True)
    environment = {**os.environ, "TMPDIR": str(folder / "tmp"), "OMP_NUM_THREADS": "1"}
    with (folder / "said").open("wb") as said:
        child = subprocess.Popen(
            [sys.executable, "-m", "tests.fuzz.child", name, engine, str(seed), str(count), str(folder)],
            stdout=said,
            stderr=said,
            env=environment,
        )
        try:
            return watched(child, folder / LEDGER, count)
        finally:
            child.kill()
            child.wait()


def watched(child: subprocess.Popen[bytes], ledger: Path, count: int) -> int:
    """The exit code. To begin and to end, with torch and all, may take longer than an input."""
    done, since = 0, time.monotonic()
    while (code := child.poll()) is None:
        time.sleep(0.05)
        now = read_tally(ledger).done
        if now != done:
            done, since = now, time.monotonic()
        if time.monotonic() - since > (HANGS_S if 0 < done < count else _STARTS_S):
            return -9
    return code


def _note(outcome: Outcome, code: int, folder: Path) -> None:
    what = "hang" if code == -9 else f"crash {code}"
    outcome.hangs += code == -9
    outcome.crashes += code != -9
    kept = folder / FOUND / f"{what.replace(' ', '')}-{outcome.tally.done}"
    current = folder / CURRENT
    if current.is_file():
        kept.write_bytes(current.read_bytes())
    said = (folder / "said").read_text(errors="replace")[-2000:]
    kept.with_suffix(".json").write_text(
        json.dumps({"fault": f"{what} at {outcome.tally.done}", "note": said[-300:]})
    )
