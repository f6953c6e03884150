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
from daps_desktop.album.backend import ItemFailed, Outcome, process_item
from daps_desktop.album.item_job import ItemJob
from daps_desktop.base.errors import UserError
from daps_desktop.base.files import open_regular_file
from daps_desktop.base.i18n import N_, phrase
from daps_desktop.base.os_errors import describe_os_error
from daps_desktop.jobs.messages import Message, ends_job
from daps_desktop.jobs.requests import Request

MAX_FILE = 2 << 30  # bytes of a file that travels; 200 megapixels of four times 16 bits are 1.6 GB

# An engine reckons with the whole machine; two at once in one process would load the prior twice.
_ONE_AT_A_TIME = threading.Lock()


@dataclass(frozen=True, slots=True)
class TaskPayload:
    """An order with its files. Their names, as the worker may write paths in another way."""

    job: ItemJob
    photo: bytes
    photo_name: str
    mask: bytes
    mask_name: str


def pack_payload(job: ItemJob) -> bytes:
    """The order and its files, to be sent. Raises: UserError (`file_unreadable`)."""
    photo, mask = job.item.path, Path(job.mask)
    marks = _read(mask) if job.mask else b""
    return pickle.dumps(TaskPayload(job, _read(photo), photo.name, marks, mask.name), protocol=5)


def _read(path: Path) -> bytes:
    try:
        with open_regular_file(path) as file:
            if os.fstat(file.fileno()).st_size <= MAX_FILE:
                return file.read()
    except OSError as error:
        raise UserError("file_unreadable", path=path, detail=describe_os_error(error)) from error
    detail = phrase(N_("it is larger than {size} GB"), size=MAX_FILE >> 30)
    raise UserError("file_unreadable", path=path, detail=detail)


def version_fingerprint() -> str:
    """What has to be the same here and there."""
    return f"daps-desktop {__version__}, dask {version('distributed')}"


class _Call:
    def __init__(self, payload: bytes) -> None:
        self._payload = payload

    def __reduce__(self) -> tuple[object, ...]:
        return run_on_worker, (version_fingerprint(), self._payload)


def pickled_call(payload: bytes) -> bytes:
    """What, unpickled elsewhere, is the outcome of `run_on_worker` there."""
    return pickle.dumps(_Call(payload), protocol=5)


def run_on_worker(expected: str, payload: bytes) -> Outcome:
    """What became of the photo of a parcel; runs on a worker.

    Raises: UserError (`cluster_version`) before anything is unpacked, (`cluster_unfit`).
    """
    from distributed import get_worker

    worker = get_worker()
    key = worker.get_current_task()
    if version_fingerprint() != expected:
        raise UserError("cluster_version", where=worker.address, there=version_fingerprint(), here=expected)

    def given_up() -> bool:
        task = worker.state.tasks.get(key)
        return task is None or task.state == "cancelled"

    return run_payload(payload, Path(worker.local_directory), given_up)


def run_payload(payload: bytes, place: Path, given_up: Callable[[], bool]) -> Outcome:
    """As `process_item`, the files being put into `place` for as long as it takes.

    Raises: UserError (`cluster_unfit`) where there is no room for them.
    """
    told: TaskPayload = pickle.loads(payload)
    try:
        with tempfile.TemporaryDirectory(dir=place, ignore_cleanup_errors=True) as folder:
            order = _unpack(told, Path(folder))
            with _ONE_AT_A_TIME:
                outcome = process_item(order, lambda request: _run(request, given_up))
    except OSError as error:
        raise UserError("cluster_unfit", detail=describe_os_error(error)) from error
    return _as_sent(outcome, told.job, order)


def _unpack(payload: TaskPayload, folder: Path) -> ItemJob:
    """The order with the paths its files have here."""
    sent = payload.job
    photo, mask = folder / payload.photo_name, folder / "marks" / payload.mask_name
    photo.write_bytes(payload.photo)
    if sent.mask:
        mask.parent.mkdir()
        mask.write_bytes(payload.mask)
    return replace(sent, item=replace(sent.item, photo=str(photo)), mask=str(mask) if sent.mask else "")


def _as_sent(outcome: Outcome, sent: ItemJob, here: ItemJob) -> Outcome:
    """The outcome with the paths its files have where they came from."""
    row = replace(outcome.item, photo=sent.item.photo)
    if not isinstance(outcome, ItemFailed):
        return replace(outcome, item=row)
    paths = {here.item.photo: sent.item.photo, here.mask: sent.mask}  # "" stays what it is
    params = {name: paths.get(str(fact), fact) for name, fact in outcome.error.params.items()}
    return ItemFailed(row, UserError(outcome.error.code, **params))


def _run(request: Request, given_up: Callable[[], bool]) -> Message:
    """The last message of the job."""
    from daps_desktop.engine.dispatch import run_job  # imports torch, which the one who asks can do without

    cancel, ending = threading.Event(), list[Message]()

    def hear(message: Message) -> None:
        if given_up():
            cancel.set()
        if ends_job(message):
            ending.append(message)

    run_job(request, cancel, hear)
    return ending[0]
