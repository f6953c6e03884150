"""What every test of the project lives under."""

import gc
import os
import sys
import tempfile
import threading
import time
from collections.abc import Iterator

import hypothesis
import pytest

# A machine that is busy with other work is no fault of the code.
hypothesis.settings.register_profile("suite", deadline=None)
hypothesis.settings.load_profile("suite")
# Before any Qt is loaded; a real screen can still be asked for from outside.
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ.setdefault("PYSIDE6_OPTION_LAZY", "0")  # see the package
if sys.platform == "win32":  # else that screen looks for letters beside Qt, where there are none
    os.environ.setdefault("QT_QPA_FONTDIR", os.path.expandvars(r"%WINDIR%\Fonts"))
# Tests, and the processes they start, read English, whatever this computer speaks.
os.environ["LANGUAGE"] = "en"
# What computes is chosen by measurement otherwise, and tests give the same everywhere.
os.environ.setdefault("DAPS_DESKTOP_RUNTIME", "torch")
# What a test notes for the next start is not for the person who runs it.
os.environ.setdefault("DAPS_DESKTOP_DATA", tempfile.mkdtemp(prefix="daps-desktop-tests-"))
# Before torch is loaded: on tensors as small as these a second thread costs more than it brings.
os.environ.setdefault("OMP_NUM_THREADS", "1")

# As in the app: windows that a test has left behind are never taken down by another thread.
gc.disable()

_GRACE_S = 2.0
_MANY = 50_000  # objects that may wait between two tests; the whole heap with its libraries takes 0.3 s


@pytest.fixture(autouse=True)
def garbage_collected_here() -> Iterator[None]:
    yield
    if gc.get_count()[0] > _MANY:
        gc.collect()


@pytest.fixture(autouse=True)
def no_thread_left_running() -> Iterator[None]:
    """A test that leaves a thread of ours running fails: it would speak into the next test."""
    before = set(threading.enumerate())
    yield
    until = time.monotonic() + _GRACE_S
    while (left := _ours(before)) and time.monotonic() < until:
        time.sleep(0.01)
    assert not left, f"still running: {[thread.name for thread in left]}"


def _ours(before: set[threading.Thread]) -> list[threading.Thread]:
    """The threads the project names itself; libraries keep pools for the life of the process."""
    started = set(threading.enumerate()) - before
    return [thread for thread in started if thread.name.startswith(("engine", "files"))]
