"""Measurements, and the tables of medians made of them."""

import csv
import statistics
from collections.abc import Iterable, Sequence
from dataclasses import astuple, dataclass, fields
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Sample:
    """One number, where it belongs, and the picture it comes from; table or column name its unit."""

    table: str
    row: str
    column: str
    picture: str
    value: float


def median(samples: Iterable[Sample], table: str, row: str, column: str) -> float | None:
    """Over the pictures; None where nothing was measured."""
    values = [s.value for s in samples if (s.table, s.row, s.column) == (table, row, column)]
    return statistics.median(values) if values else None


def format_tables(samples: Sequence[Sample]) -> str:
    """All tables as text: rows and columns in the order in which they were first measured."""
    return "\n\n".join(_format_table(samples, table) for table in dict.fromkeys(s.table for s in samples))


def _format_table(samples: Sequence[Sample], table: str) -> str:
    own = [s for s in samples if s.table == table]
    rows = list(dict.fromkeys(s.row for s in own))
    columns = list(dict.fromkeys(s.column for s in own))
    cells = [["", *columns]]
    cells += [[row, *(_cell(median(own, table, row, column)) for column in columns)] for row in rows]
    pictures = len({s.picture for s in own})
    title = f"{table} (median of {pictures})" if pictures > 1 else table
    return "\n".join([title, *_aligned(cells)])


def _cell(value: float | None) -> str:
    if value is None:
        return ""
    return f"{value:.0f}" if abs(value) >= 100 else f"{value:.2f}" if abs(value) >= 1 else f"{value:.3f}"


def _aligned(cells: Sequence[Sequence[str]]) -> list[str]:
    """The first column to the left, numbers to the right."""
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    return [
        "  ".join([row[0].ljust(widths[0]), *(c.rjust(w) for c, w in zip(row[1:], widths[1:], strict=True))])
        for row in cells
    ]


def write_csv(path: Path, samples: Iterable[Sample]) -> None:
    """Every single measurement, one a line."""
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(field.name for field in fields(Sample))
        writer.writerows(astuple(sample) for sample in samples)
