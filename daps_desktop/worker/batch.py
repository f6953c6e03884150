"""An album without a window: one photo after the other through one engine, every step noted on the disk."""

import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import replace

from daps_desktop.core.album import Album, FindScratches, Row, failed, judged, prepare, stored
from daps_desktop.core.errors import UserError
from daps_desktop.core.messages import Failed, Finished, JobMessage, JobRequest

Run = Callable[[JobRequest], JobMessage]


def run_batch(
    album: Album, run: Run, find: FindScratches, keep: Callable[[Album], None], hear: Callable[[Row], None]
) -> Album:
    """Restore what is still open; a photo that fails says why, and the next one is begun.

    `keep` notes the album on the disk, `hear` is told of every row that is over. Raises: UserError where
    the album cannot be noted any more, as then nobody could tell later what was done.
    """
    while row := album.next_row():
        for step in _steps(row, album, run, find):
            album = album.with_row(step)
            keep(album)
            row = step
        hear(row)
    return album


def _steps(row: Row, album: Album, run: Run, find: FindScratches) -> Iterator[Row]:
    """The row as it becomes: being saved, and over."""
    started = time.perf_counter()
    try:
        work = prepare(row, album, uuid.uuid4().hex, find)
        finished = _finished(run(work.request))
        row = judged(work, finished, time.perf_counter() - started)
        yield from stored(row, album, work, finished)
    except UserError as error:
        yield failed(replace(row, seconds=time.perf_counter() - started), error)


def _finished(message: JobMessage) -> Finished:
    if isinstance(message, Failed):
        raise UserError(message.code, **message.facts)
    assert isinstance(message, Finished)  # a run that is interrupted raises
    return message
