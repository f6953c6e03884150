"""Where the photos of an album are restored: what every such place offers, and this process as one."""

import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from threading import Event
from typing import Protocol

from daps_desktop.album.item_job import Ask, ItemJob, StoppedError, answer, prepare
from daps_desktop.album.model import AlbumItem
from daps_desktop.album.results import ItemResult, encode_result, with_verdict
from daps_desktop.base.errors import UserError
from daps_desktop.jobs.messages import Message, RestoreResult
from daps_desktop.jobs.requests import Request


@dataclass(frozen=True, slots=True)
class ItemFailed:
    """A photo that could not be restored, and why."""

    item: AlbumItem
    error: UserError


@dataclass(frozen=True, slots=True)
class ItemStopped:
    """A photo that was given up on request and is still to be done."""

    item: AlbumItem


Outcome = ItemResult | ItemFailed | ItemStopped


class Backend(Protocol):
    """Takes photos and gives each of them back, in any order. `cancel` alone may come from another thread."""

    @property
    def has_capacity(self) -> bool:
        """Whether it should be given another photo now."""
        ...

    def submit(self, job: ItemJob) -> None:
        """Raises: UserError where this photo cannot be taken."""
        ...

    def next_outcome(self) -> Outcome:
        """The next photo that is over; waits for it. Raises: UserError where none can come any more."""
        ...

    def cancel(self) -> None:
        """End what is under way, for good: it comes back stopped, as does what is submitted later.

        A photo that was over sooner comes back as usual.
        """
        ...


class InProcessBackend:
    """This process: one photo at a time. `run` soon ends, with Cancelled, when its event is set."""

    def __init__(self, run: Callable[[Request, Event], Message]) -> None:
        self._run = run
        self.cancelled = Event()
        self._order: ItemJob | None = None

    @property
    def has_capacity(self) -> bool:
        return self._order is None

    def submit(self, job: ItemJob) -> None:
        self._order = job

    def next_outcome(self) -> Outcome:
        assert self._order is not None
        order, self._order = self._order, None
        if self.cancelled.is_set():
            return ItemStopped(order.item)
        return process_item(order, lambda request: self._run(request, self.cancelled))

    def cancel(self) -> None:
        self.cancelled.set()


def process_item(job: ItemJob, ask: Ask) -> Outcome:
    """One photo from its file to the bytes of its result, on a computer that can read its files."""
    started = time.perf_counter()
    try:
        with as_user_errors():
            work = prepare(job, ask)
            finished = answer(ask(work.request), RestoreResult)
            return encode_result(
                with_verdict(work, finished, time.perf_counter() - started), work, finished, job.export
            )
    except StoppedError:
        return ItemStopped(job.item)
    except UserError as error:
        return ItemFailed(replace(job.item, seconds=time.perf_counter() - started), error)


@contextmanager
def as_user_errors() -> Generator[None]:
    """Whatever happens to one photo, a bug or want of memory included, must not take the others along."""
    try:
        yield
    except (UserError, StoppedError):
        raise
    except Exception as error:
        raise UserError("bug", detail=f"{type(error).__name__}: {error}") from error
