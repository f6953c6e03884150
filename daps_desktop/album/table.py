"""The album as a table for a spreadsheet."""

import csv
import io

from daps_desktop.album.model import Album

_COLUMNS = (
    "file",
    "state",
    "verdict",
    "seconds",
    "reason",
    "residual",
    "redrawn",
    "marks",
    "output",
    "sha256",
    "traces",
    "look",
)


def table(album: Album) -> str:
    """The album as CSV."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(_COLUMNS)
    for row in album.rows:
        redrawn = "" if row.redrawn is None else f"{row.redrawn:.4f}"
        residual = f"{row.residual:.2f}" if row.agreement else ""
        writer.writerow(
            (row.path.name, row.state, row.agreement or row.repair, f"{row.seconds:.1f}", row.reason,
             residual, redrawn, row.marks, row.output, row.sha256, row.traces if row.repair else "",
             "yes" if row.to_look_at else "")
        )  # fmt: skip
    return text.getvalue()
