"""The clock of the computer jumps to and fro by years, or has stopped in 1970."""

import random
import time
from itertools import cycle
from pathlib import Path

from tests.faults.killing import after_kill
from tests.faults.play import Outcome, family, program
from tests.faults.stage import Scene, Stage, tell

YEAR_S = 365.25 * 24 * 3600
_NOW = time.time
JUMPS = (YEAR_S, -YEAR_S, 60.0, -60.0, -_NOW())  # the last one leads to 1970
WORK_S = 4.0


def scene(stage: Stage, home: str, seed: str) -> Scene:
    """Strokes, runs and saves, with another time each."""
    rng, until = random.Random(seed), time.monotonic() + WORK_S
    for row in cycle(range(2, stage.hole.shape[0] - 4, 7)):
        jump = rng.choice(JUMPS)
        time.time = lambda jump=jump: _NOW() + jump
        yield from stage.stroke(row)
        if rng.random() < 0.2:
            yield from stage.save(Path(home) / "work.daps")
        if rng.random() < 0.5 and not stage.window.job.running:
            stage.trigger("restore")
        if not 0 <= (stage.window.job.time_left.high if stage.window.job.time_left else 0) < YEAR_S:
            tell("error", "time left")
        if time.monotonic() > until:
            break
    yield lambda: not stage.window.job.running
    tell("ready")
    for row in cycle(range(2, stage.hole.shape[0] - 4, 7)):
        yield from stage.stroke(row)


def jumping(home: Path, rng: random.Random) -> Outcome:
    """Nothing is lost at a kill, whatever time it is when the program starts again."""
    with program(home, "tests.faults.clocks:scene", family(home), home, rng.random()) as running:
        running.hear("ready")
        time.sleep(rng.uniform(0, 1))
        played = running.kill()
    jump = rng.choice(JUMPS)
    time.time = lambda: _NOW() + jump
    try:
        outcome = after_kill(home, played)
    finally:
        time.time = _NOW
    outcome.lost += [f"said {code}" for code in played.said]
    return outcome
