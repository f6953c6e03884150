"""The only place that knows every room of the window: builds the objects, connects them, runs the loop."""

import asyncio
import contextlib
import signal
import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType

import qasync  # after PySide6, whose binding it takes
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QWidget

from daps_desktop.base.logs import ENGINE_LOG, WINDOW_LOG, append, log_folder
from daps_desktop.document.spool import raise_open_file_limit
from daps_desktop.engine.process.child import LoadEngine, import_engine
from daps_desktop.engine.process.client import EngineClient
from daps_desktop.ui.common.theme import Theme
from daps_desktop.ui.models.document_model import DocumentModel
from daps_desktop.ui.models.job_model import JobModel
from daps_desktop.ui.models.message_router import MessageRouter
from daps_desktop.ui.shell.application import GarbageCollector, OpenedBySystem, application
from daps_desktop.ui.shell.main_window import MainWindow
from daps_desktop.ui.shell.readiness import print_readiness


def run_window(
    path: Path | None, load_engine: LoadEngine = import_engine, image: QWidget | None = None
) -> int:
    """Show the window, with the photo at `path` if there is one, until it is closed; the exit code.

    `image` stands on the screen until the window does.
    """
    raise_open_file_limit()
    app = application()
    GarbageCollector(app)
    loop = qasync.QEventLoop(app)
    asyncio.set_event_loop(loop)
    host = EngineClient(loop, load_engine, log_folder() / ENGINE_LOG)
    router = MessageRouter(host)
    job = JobModel(router)
    window = MainWindow(DocumentModel(), job, Theme(app))
    if sys.platform == "darwin":  # elsewhere a file comes as an argument, and a filter sees every event
        OpenedBySystem(app, window.open)
    print_readiness(window, window.forecast)
    window.show()
    if image is not None:
        image.close()
    window.forecast.start()
    QTimer.singleShot(0, window, host.start)  # the engine's process begins once the window is on the screen
    if path is not None:
        QTimer.singleShot(0, window, lambda: window.begin_with(path))
    with loop, _report_bugs_to(window):
        try:
            return loop.run_until_complete(_until_closed(app, host, router, window))
        finally:
            host.close()


@contextmanager
def _report_bugs_to(window: MainWindow) -> Iterator[None]:
    """An uncaught exception: the marks are brought to safety first, then it is printed and shown."""
    printed = sys.excepthook

    def tell(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        with contextlib.suppress(Exception):  # the disk may be full; what happened is still to be told
            window.rescue()
        append(log_folder() / WINDOW_LOG, "".join(traceback.format_exception(kind, error, trace)))
        printed(kind, error, trace)
        window.show_bug(error)

    sys.excepthook = tell
    try:
        yield
    finally:
        sys.excepthook = printed


async def _until_closed(
    app: QApplication, host: EngineClient, router: MessageRouter, window: MainWindow
) -> int:
    """0 when the window is closed; where Ctrl+C or the system ends the program, unsaved work stays kept."""
    loop = asyncio.get_running_loop()
    code: asyncio.Future[int] = loop.create_future()

    def end(with_code: int) -> None:
        if not code.done():
            code.set_result(with_code)

    def told(number: int) -> None:
        with contextlib.suppress(Exception):
            window.rescue()
        end(128 + number)

    app.lastWindowClosed.connect(lambda: end(0))
    for number in (signal.SIGINT, signal.SIGTERM):
        with contextlib.suppress(NotImplementedError, RuntimeError, ValueError):  # Windows; a thread
            loop.add_signal_handler(number, told, number)
    pump = asyncio.create_task(carry(host, router))
    ended = await code
    pump.cancel()
    return ended


async def carry(host: EngineClient, router: MessageRouter) -> None:
    """Hand every message of the worker to whom it is for, on the window's thread."""
    async for message in host.messages():
        router.handle(message)
