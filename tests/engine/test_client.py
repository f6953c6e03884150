"""The host with a real process, a real event loop and a toy engine."""

import asyncio
import multiprocessing
import subprocess
import sys
import threading
import time
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path

import numpy as np
import psutil
import pytest
import qasync
from PySide6.QtCore import QObject, Signal
from pytestqt.qtbot import QtBot

from daps_desktop.base.errors import UserError
from daps_desktop.engine.process.child import LoadEngine
from daps_desktop.engine.process.client import EngineClient
from daps_desktop.imaging.photo import Photo
from daps_desktop.jobs.damage import Noise
from daps_desktop.jobs.messages import Cancelled, Failed, Message, Progress, RestoreResult
from daps_desktop.jobs.requests import EstimateRequest, RestoreRequest
from daps_desktop.jobs.settings import SolverSettings
from daps_desktop.jobs.task import Task
from tests.fakes import engines

Get = Callable[[], Awaitable[Message]]
Scene = Callable[[EngineClient, Get], Awaitable[None]]
PATIENCE_S = 40  # a process starts in half a second, on a busy machine in many
POSIX = pytest.mark.skipif(sys.platform == "win32", reason="signals")


def request(job_id: str, pixels: np.ndarray | None = None) -> RestoreRequest:
    photo = Photo(np.zeros((4, 5, 3), np.uint8) if pixels is None else pixels)
    return RestoreRequest(job_id, photo, None, Task((Noise(),)), SolverSettings())


@pytest.fixture
def loop(qapp: QObject) -> Iterator[qasync.QEventLoop]:
    loop = qasync.QEventLoop(qapp, already_running=False)
    yield loop
    loop.close()
    assert not multiprocessing.active_children()


def play(
    loop: qasync.QEventLoop, scene: Scene, load: LoadEngine = engines.obliging, log: Path | None = None
) -> None:
    """Run a scene on the loop with a host that is closed afterwards."""

    async def main() -> None:
        host = EngineClient(loop, load, log)
        host.start()
        messages = host.messages()
        try:
            await asyncio.wait_for(scene(host, lambda: anext(messages)), PATIENCE_S)
        finally:
            assert host.close()

    loop.run_until_complete(main())


async def who(host: EngineClient, get: Get, job_id: str) -> int:
    """The id of the process that does this job."""
    host.submit(request(job_id))
    told, ended = await get(), await get()
    assert isinstance(told, Progress) and isinstance(ended, RestoreResult)
    return told.evaluations


def test_messages_arrive_in_order_from_one_process_on_the_loops_thread(loop: qasync.QEventLoop) -> None:
    async def scene(host: EngineClient, get: Get) -> None:
        host.submit(request("five-a"))
        host.submit(request("five-b"))
        got = [await get() for _ in range(12)]
        assert [m.job_id for m in got] == ["five-a"] * 6 + ["five-b"] * 6
        assert [m.step for m in got[:5] if isinstance(m, Progress)] == [1, 2, 3, 4, 5]
        assert isinstance(got[5], RestoreResult) and isinstance(got[11], RestoreResult)
        assert threading.current_thread() is threading.main_thread()
        assert await who(host, get, "who-1") == await who(host, get, "who-2")

    play(loop, scene)


def test_cancelling_one_job_does_not_touch_the_next(loop: qasync.QEventLoop) -> None:
    async def scene(host: EngineClient, get: Get) -> None:
        for job_id in ("waits-a", "waits-b", "waits-c"):
            host.submit(request(job_id))
        assert (await get()).job_id == "waits-a"
        host.cancel("waits-b")  # while it waits in the queue
        asked = time.monotonic()
        assert await get() == Cancelled("waits-b")  # at once, without waiting for its turn
        host.cancel("waits-a")
        assert await get() == Cancelled("waits-a")
        assert time.monotonic() - asked < 1.0
        running = await get()
        assert isinstance(running, Progress) and running.job_id == "waits-c"

    play(loop, scene)


def test_a_job_that_does_not_listen_is_cancelled_within_two_seconds(loop: qasync.QEventLoop) -> None:
    async def scene(host: EngineClient, get: Get) -> None:
        before = await who(host, get, "who-1")
        host.submit(request("deaf"))
        await get()
        host.submit(request("five"))  # waits behind it
        asked = time.monotonic()
        host.cancel("deaf")
        assert await get() == Cancelled("deaf")
        assert time.monotonic() - asked < 2.0
        assert (await get()).job_id == "five"
        assert not psutil.pid_exists(before)

    play(loop, scene)


def test_a_forecast_that_takes_its_time_to_listen_does_not_cost_the_engine(
    loop: qasync.QEventLoop, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On a slow computer one trial of the network takes longer than a job may take to answer."""
    monkeypatch.setattr(RestoreRequest, "cancel_timeout_s", 0.1)

    async def scene(host: EngineClient, get: Get) -> None:
        before = await who(host, get, "who-1")
        host.submit(EstimateRequest("naps", 4, 5, Task((Noise(),)), SolverSettings()))
        await get()
        host.cancel("naps")
        assert await get() == Cancelled("naps")
        assert await who(host, get, "who-2") == before

    play(loop, scene)


@POSIX
@pytest.mark.parametrize("name", ["SIGKILL", "SIGSEGV", "SIGABRT"])
def test_a_death_of_the_engine_fails_its_job_alone(
    loop: qasync.QEventLoop, name: str, tmp_path: Path
) -> None:
    log = tmp_path / "logs" / "engine.log"

    async def scene(host: EngineClient, get: Get) -> None:
        before = await who(host, get, "who-1")
        host.submit(request(f"dies-{name}"))
        assert isinstance(await get(), Progress)
        failed = await get()
        assert isinstance(failed, Failed) and failed.code == "engine_died"
        words = str(UserError(failed.code, **failed.params))
        assert ("memory runs out" if name == "SIGKILL" else name) in words and "safe" in words
        if name != "SIGKILL":
            assert "in _dies" in failed.details  # where it happened, from the log
        assert await who(host, get, "who-2") != before  # the next one has begun automatically
        assert not psutil.pid_exists(before)  # and the dead one is no zombie

    play(loop, scene, log=log)


def test_a_card_that_fails_is_left_to_a_new_process(loop: qasync.QEventLoop) -> None:
    async def scene(host: EngineClient, get: Get) -> None:
        before = await who(host, get, "who-1")
        host.submit(request("loses"))
        failed = await get()
        assert isinstance(failed, Failed) and "safe" in str(UserError(failed.code, **failed.params))
        assert await who(host, get, "who-2") != before
        assert not psutil.pid_exists(before)

    play(loop, scene)


def test_an_exception_becomes_failed_and_the_process_lives_on(loop: qasync.QEventLoop) -> None:
    async def scene(host: EngineClient, get: Get) -> None:
        before = await who(host, get, "who-1")
        host.submit(request("breaks"))
        failed = await get()
        assert isinstance(failed, Failed) and failed.code == "bug"
        assert "a wrong shape" in failed.details and "in _breaks" in failed.details
        assert await who(host, get, "who-2") == before

    play(loop, scene)


@pytest.mark.parametrize(
    "load",
    [
        engines.not_there,
        pytest.param(engines.dies_of_its_import, marks=POSIX),
        pytest.param(engines.dies_while_another_holds_its_pipe, marks=POSIX),
    ],
)
def test_an_engine_that_cannot_be_loaded_fails_every_job_in_words(
    loop: qasync.QEventLoop, load: LoadEngine, tmp_path: Path
) -> None:
    async def scene(host: EngineClient, get: Get) -> None:
        for job_id in ("a", "b"):
            host.submit(request(job_id))
            failed = await get()
            assert isinstance(failed, Failed) and failed.job_id == job_id
            assert {"bug": "no torch here", "engine_died": "SIGABRT"}[failed.code] in failed.params["detail"]

    play(loop, scene, load, tmp_path / "engine.log")


def test_a_job_is_cancelled_at_once_while_the_engine_is_still_being_imported(
    loop: qasync.QEventLoop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    held = tmp_path / "held"
    held.touch()
    monkeypatch.setenv(engines.HELD, str(held))

    async def scene(host: EngineClient, get: Get) -> None:
        host.submit(request("five-a"))
        host.cancel("five-a")
        assert await asyncio.wait_for(get(), 1) == Cancelled("five-a")
        host.submit(request("five-b"))
        held.unlink()
        first = await get()
        assert isinstance(first, Progress) and first.job_id == "five-b"  # and never another word of "a"

    play(loop, scene, engines.slow_import)


def test_closing_ends_a_job_that_does_not_listen_at_once(loop: qasync.QEventLoop) -> None:
    async def scene(host: EngineClient, get: Get) -> None:
        process = await who(host, get, "who-1")
        host.submit(request("deaf"))
        await get()
        asked = time.monotonic()
        assert host.close()
        assert time.monotonic() - asked < 1.0
        assert not psutil.pid_exists(process)

    play(loop, scene)


def test_a_large_photo_crosses_bit_for_bit_and_the_loop_goes_on(loop: qasync.QEventLoop) -> None:
    pixels = np.random.default_rng(0).integers(0, 2**16, (3000, 4000, 3), np.uint16)  # 72 MB
    late: list[float] = []

    async def watch() -> None:
        while True:
            asked = time.monotonic()
            await asyncio.sleep(0.01)
            late.append(time.monotonic() - asked - 0.01)

    async def scene(host: EngineClient, get: Get) -> None:
        await who(host, get, "who-1")
        watching = asyncio.ensure_future(watch())
        host.submit(request("five", pixels))
        while not isinstance(message := await get(), RestoreResult):
            pass
        watching.cancel()
        np.testing.assert_array_equal(message.photo.pixels, pixels)
        assert not message.photo.pixels.flags.writeable
        assert np.median(late) < 0.02

    play(loop, scene)


def test_a_result_of_another_size_is_a_failure(loop: qasync.QEventLoop) -> None:
    async def scene(host: EngineClient, get: Get) -> None:
        host.submit(request("shrinks"))
        failed = await get()
        assert isinstance(failed, Failed) and failed.code == "result_unfit"
        assert "5 × 3" in str(UserError(failed.code, **failed.params))

    play(loop, scene)


def test_of_previews_that_wait_for_a_busy_window_the_latest_is_kept(loop: qasync.QEventLoop) -> None:
    async def scene(host: EngineClient, get: Get) -> None:
        await who(host, get, "who-1")
        host.submit(request("chatters"))
        time.sleep(1.5)  # the window is busy: meanwhile all of them arrive
        got = [await get() for _ in range(51)]
        shown = [m.step for m in got if isinstance(m, Progress) and m.preview is not None]
        assert shown[-1] == 50 and len(shown) < 10
        assert [m.step for m in got if isinstance(m, Progress)] == list(range(1, 51))

    play(loop, scene)


@POSIX
def test_the_engine_ends_with_a_window_that_is_killed(tmp_path: Path) -> None:
    code = (
        "import asyncio\n"
        "from daps_desktop.engine.process.client import EngineClient\n"
        "from tests.fakes import engines\n"
        "from tests.engine.test_client import request\n"
        "async def main():\n"
        "    host = EngineClient(asyncio.get_running_loop(), engines.obliging)\n"
        "    host.start()\n"
        "    host.submit(request('who-1'))\n"
        "    host.submit(request('deaf'))\n"
        "    async for message in host.messages():\n"
        "        print(getattr(message, 'evaluations', 0), flush=True)\n"
        "asyncio.run(main())\n"
    )
    window = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
    assert window.stdout is not None
    engine = psutil.Process(int(window.stdout.readline()))
    for _ in range(2):
        window.stdout.readline()  # the end of the first job, the first word of the deaf one
    others = psutil.Process(window.pid).children()
    window.kill()
    window.wait(10)
    window.stdout.close()
    gone, alive = psutil.wait_procs([engine, *others], timeout=10)
    assert not alive and engine in gone


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


def run_afresh(code: str) -> None:
    """In a process that has imported nothing yet."""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr


def test_importing_the_window_loads_neither_torch_nor_plots() -> None:
    code = (
        "import sys, daps_desktop.app\n"
        "heavy = {'torch', 'diffusers', 'pyqtgraph', 'scipy', 'huggingface_hub'} & set(sys.modules)\n"
        "sys.exit(', '.join(sorted(heavy)) or None)"
    )
    run_afresh(code)


def test_no_thread_finds_a_type_of_qt_half_made() -> None:
    code = (
        "import daps_desktop.app\n"
        "from PySide6 import QtWidgets\n"
        "assert 'QCalendarWidget' in vars(QtWidgets), 'it is made by whoever touches it first'"
    )
    run_afresh(code)
