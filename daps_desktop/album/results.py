"""One photo of an album, from the engine's answer to its file.

Before a result is written its name and checksum are noted, and a noted result that is found on the disk is
done: so nothing is done twice after a break.
"""

import hashlib
import os
from collections.abc import Generator, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path

from daps_desktop.album.discovery import default_path_for, folded, taken_names
from daps_desktop.album.item_job import PreparedItem
from daps_desktop.album.model import DONE, FAILED, SAVING, SKIPPED, Album, AlbumItem
from daps_desktop.base.errors import UserError
from daps_desktop.base.files import save_errors, write_file
from daps_desktop.base.i18n import join_sentences
from daps_desktop.base.locks import lock_file
from daps_desktop.document.sidecar import dump_sidecar, make_provenance
from daps_desktop.document.version import Version
from daps_desktop.imaging.export import (
    ExportOptions,
    encode,
    lost,
    resolve_conflict,
    save_fallback,
    sidecar_path,
    write,
)
from daps_desktop.jobs.messages import RestoreResult
from daps_desktop.jobs.verdict import judge

_LOCK = ".album.lock"


@dataclass(frozen=True, slots=True)
class ItemResult:
    """A restored photo as the bytes of its file; `origin`: those of its sidecar file, if there is one."""

    item: AlbumItem
    data: bytes
    origin: bytes | None


@contextmanager
def claimed(folder: Path) -> Generator[None]:
    """No other run writes its results there at the same time. Raises: UserError (`album_taken`)."""
    path = folder / _LOCK
    with save_errors(path):
        ours = not folder.exists()
        folder.mkdir(parents=True, exist_ok=True)
        lock = path.open("ab")
    with closing(lock):
        try:
            lock_file(lock.fileno())
            if not os.path.samestat(os.fstat(lock.fileno()), path.stat()):
                raise BlockingIOError  # that of a run which has ended, and another one has begun since
        except (BlockingIOError, PermissionError, FileNotFoundError) as error:  # gone: it ends this moment
            raise UserError("album_taken", path=folder) from error
        except OSError:
            pass  # a drive that knows no locks
        try:
            yield
        finally:
            lock.close()
            with suppress(OSError):
                path.unlink(missing_ok=True)
                if ours:
                    folder.rmdir()  # where nothing came into it


def with_verdict(work: PreparedItem, finished: RestoreResult, seconds: float) -> AlbumItem:
    """The row with what the result says about itself."""
    verdict = judge(finished.report, work.request.task, work.request.mask, work.request.settings.soft_edge)
    return replace(
        work.item,
        agreement=verdict.agreement.value if verdict.agreement else "",
        repair=verdict.repair.value if verdict.repair else "",
        traces=verdict.places,
        repaired=verdict.repaired,
        residual=verdict.residual_over_noise,
        redrawn=verdict.redrawn,
        seconds=seconds,
        prior_sha256=finished.report.prior_sha256,
    )


def encode_result(
    item: AlbumItem, work: PreparedItem, finished: RestoreResult, export: ExportOptions
) -> ItemResult:
    """The result as it is to be written; the row names what its format has no place for.

    Raises: UserError as `encode`.
    """
    data = encode(finished.photo, export)
    digest = hashlib.sha256(data).hexdigest()
    reason = join_sentences(item.reason, *map(str, lost(finished.photo, export)))
    return ItemResult(
        replace(item, sha256=digest, reason=reason), data, _origin(work, finished, digest, export)
    )


def _origin(work: PreparedItem, finished: RestoreResult, digest: str, export: ExportOptions) -> bytes | None:
    if not export.sidecar:
        return None
    version = Version(1, finished.photo, work.recipe, work.request.mask, finished.report)
    return dump_sidecar(make_provenance(work.request.photo, version, digest))


def save_steps(result: ItemResult, album: Album) -> Iterator[AlbumItem]:
    """The row before its result is written, to be noted, and after.

    Raises: UserError (`save_...`); what could not be written where it belongs is then kept elsewhere.
    """
    try:
        yield (row := reserve_name(result.item, album))
        yield save(row, album, result)
    except UserError as error:
        raise save_fallback(result.data, default_path_for(result.item, album), error) from error


def reserve_name(item: AlbumItem, album: Album) -> AlbumItem:
    """The row with the name under which its result is to be written, noted before it is.

    Raises: UserError (`save_...`).
    """
    suggested, taken = default_path_for(item, album), taken_names(item, album)
    path, number = suggested, 2
    while folded(path) in taken:
        path, number = suggested.with_stem(f"{suggested.stem}_{number}"), number + 1
    chosen = resolve_conflict(path, album.export.policy if path == suggested else "unique", item.path)
    if chosen is None:
        raise UserError("album_exists", path=path)
    return replace(item, state=SAVING, output=str(chosen))


def save(item: AlbumItem, album: Album, result: ItemResult) -> AlbumItem:
    """Write the result and its sidecar next to each other.

    A result is done without the latter, too; the row then says why. Raises: UserError (`save_...`).
    """
    path, reason = Path(item.output), item.reason
    write(result.data, path, overwrite=album.export.policy == "overwrite", original=item.path)
    if result.origin is not None:
        try:
            write_file(sidecar_path(path), result.origin, overwrite=True)
        except UserError as error:
            reason = join_sentences(reason, str(error))
    return replace(item, state=DONE, reason=reason)


def with_failure(item: AlbumItem, error: UserError) -> AlbumItem:
    """The row of a photo that could not be restored, or needs nothing of it."""
    skipped = error.code in ("album_exists", "album_nothing_to_do")
    return replace(item, state=SKIPPED if skipped else FAILED, reason=str(error))
