"""A photo restored on another machine: what is sent there, and what is done with it there.

A worker needs no folder in common with the one who asks: the bytes of the photo and of its marks travel
there, those of the result back. They lie in a private folder of the worker while it reads them.
"""

import os
import pickle
import tempfile
import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from importlib.metadata import version
from pathlib import Path

from daps_desktop import __version__
from daps_desktop.album.backend import Outcome, Refused, process_item
from daps_desktop.album.item_job import Order
from daps_desktop.analysis.scratches.marking import probable_damage
from daps_desktop.base.errors import UserError
from daps_desktop.base.files import open_ordinary
from daps_desktop.base.i18n import N_, phrase
from daps_desktop.base.os_errors import said_by_system
from daps_desktop.jobs.messages import JobMessage, ends_job
from daps_desktop.jobs.requests import JobRequest

LARGEST = 2 << 30  # bytes of a file that travels; 200 megapixels of four times 16 bits are 1.6 GB

# An engine reckons with the whole machine; two at once in one process would load the prior twice.
_ONE_AT_A_TIME = threading.Lock()


@dataclass(frozen=True, slots=True)
class Parcel:
    """An order with its files. Their names, as the worker may write paths in another way."""

    order: Order
    photo: bytes
    photo_name: str
    mask: bytes
    mask_name: str


def packed(order: Order) -> bytes:
    """The order and its files, to be sent. Raises: UserError (`file_unreadable`)."""
    photo, mask = order.row.path, Path(order.mask)
    marks = _bytes_of(mask) if order.mask else b""
    return pickle.dumps(Parcel(order, _bytes_of(photo), photo.name, marks, mask.name), protocol=5)


def _bytes_of(path: Path) -> bytes:
    try:
        with open_ordinary(path) as file:
            if os.fstat(file.fileno()).st_size <= LARGEST:
                return file.read()
    except OSError as error:
        raise UserError("file_unreadable", path=path, detail=said_by_system(error)) from error
    detail = phrase(N_("it is larger than {size} GB"), size=LARGEST >> 30)
    raise UserError("file_unreadable", path=path, detail=detail)


def described() -> str:
    """What has to be the same here and there."""
    return f"daps-desktop {__version__}, dask {version('distributed')}"


class _Call:
    def __init__(self, parcel: bytes) -> None:
        self._parcel = parcel

    def __reduce__(self) -> tuple[object, ...]:
        return restored, (described(), self._parcel)


def call_of(parcel: bytes) -> bytes:
    """What, unpickled elsewhere, is the outcome of `restored` there."""
    return pickle.dumps(_Call(parcel), protocol=5)


def restored(expected: str, parcel: bytes) -> Outcome:
    """What became of the photo of a parcel; runs on a worker.

    Raises: UserError (`cluster_version`) before anything is unpacked, (`cluster_unfit`).
    """
    from distributed import get_worker

    worker = get_worker()
    key = worker.get_current_task()
    if described() != expected:
        raise UserError("cluster_version", where=worker.address, there=described(), here=expected)

    def given_up() -> bool:
        task = worker.state.tasks.get(key)
        return task is None or task.state == "cancelled"

    return unpacked(parcel, Path(worker.local_directory), given_up)


def unpacked(parcel: bytes, place: Path, given_up: Callable[[], bool]) -> Outcome:
    """As `process_item`, the files being put into `place` for as long as it takes.

    Raises: UserError (`cluster_unfit`) where there is no room for them.
    """
    told: Parcel = pickle.loads(parcel)
    try:
        with tempfile.TemporaryDirectory(dir=place, ignore_cleanup_errors=True) as folder:
            order = _laid_out(told, Path(folder))
            with _ONE_AT_A_TIME:
                outcome = process_item(order, lambda request: _run(request, given_up), probable_damage)
    except OSError as error:
        raise UserError("cluster_unfit", detail=said_by_system(error)) from error
    return _as_sent(outcome, told.order, order)


def _laid_out(parcel: Parcel, folder: Path) -> Order:
    """The order with the paths its files have here."""
    sent = parcel.order
    photo, mask = folder / parcel.photo_name, folder / "marks" / parcel.mask_name
    photo.write_bytes(parcel.photo)
    if sent.mask:
        mask.parent.mkdir()
        mask.write_bytes(parcel.mask)
    return replace(sent, row=replace(sent.row, photo=str(photo)), mask=str(mask) if sent.mask else "")


def _as_sent(outcome: Outcome, sent: Order, here: Order) -> Outcome:
    """The outcome with the paths its files have where they came from."""
    row = replace(outcome.row, photo=sent.row.photo)
    if not isinstance(outcome, Refused):
        return replace(outcome, row=row)
    paths = {here.row.photo: sent.row.photo, here.mask: sent.mask}  # "" stays what it is
    facts = {name: paths.get(str(fact), fact) for name, fact in outcome.error.facts.items()}
    return Refused(row, UserError(outcome.error.code, **facts))


def _run(request: JobRequest, given_up: Callable[[], bool]) -> JobMessage:
    """The last message of the job."""
    from daps_desktop.engine.dispatch import run_job  # imports torch, which the one who asks can do without

    cancel, ending = threading.Event(), list[JobMessage]()

    def hear(message: JobMessage) -> None:
        if given_up():
            cancel.set()
        if ends_job(message):
            ending.append(message)

    run_job(request, cancel, hear)
    return ending[0]
