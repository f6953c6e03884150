"""A cluster as the backend of an album (dask.distributed): photos are tasks, their bytes travel with them.

The scheduler keeps a task until its result was fetched. So it gives the photo of a worker that is lost to
another one, as often as its own settings allow (three times), and nothing is asked for twice.

The function of a task is one of Python's own, for the scheduler unpacks tasks too and needs no daps-desktop,
and a worker without daps-desktop must fail in the task, with a reason, and not because of it.
"""

import logging
import pickle
import queue
import time
import warnings
from collections.abc import Callable
from concurrent.futures import CancelledError
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from daps_desktop.album.backend import ItemFailed, ItemStopped, Outcome
from daps_desktop.album.item_job import ItemJob
from daps_desktop.album.model import AlbumItem
from daps_desktop.base.errors import UserError
from daps_desktop.base.i18n import N_, phrase, tr
from daps_desktop.engine.cluster.task import pack_payload, pickled_call, version_fingerprint

if TYPE_CHECKING:
    from collections.abc import Iterator

    from distributed import Future

_TIMEOUT_S = 10.0  # to reach the scheduler, and for the first worker
_LISTEN_S = 0.2  # Ctrl+C is heard so often
_LOOK_S = 10.0  # between two looks whether a worker is still there
_AHEAD = 2  # photos for a worker: one is worked on, the next is there already when that is over
# What is amiss with the machine and not with the photo: the next photo would fare no better there.
_UNFIT = ("prior_missing", "prior_other", "prior_damaged", "prior_unreadable", "device_missing")


class DaskBackend:
    """`tell` is called with a sentence while it waits for a worker. Ends with `close`."""

    def __init__(self, address: str, tell: Callable[[str], None]) -> None:
        """Raises: UserError (`cluster_...`) where it cannot be reached, or is not fit for photos."""
        self._address, self._tell = address, tell
        self._client = _client(address)
        self._away: dict[str, tuple[AlbumItem, Future]] = {}  # by the key of the task
        self._cancelled = False
        self._ended: queue.Queue[Future] = queue.Queue()
        try:
            self._check()
        except BaseException:
            self.close()
            raise

    @property
    def workers(self) -> int:
        """How many processes there are to restore photos. Raises: UserError (`cluster_lost`)."""
        with self._connected():
            return len(self._client.nthreads())

    @property
    def has_capacity(self) -> bool:
        return len(self._away) < _AHEAD * max(1, self.workers)

    def submit(self, job: ItemJob) -> None:
        """Raises: UserError (`file_unreadable`, `cluster_lost`)."""
        payload, key = pack_payload(job), f"photo-{uuid4().hex}"
        with self._connected(), warnings.catch_warnings():
            warnings.simplefilter("ignore")  # that a photo is large; few of them are under way at a time
            future = self._client.submit(pickle.loads, pickled_call(payload), key=key, pure=False)
        self._away[key] = job.item, future
        future.add_done_callback(self._ended.put)
        if self._cancelled:
            self.cancel()

    def next_outcome(self) -> Outcome:
        """Raises: UserError where the scheduler is lost or a worker is not fit for any photo."""
        future = self._next()
        row, _ = self._away.pop(str(future.key))
        with self._connected():
            outcome = self._outcome(future, row)
            future.release()  # the scheduler need not keep it any longer
        if isinstance(outcome, ItemFailed) and outcome.error.code in _UNFIT:
            raise UserError("cluster_unfit", detail=outcome.error)
        return outcome

    def cancel(self) -> None:
        """The workers notice at the next step."""
        self._cancelled = True
        with suppress(Exception):  # where it is gone `next_outcome` says so
            self._client.cancel([future for _, future in list(self._away.values())])

    def close(self) -> None:
        """Photos that are still away are given up; their workers notice at the next step."""
        with suppress(Exception):  # where it is gone already there is no one to notify
            self._client.close(timeout=_TIMEOUT_S)

    def _next(self) -> "Future":
        looked = time.monotonic()
        while True:
            with suppress(queue.Empty):
                return self._ended.get(timeout=_LISTEN_S)
            if time.monotonic() - looked > _LOOK_S:
                looked = time.monotonic()
                if not self.workers:
                    self._tell(tr("No worker is left; waiting for one to be started."))

    def _check(self) -> None:
        """Raises: UserError where it has no worker, or with something else than this program."""
        try:
            self._client.wait_for_workers(1, timeout=_TIMEOUT_S)
        except TimeoutError:
            raise UserError("cluster_idle", address=self._address) from None
        with self._connected():
            told: dict[str, object] = self._client.run(version_fingerprint, on_error="return")
        for where, there in told.items():
            if there != version_fingerprint():
                raise UserError(
                    "cluster_version", where=where, there=_in_short(there), here=version_fingerprint()
                )

    def _outcome(self, future: "Future", item: AlbumItem) -> Outcome:
        try:
            return _outcome(future, item)
        except CancelledError:
            if self._cancelled:
                return ItemStopped(item)
            raise

    @contextmanager
    def _connected(self) -> "Iterator[None]":
        try:
            yield
        except (OSError, CancelledError) as error:
            raise UserError("cluster_lost", address=self._address) from error


def _client(address: str) -> Any:  # a Client, whose methods are typed as if all of them were coroutines
    try:
        from distributed import Client
    except ImportError as error:
        raise UserError("cluster_missing") from error
    for name in ("distributed", "distributed.client", "distributed.core", "tornado"):
        logging.getLogger(name).setLevel(logging.CRITICAL + 1)  # the user is given sentences instead
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # versions are compared as text
            return Client(address, timeout=_TIMEOUT_S, set_as_default=False)
    except (OSError, ValueError) as error:
        raise UserError("cluster_unreachable", address=address, detail=_in_short(error)) from error


def _outcome(future: "Future", item: AlbumItem) -> Outcome:
    """What became of the photo.

    Raises: UserError where the fault is not the photo's; OSError and CancelledError where no one answers.
    """
    from distributed.scheduler import KilledWorker

    try:
        return future.result()
    except KilledWorker:
        return ItemFailed(item, UserError("cluster_photo_lost", path=item.path))
    except (
        ImportError,
        AttributeError,
    ) as error:  # a worker that joined later has no or another daps-desktop
        there, where = _in_short(error), phrase(N_("a worker"))
        raise UserError("cluster_version", where=where, there=there, here=version_fingerprint()) from error


def _in_short(told: object) -> str:
    return str(told).strip().splitlines()[0] if str(told).strip() else type(told).__name__
