"""The window's side of the engine's process: the two pipes to it, and its death."""

import contextlib
import multiprocessing
import signal
from multiprocessing.connection import wait
from pathlib import Path

from daps_desktop.base.i18n import N_, Phrase, phrase
from daps_desktop.engine.process.child import LoadEngine, Ready, serve
from daps_desktop.engine.process.wire import receive, send
from daps_desktop.jobs.messages import Message
from daps_desktop.jobs.requests import Request

_GRACE_S = 2.0  # between the end of its pipe and its own


class EngineProcess:
    """A child process with an engine in it, started at once. `cancel` and `kill` may come from any thread."""

    def __init__(self, load_engine: LoadEngine, log: Path | None) -> None:
        context = multiprocessing.get_context("spawn")
        self._jobs, jobs = context.Pipe()
        cancels, self._cancels = context.Pipe(duplex=False)
        self._ready = False
        self._process = context.Process(
            target=serve, args=(jobs, cancels, load_engine, log), name="engine", daemon=True
        )
        self._process.start()
        # The only other ends are the child's now: when it dies, reading here ends.
        jobs.close()
        cancels.close()

    @property
    def is_alive(self) -> bool:
        return self._process.is_alive()

    def wait_ready(self) -> None:
        """Until the engine is imported. Raises: EOFError or OSError where it died of it."""
        if not self._ready:
            # On Windows its end of the pipe is held here until it takes it: its death may not close that.
            if self._jobs not in wait([self._jobs, self._process.sentinel]):
                raise EOFError
            self._ready = isinstance(receive(self._jobs), Ready)

    def send(self, request: Request) -> None:
        send(self._jobs, request)

    def receive(self) -> Message:
        """The next message. Raises: EOFError or OSError where the process has ended."""
        return receive(self._jobs)

    def cancel(self, job_id: str) -> None:
        """Never waits: the child reads it while it computes."""
        with contextlib.suppress(OSError):  # it may have ended
            self._cancels.send(job_id)

    def kill(self) -> None:
        self._process.kill()

    def reap(self, dying: bool = False) -> Phrase | str:
        """End it, unless it is `dying` of itself, and leave nothing of it; how it ended, as text."""
        if dying:
            self._process.join(_GRACE_S)
        self._process.kill()
        self._process.join()
        self._jobs.close()
        self._cancels.close()
        code = self._process.exitcode
        self._process.close()
        return _ending(code)


def _ending(code: int | None) -> Phrase | str:
    name = signal.Signals(-code).name if code is not None and code < 0 else ""
    if name == "SIGKILL":
        return phrase(N_("it was killed, as happens when memory runs out"))
    if name:
        return name
    return phrase(N_("exit code {code}"), code=code)
