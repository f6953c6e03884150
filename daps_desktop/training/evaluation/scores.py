"""Figures of an evaluation: photo by photo in a CSV file, and as one table of means."""

import csv
import statistics
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import astuple, dataclass, fields
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Score:
    """One method on one photo: `psnr_db` counts all of it, `inside_db` the marks where there are any."""

    task: str
    method: str
    photo: str
    psnr_db: float
    inside_db: float
    ssim: float
    cpu_s: float


def kept(scores: Iterable[Score], path: Path | None) -> Iterator[Score]:
    """The same scores; each is in the file, if one is named, before the next is asked for."""
    if path is None:
        yield from scores
        return
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(field.name for field in fields(Score))
        for score in scores:
            writer.writerow(f"{v:.4f}" if isinstance(v, float) else v for v in astuple(score))
            file.flush()
            yield score


@dataclass(frozen=True, slots=True)
class ScoreRow:
    """A line of the table: means over the photos, and the median time of one."""

    task: str
    method: str
    photos: int
    psnr_db: float
    inside_db: float
    ssim: float
    cpu_s: float


def score_rows(scores: Sequence[Score]) -> list[ScoreRow]:
    """In the order in which tasks, and the methods of each, were first measured."""
    groups: dict[str, dict[str, list[Score]]] = {}
    for score in scores:
        groups.setdefault(score.task, {}).setdefault(score.method, []).append(score)
    return [_line(task, method, own) for task, of in groups.items() for method, own in of.items()]


def _line(task: str, method: str, own: Sequence[Score]) -> ScoreRow:
    psnr_db, inside_db, ssim = (
        statistics.fmean(values)
        for values in zip(*((s.psnr_db, s.inside_db, s.ssim) for s in own), strict=True)
    )
    return ScoreRow(task, method, len(own), psnr_db, inside_db, ssim, statistics.median(s.cpu_s for s in own))


def markdown(scores: Sequence[Score]) -> str:
    """One line a task and method; the PSNR in the marks where it is another than that of the photo."""
    head = ("task", "method", "photos", "PSNR dB", "in the marks", "SSIM", "CPU s")
    rows = [head, *(_cells(line) for line in score_rows(scores))]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    text = ["| " + " | ".join(map(str.ljust, row, widths)) + " |" for row in rows]
    rule = "|" + "|".join("-" * (w + 1) + ("-" if i < 2 else ":") for i, w in enumerate(widths)) + "|"
    return "\n".join([text[0], rule, *text[1:]])


def _cells(line: ScoreRow) -> tuple[str, ...]:
    inside = "" if line.inside_db == line.psnr_db else f"{line.inside_db:.2f}"
    numbers = (f"{line.psnr_db:.2f}", inside, f"{line.ssim:.3f}", f"{line.cpu_s:.2f}")
    return line.task, line.method, str(line.photos), *numbers
