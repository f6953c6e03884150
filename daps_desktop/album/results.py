"""One photo of an album, from the engine's answer to its file."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from daps_desktop.album.discovery import folded, suggested_for, taken_names
from daps_desktop.album.item_job import Work
from daps_desktop.album.model import DONE, FAILED, SAVING, SKIPPED, Album, Row
from daps_desktop.base.errors import UserError
from daps_desktop.base.files import write_file
from daps_desktop.document.sidecar import dump_sidecar, provenance_of
from daps_desktop.document.version import Version
from daps_desktop.imaging.export import (
    ExportOptions,
    encoded,
    kept_elsewhere,
    sidecar_of,
    target,
    write,
)
from daps_desktop.jobs.messages import Finished
from daps_desktop.jobs.verdict import judge


@dataclass(frozen=True, slots=True)
class Made:
    """A restored photo as the bytes of its file; `origin`: those of the file beside it, if there is one."""

    row: Row
    data: bytes
    origin: bytes | None


def judged(work: Work, finished: Finished, seconds: float) -> Row:
    """The row with what the result says about itself."""
    verdict = judge(finished.report, work.request.task, work.request.hole, work.request.settings.soft_edge)
    return replace(
        work.row,
        agreement=verdict.agreement.value,
        residual=verdict.residual_over_noise,
        redrawn=verdict.redrawn,
        seconds=seconds,
        prior_sha256=finished.report.prior_sha256,
    )


def made(row: Row, work: Work, finished: Finished, export: ExportOptions) -> Made:
    """The result as it is to be written. Raises: UserError as `encoded`."""
    data = encoded(finished.photo, export)
    digest = hashlib.sha256(data).hexdigest()
    return Made(replace(row, sha256=digest), data, _origin(work, finished, digest, export))


def _origin(work: Work, finished: Finished, digest: str, export: ExportOptions) -> bytes | None:
    if not export.sidecar:
        return None
    version = Version(1, finished.photo, work.recipe, work.request.hole, finished.report)
    return dump_sidecar(provenance_of(work.request.photo, version, digest))


def stored(result: Made, album: Album) -> Iterator[Row]:
    """The row before its result is written, to be noted, and after.

    Raises: UserError (`save_...`); what could not be written where it belongs is then kept elsewhere.
    """
    try:
        yield (row := saving(result.row, album))
        yield save(row, album, result)
    except UserError as error:
        raise kept_elsewhere(result.data, suggested_for(result.row, album), error) from error


def saving(row: Row, album: Album) -> Row:
    """The row with the name under which its result is to be written, noted before it is.

    Raises: UserError (`save_...`).
    """
    suggested, taken = suggested_for(row, album), taken_names(row, album)
    path, number = suggested, 2
    while folded(path) in taken:
        path, number = suggested.with_stem(f"{suggested.stem}_{number}"), number + 1
    chosen = target(path, album.export.policy if path == suggested else "unique", row.path)
    if chosen is None:
        raise UserError("album_exists", path=path)
    return replace(row, state=SAVING, output=str(chosen))


def save(row: Row, album: Album, result: Made) -> Row:
    """Write the result, and where it comes from, beside each other.

    A result is done without the latter, too; the row then says why. Raises: UserError (`save_...`).
    """
    path, reason = Path(row.output), ""
    write(result.data, path, overwrite=album.export.policy == "overwrite", original=row.path)
    if result.origin is not None:
        try:
            write_file(sidecar_of(path), result.origin, overwrite=True)
        except UserError as error:
            reason = str(error)
    return replace(row, state=DONE, reason=reason)


def failed(row: Row, error: UserError) -> Row:
    """The row of a photo that could not be restored, or needs nothing of it."""
    skipped = error.code in ("album_exists", "album_nothing_to_do")
    return replace(row, state=SKIPPED if skipped else FAILED, reason=str(error))
