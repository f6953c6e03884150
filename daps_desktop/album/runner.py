"""The loop over the photos of an album: they go to a backend and come back, every step noted on the disk."""

from collections import deque
from collections.abc import Callable, Iterator
from threading import Event
from typing import Protocol

from daps_desktop.album.backend import Backend, ItemFailed, ItemStopped, Outcome, as_user_errors
from daps_desktop.album.item_job import job_for
from daps_desktop.album.model import Album, AlbumItem
from daps_desktop.album.results import save_steps, with_failure
from daps_desktop.base.errors import UserError

OnItem = Callable[[AlbumItem], None]


class AlbumStore(Protocol):
    """Where the steps of an album are noted, so that work can go on after a break."""

    def append(self, album: Album, item: AlbumItem) -> None:
        """That row of the album has changed. Raises: UserError (`save_failed`)."""
        ...


def run_album(album: Album, backend: Backend, store: AlbumStore, on_item: OnItem, stop: Event) -> Album:
    """Restore what is still open; a photo that fails says why, and the others go on.

    `on_item` is called with every row that is over. Once `stop` is set no further photo is begun; those under
    way are waited for, which is short if their backend was cancelled.
    Raises: UserError where the album cannot be noted any more, as then no one could say later what was
    done, and where the backend is lost.
    """
    waiting = deque(row for row in album.rows if row.open)
    away: set[str] = set()
    while waiting or away:
        if waiting and stop.is_set():
            waiting.clear()
            continue
        if waiting and backend.has_capacity:
            row = waiting.popleft()
            outcome = _submitted(row, album, backend)
            away.add(row.photo)
        else:
            outcome = backend.next_outcome()
        if outcome is None or outcome.item.photo not in away:
            continue  # it is on its way, or came back twice
        away.remove(outcome.item.photo)
        album = _over(outcome, album, store, on_item)
    return album


def _submitted(item: AlbumItem, album: Album, backend: Backend) -> ItemFailed | None:
    """None where the photo is on its way to be restored."""
    try:
        with as_user_errors():
            order = job_for(item, album)
        backend.submit(order)
    except UserError as error:
        return ItemFailed(item, error)
    return None


def _over(outcome: Outcome, album: Album, store: AlbumStore, on_item: OnItem) -> Album:
    """The album with what became of the photo. Raises: UserError (`save_failed`) where it cannot be noted."""
    row, unnoted = outcome.item, None
    for row in _steps(outcome, album):
        album = album.with_row(row)
        unnoted = _append(album, row, store)
    on_item(row)
    if unnoted is not None:
        raise unnoted
    return album


def _append(album: Album, item: AlbumItem, store: AlbumStore) -> UserError | None:
    """The error where it cannot be noted: to be raised later, so that no result is lost for it."""
    try:
        store.append(album, item)
    except UserError as error:
        return error
    return None


def _steps(outcome: Outcome, album: Album) -> Iterator[AlbumItem]:
    """The row as it becomes: being saved, and over. What was stopped stays as it is."""
    if isinstance(outcome, ItemStopped):
        return
    if isinstance(outcome, ItemFailed):
        yield with_failure(outcome.item, outcome.error)
        return
    try:
        yield from save_steps(outcome, album)
    except UserError as error:
        yield with_failure(outcome.item, error)
