"""The only place that knows every room of the window: builds the objects, connects them, runs the loop."""

import asyncio
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType

import qasync  # after PySide6, whose binding it takes
from PySide6.QtCore import QTimer
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QApplication

from daps_desktop.core.logs import ENGINE_LOG, log_folder
from daps_desktop.core.resources import resource
from daps_desktop.ui import text
from daps_desktop.ui.document_model import DocumentModel
from daps_desktop.ui.job_model import JobModel
from daps_desktop.ui.main_window import MainWindow
from daps_desktop.ui.theme import Theme
from daps_desktop.worker.child import LoadEngine, import_engine
from daps_desktop.worker.host import Host


def run_window(path: Path | None, load_engine: LoadEngine = import_engine) -> int:
    """Show the window, with the photo at `path` if there is one, until it is closed; the exit code."""
    app = _application()
    loop = qasync.QEventLoop(app)
    asyncio.set_event_loop(loop)
    host = Host(loop, load_engine, log_folder() / ENGINE_LOG)
    job = JobModel(host)
    window = MainWindow(DocumentModel(), job, Theme(app))
    window.show()
    QTimer.singleShot(0, host.start)  # the engine's process begins once the window is on the screen
    if path is not None:
        QTimer.singleShot(0, lambda: window.open(path))
    with loop, _bugs_told_by(window):
        loop.run_until_complete(_until_closed(app, host, job))
        host.close()
    return 0


@contextmanager
def _bugs_told_by(window: MainWindow) -> Iterator[None]:
    """An exception that nobody caught is shown in the window, besides being printed as ever."""
    printed = sys.excepthook

    def tell(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        printed(kind, error, trace)
        window.show_bug(error)

    sys.excepthook = tell
    try:
        yield
    finally:
        sys.excepthook = printed


async def _until_closed(app: QApplication, host: Host, job: JobModel) -> None:
    closed = asyncio.Event()
    app.lastWindowClosed.connect(closed.set)
    pump = asyncio.create_task(carry(host, job))
    await closed.wait()
    pump.cancel()


async def carry(host: Host, job: JobModel) -> None:
    """Hand every message of the worker to the job, on the window's thread."""
    async for message in host.messages():
        job.handle(message)


def _application() -> QApplication:
    app = QApplication.instance() or QApplication(sys.argv[:1])
    assert isinstance(app, QApplication)
    app.setApplicationName("daps-desktop")
    app.setApplicationDisplayName(text.APP)
    app.setDesktopFileName("daps-desktop")
    app.setWindowIcon(QIcon(str(resource("icons/app.svg"))))
    app.setQuitOnLastWindowClosed(False)  # the loop ends by itself, after the worker
    return app
