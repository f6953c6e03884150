"""The host with a real thread, a real event loop and a toy engine."""

import asyncio
import subprocess
import sys
import threading
import time
from collections.abc import Awaitable, Callable, Iterator

import numpy as np
import pytest
import qasync
from PySide6.QtCore import QObject, Signal
from pytestqt.qtbot import QtBot

from daps_desktop.core.messages import (
    Cancelled,
    Failed,
    Finished,
    JobMessage,
    JobRequest,
    Preview,
    Progress,
)
from daps_desktop.core.photo import Photo
from daps_desktop.core.settings import SolverSettings
from daps_desktop.core.task import Noise, Task
from daps_desktop.worker.host import Host, RunJob, latest_preview_only
from tests.fakes.hosts import progress_of, report_of

Emit = Callable[[JobMessage], None]
Scene = Callable[[Host, Callable[[], Awaitable[JobMessage]]], Awaitable[None]]


def request(job_id: str) -> JobRequest:
    return JobRequest(job_id, Photo(np.zeros((4, 5, 3), np.uint8)), None, Task((Noise(),)), SolverSettings())


def five_steps(job: JobRequest, cancel: threading.Event, emit: Emit) -> None:
    for step in range(1, 6):
        if cancel.is_set():
            return emit(Cancelled(job.job_id))
        emit(progress_of(job.job_id, step, 5))
    return emit(Finished(job.job_id, job.photo, report_of(job)))


def until_cancelled(job: JobRequest, cancel: threading.Event, emit: Emit) -> None:
    emit(progress_of(job.job_id, 1))
    cancel.wait(10)
    emit(Cancelled(job.job_id))


def deaf(_job: JobRequest, _cancel: threading.Event, emit: Emit) -> None:
    time.sleep(0.8)


def broken(job: JobRequest, _cancel: threading.Event, emit: Emit) -> None:
    if job.job_id == "bad":
        raise ValueError("a wrong shape")
    emit(Finished(job.job_id, job.photo, report_of(job)))


@pytest.fixture
def loop(qapp: QObject) -> Iterator[qasync.QEventLoop]:
    interval = sys.getswitchinterval()
    loop = qasync.QEventLoop(qapp, already_running=False)
    yield loop
    loop.close()
    sys.setswitchinterval(interval)


def play(loop: qasync.QEventLoop, run_job: RunJob, scene: Scene) -> None:
    """Run a scene on the loop with a host that is closed afterwards."""

    async def main() -> None:
        host = Host(loop, lambda: run_job)
        host.start()
        messages = host.messages()
        try:
            await asyncio.wait_for(scene(host, lambda: anext(messages)), 10)
        finally:
            assert host.close()

    loop.run_until_complete(main())


def test_messages_arrive_in_order_on_the_loops_thread(loop: qasync.QEventLoop) -> None:
    async def scene(host: Host, get: Callable[[], Awaitable[JobMessage]]) -> None:
        host.submit(request("a"))
        host.submit(request("b"))
        got = [await get() for _ in range(12)]
        assert [m.job_id for m in got] == ["a"] * 6 + ["b"] * 6
        assert [m.step for m in got[:5] if isinstance(m, Progress)] == [1, 2, 3, 4, 5]
        assert isinstance(got[5], Finished) and isinstance(got[11], Finished)
        assert threading.current_thread() is threading.main_thread()

    play(loop, five_steps, scene)


def test_cancelling_one_job_does_not_touch_the_next(loop: qasync.QEventLoop) -> None:
    async def scene(host: Host, get: Callable[[], Awaitable[JobMessage]]) -> None:
        for job_id in ("a", "b", "c"):
            host.submit(request(job_id))
        assert (await get()).job_id == "a"
        host.cancel("b")  # while it waits in the queue
        asked = time.monotonic()
        assert await get() == Cancelled("b")  # at once, without waiting for its turn
        host.cancel("a")
        assert await get() == Cancelled("a")
        assert time.monotonic() - asked < 0.5
        running = await get()
        assert isinstance(running, Progress) and running.job_id == "c"

    play(loop, until_cancelled, scene)


def test_an_exception_becomes_failed_and_the_thread_lives_on(loop: qasync.QEventLoop) -> None:
    async def scene(host: Host, get: Callable[[], Awaitable[JobMessage]]) -> None:
        host.submit(request("bad"))
        host.submit(request("good"))
        failed = await get()
        assert isinstance(failed, Failed) and failed.code == "bug"
        assert "a wrong shape" in failed.details and "in broken" in failed.details
        assert isinstance(await get(), Finished)

    play(loop, broken, scene)


def test_an_engine_that_cannot_be_loaded_fails_every_job_in_words(loop: qasync.QEventLoop) -> None:
    def load() -> RunJob:
        raise ImportError("no torch here")

    async def main() -> None:
        host = Host(loop, load)
        host.start()
        messages = host.messages()
        for job_id in ("a", "b"):
            host.submit(request(job_id))
            failed = await asyncio.wait_for(anext(messages), 5)
            assert isinstance(failed, Failed)
            assert failed.job_id == job_id and "no torch here" in failed.facts["detail"]
        assert host.close()

    loop.run_until_complete(main())


def test_a_job_is_cancelled_at_once_while_the_engine_is_still_being_imported(loop: qasync.QEventLoop) -> None:
    imported = threading.Event()

    def load() -> RunJob:
        imported.wait(10)
        return five_steps

    async def main() -> None:
        host = Host(loop, load)
        host.start()
        messages = host.messages()
        host.submit(request("a"))
        host.cancel("a")
        assert await asyncio.wait_for(anext(messages), 1) == Cancelled("a")
        host.submit(request("b"))
        imported.set()
        first = await asyncio.wait_for(anext(messages), 5)
        assert isinstance(first, Progress) and first.job_id == "b"  # and never another word of "a"
        assert host.close()

    loop.run_until_complete(main())


def test_closing_ends_a_running_job_within_two_seconds(loop: qasync.QEventLoop) -> None:
    async def scene(host: Host, get: Callable[[], Awaitable[JobMessage]]) -> None:
        host.submit(request("a"))
        await get()
        asked = time.monotonic()
        assert host.close()
        assert time.monotonic() - asked < 0.5

    play(loop, until_cancelled, scene)


def test_closing_says_when_the_thread_did_not_end_in_time(loop: qasync.QEventLoop) -> None:
    async def scene(host: Host, get: Callable[[], Awaitable[JobMessage]]) -> None:
        host.submit(request("a"))
        await asyncio.sleep(0.1)
        assert not host.close(timeout_s=0.05)

    play(loop, deaf, scene)


def test_of_several_waiting_previews_the_latest_wins() -> None:
    preview = Preview(np.zeros((2, 2, 3), np.uint8))
    messages: list[JobMessage] = [progress_of("a", n, preview=preview) for n in range(1, 4)]
    kept = latest_preview_only([*messages, progress_of("a", 4), Cancelled("a")])
    assert [m.preview is not None for m in kept[:4] if isinstance(m, Progress)] == [False, False, True, False]
    assert [m.step for m in kept[:4] if isinstance(m, Progress)] == [1, 2, 3, 4]
    assert kept[4] == Cancelled("a")


@pytest.mark.skipif(sys.version_info >= (3, 12), reason="True is immortal from 3.12 on")
def test_signals_do_not_lose_references_to_true(qtbot: QtBot) -> None:
    """A guard against releases of PySide that crash on 3.11 after some thousand signals."""

    class Sender(QObject):
        sent = Signal(object)

    sender = Sender()
    sender.sent.connect(lambda value: None)
    before = sys.getrefcount(True)
    for _ in range(200):
        sender.sent.emit(True)
    assert abs(sys.getrefcount(True) - before) < 20


def test_importing_the_window_loads_neither_torch_nor_plots() -> None:
    code = (
        "import sys, daps_desktop.app\n"
        "heavy = {'torch', 'diffusers', 'pyqtgraph', 'cv2', 'scipy'} & set(sys.modules)\n"
        "sys.exit(', '.join(sorted(heavy)) or None)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
