"""An album without a window: photos go to a workshop and come back, every step noted on the disk."""

import time
import uuid
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Protocol

from daps_desktop.album.item_job import FindScratches, Order, ordered, prepare
from daps_desktop.album.model import Album, Row
from daps_desktop.album.results import Made, failed, judged, made, stored
from daps_desktop.base.errors import UserError
from daps_desktop.jobs.messages import Failed, Finished, JobMessage
from daps_desktop.jobs.requests import JobRequest

Run = Callable[[JobRequest], JobMessage]
Keep = Callable[[Album, Row], None]
Hear = Callable[[Row], None]


@dataclass(frozen=True, slots=True)
class Refused:
    """A photo that could not be restored, and why."""

    row: Row
    error: UserError


Outcome = Made | Refused


class Workshop(Protocol):
    """Where photos are restored, here or elsewhere. What it takes it gives back, in any order."""

    @property
    def free(self) -> bool:
        """Whether it should be given another photo now."""
        ...

    def take(self, order: Order) -> None:
        """Raises: UserError where this photo cannot be taken."""
        ...

    def give(self) -> Outcome:
        """The next photo that is over; waits for it. Raises: UserError where none can come any more."""
        ...


class OwnWorkshop:
    """This process: one photo at a time."""

    def __init__(self, run: Run, find: FindScratches) -> None:
        self._run, self._find = run, find
        self._order: Order | None = None

    @property
    def free(self) -> bool:
        return self._order is None

    def take(self, order: Order) -> None:
        self._order = order

    def give(self) -> Outcome:
        assert self._order is not None
        order, self._order = self._order, None
        return make(order, self._run, self._find)


def run_batch(album: Album, workshop: Workshop, keep: Keep, hear: Hear) -> Album:
    """Restore what is still open; a photo that fails says why, and the others go on.

    `keep` notes the album, in which that row changed, on the disk; `hear` is told of every row that is over.
    Raises: UserError where the album cannot be noted any more, as then nobody could tell later what was
    done, and where the workshop is lost.
    """
    waiting = deque(row for row in album.rows if row.open)
    away: set[str] = set()
    while waiting or away:
        if waiting and workshop.free:
            row = waiting.popleft()
            outcome = _sent(row, album, workshop)
            away.add(row.photo)
        else:
            outcome = workshop.give()
        if outcome is None or outcome.row.photo not in away:
            continue  # it is on its way, or came back twice
        away.remove(outcome.row.photo)
        album = _over(outcome, album, keep, hear)
    return album


def _sent(row: Row, album: Album, workshop: Workshop) -> Refused | None:
    """None where the photo is on its way to be restored."""
    try:
        workshop.take(ordered(row, album))
    except UserError as error:
        return Refused(row, error)
    return None


def _over(outcome: Outcome, album: Album, keep: Keep, hear: Hear) -> Album:
    row = outcome.row
    for row in _steps(outcome, album):
        album = album.with_row(row)
        keep(album, row)
    hear(row)
    return album


def _steps(outcome: Outcome, album: Album) -> Iterator[Row]:
    """The row as it becomes: being saved, and over."""
    if isinstance(outcome, Refused):
        yield failed(outcome.row, outcome.error)
        return
    try:
        yield from stored(outcome, album)
    except UserError as error:
        yield failed(outcome.row, error)


def make(order: Order, run: Run, find: FindScratches) -> Outcome:
    """One photo from its file to the bytes of its result, where its files are at hand."""
    started = time.perf_counter()
    row = order.row
    try:
        work = prepare(order, uuid.uuid4().hex, find)
        finished = _finished(run(work.request))
        row = judged(work, finished, time.perf_counter() - started)
        return made(row, work, finished, order.export)
    except UserError as error:
        return Refused(replace(row, seconds=time.perf_counter() - started), error)


def _finished(message: JobMessage) -> Finished:
    if isinstance(message, Failed):
        raise UserError(message.code, **message.facts)
    assert isinstance(message, Finished)  # a run that is interrupted raises
    return message
