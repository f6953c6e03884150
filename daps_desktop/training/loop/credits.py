"""The credits of the photos a prior was made from, which travel with its weights."""

import csv
import io
from pathlib import Path

from daps_desktop.base.errors import UserError
from daps_desktop.base.i18n import words_of
from daps_desktop.training.loop.settings import RunSettings

CREDITS = "CREDITS.csv"


def list_credits(settings: RunSettings) -> str:
    """The rows that stand next to the archives used, and those of the prior that the run began with; else "".

    A CREDITS.csv has a column `archive`; the header of the first one found is that of the result.
    Raises: UserError (`file_unreadable`).
    """
    places = [Path(p) for p in (*settings.photos, settings.validation) if p]
    sources = [(place.parent / CREDITS, place.name) for place in places if place.is_file()]
    if settings.start_from:
        sources.append((Path(settings.start_from) / CREDITS, ""))
    rows: dict[tuple[str, ...], dict[str, str]] = {}
    for path, archive in sources:
        for row in _rows(path):
            if not archive or row.get("archive") == archive:
                rows.setdefault(tuple(row.values()), row)
    return _written(list(rows.values()))


def _rows(path: Path) -> list[dict[str, str]]:
    if not path.is_file():
        return []
    try:
        with path.open(newline="", encoding="utf-8") as file:
            rows = list(csv.DictReader(file, restkey="", restval=""))
        return [{name: text for name, text in row.items() if name} for row in rows]  # what is too much goes
    except (OSError, ValueError, csv.Error) as error:
        raise UserError("file_unreadable", path=path, detail=words_of(error)) from error


def _written(rows: list[dict[str, str]]) -> str:
    if not rows:
        return ""
    text = io.StringIO()
    writer = csv.DictWriter(text, list(rows[0]), extrasaction="ignore", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()
