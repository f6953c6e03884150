"""Figures of an evaluation: photo by photo in a CSV file, and as one table of means and medians."""

import csv
import statistics
from collections.abc import Sequence
from dataclasses import astuple, dataclass, fields
from pathlib import Path

from daps_desktop.core.errors import UserError


@dataclass(frozen=True, slots=True)
class Score:
    """One method on one photo; `setting` is empty for a classical method, else preset and weights."""

    task: str
    method: str
    photo: str
    setting: str
    psnr_db: float
    seconds: float


class Scores:
    """What was measured so far. With a file every figure is in it at once, and those there are used again."""

    def __init__(self, path: Path | None, setting: str) -> None:
        """Raises: UserError if the file is not one of these."""
        self.setting = setting
        self.found: list[Score] = []
        self._path = path
        self._known = {_key(s): s for s in read_scores(path)} if path and path.exists() else {}

    def take(self, task: str, method: str, photo: str, of_prior: bool) -> bool:
        """Use the figure that the file holds; False if it holds none."""
        known = self._known.get((task, method, photo, self.setting if of_prior else ""))
        if known is not None:
            self.found.append(known)
        return known is not None

    def add(self, task: str, method: str, photo: str, of_prior: bool, psnr_db: float, seconds: float) -> None:
        score = Score(task, method, photo, self.setting if of_prior else "", psnr_db, seconds)
        self.found.append(score)
        if self._path:
            _append(self._path, score)


def _key(score: Score) -> tuple[str, str, str, str]:
    return score.task, score.method, score.photo, score.setting


def _append(path: Path, score: Score) -> None:
    first = not path.exists()
    with path.open("a", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        if first:
            writer.writerow(field.name for field in fields(Score))
        *words, psnr_db, seconds = astuple(score)
        writer.writerow([*words, f"{psnr_db:.4f}", f"{seconds:.2f}"])


def read_scores(path: Path) -> list[Score]:
    """Raises: UserError if the file holds no figures of an evaluation."""
    names = [field.name for field in fields(Score)]
    try:
        with path.open(newline="", encoding="utf-8") as file:
            rows = list(csv.reader(file))
        if not rows or rows[0] != names:
            raise ValueError(f"its first line is not {','.join(names)}")
        return [Score(t, m, p, s, float(db), float(sec)) for t, m, p, s, db, sec in rows[1:]]
    except (OSError, ValueError, csv.Error) as error:
        raise UserError("scores_unreadable", path=path, detail=error) from error


def scores_of(path: Path, sha256: str) -> list[Score]:
    """The figures of these weights, and of the classical methods on the same photos; of the last preset.

    Raises: UserError if the file holds none.
    """
    found = read_scores(path)
    settings = [s.setting for s in found if s.setting.endswith(" " + sha256[:8])]
    if not settings:
        raise UserError("scores_unreadable", path=path, detail="none are of these weights")
    photos = {(s.task, s.photo) for s in found if s.setting == settings[-1]}
    return [s for s in found if s.setting in ("", settings[-1]) and (s.task, s.photo) in photos]


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the table: dB over the photos; `gain` of the first method of the task over this one."""

    task: str
    method: str
    photos: int
    mean: float
    median: float
    gain: float | None
    seconds: float


def lines(scores: Sequence[Score]) -> list[Line]:
    """In the order in which tasks and methods were first measured; a gain counts photos that both have."""
    found: list[Line] = []
    for task in dict.fromkeys(s.task for s in scores):
        own = [s for s in scores if s.task == task]
        methods = list(dict.fromkeys(s.method for s in own))
        first = {s.photo: s.psnr_db for s in own if s.method == methods[0]}
        for method in methods:
            found.append(_line(task, method, [s for s in own if s.method == method], first))
    return found


def _line(task: str, method: str, scores: Sequence[Score], first: dict[str, float]) -> Line:
    values = [s.psnr_db for s in scores]
    gains = [first[s.photo] - s.psnr_db for s in scores if s.photo in first]
    of_first = len(gains) == len(first) and not any(gains)
    return Line(
        task,
        method,
        len(values),
        statistics.fmean(values),
        statistics.median(values),
        statistics.fmean(gains) if gains and not of_first else None,
        statistics.median(s.seconds for s in scores),
    )


HEAD = ("task", "method", "photos", "mean dB", "median dB", "prior gains", "seconds")


def format_table(scores: Sequence[Score]) -> str:
    """One line a task and method."""
    rows = [HEAD, *(_cells(line) for line in lines(scores))]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return "\n".join("  ".join(_aligned(row, widths)) for row in rows)


def _aligned(row: Sequence[str], widths: Sequence[int]) -> list[str]:
    """Words to the left, numbers to the right."""
    words = [cell.ljust(width) for cell, width in zip(row[:2], widths, strict=False)]
    return [*words, *(cell.rjust(width) for cell, width in zip(row[2:], widths[2:], strict=True))]


def _cells(line: Line) -> tuple[str, ...]:
    gain = "" if line.gain is None else f"{line.gain:+.2f}"
    numbers = (f"{line.mean:.2f}", f"{line.median:.2f}", gain, f"{line.seconds:.2f}")
    return line.task, line.method, str(line.photos), *numbers
