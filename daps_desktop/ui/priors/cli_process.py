"""This program once more, as a command in a process of its own: what it says, and how it ended."""

import sys
from collections.abc import Sequence

from PySide6.QtCore import QObject, QProcess, QProcessEnvironment, Signal

from daps_desktop.base.i18n import tr

_PATIENCE_MS = 2000  # for a process to end when asked; then it is killed


class CliProcess(QObject):
    """One command at a time. `ended` carries what was said on stderr, empty where all went well."""

    printed = Signal(str)
    ended = Signal(str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._stopped = False
        self._process = QProcess(self)
        self._process.readyReadStandardOutput.connect(self._read)
        self._process.finished.connect(self._finish)
        self._process.errorOccurred.connect(self._fail)

    @property
    def running(self) -> bool:
        return self._process.state() is not QProcess.ProcessState.NotRunning

    def start(self, *arguments: str) -> None:
        """Begin; one that is running still is left alone and the new one not begun."""
        if self.running:
            return
        self._stopped = False
        environment = QProcessEnvironment.systemEnvironment()
        environment.insert("PYTHONIOENCODING", "utf-8")
        self._process.setProcessEnvironment(environment)
        program, *before = command()
        self._process.start(program, [*before, *arguments])

    def stop(self) -> None:
        """End it now; `ended` follows with nothing to complain of."""
        self._stopped = True
        self._process.kill()
        self._process.waitForFinished(_PATIENCE_MS)

    def _read(self) -> None:
        while self._process.canReadLine():
            self.printed.emit(bytes(self._process.readLine().data()).decode("utf-8", "replace").strip())

    def _finish(self, code: int, _status: QProcess.ExitStatus) -> None:
        self._read()
        errors = bytes(self._process.readAllStandardError().data()).decode("utf-8", "replace").strip()
        failed = code != 0 and not self._stopped
        said = errors.splitlines() or [tr("exit code {code}").format(code=code)]
        self.ended.emit(said[-1] if failed else "")

    def _fail(self, error: QProcess.ProcessError) -> None:
        if error is QProcess.ProcessError.FailedToStart:
            self.ended.emit(self._process.errorString())


def command() -> Sequence[str]:
    """How this program is started: frozen it is its own executable, else a module of Python."""
    if getattr(sys, "frozen", False):
        return (sys.executable,)
    return (sys.executable, "-m", "daps_desktop")
