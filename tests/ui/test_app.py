"""The window with the real host, process and event loop, and a toy engine in place of the solver."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import psutil
import pytest
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication

from daps_desktop.app import run_window
from daps_desktop.base.logs import WINDOW_LOG
from daps_desktop.base.paths import DATA_VARIABLE
from daps_desktop.document.journal import journal_folder, recover, unsaved_work
from daps_desktop.imaging.formats.reader import read_photo
from daps_desktop.ui.shell.application import splash
from daps_desktop.ui.shell.main_window import MainWindow
from tests.fakes.engines import grey_fill
from tests.ui.window_process import MARKED

Start = Callable[[str], subprocess.Popen[str]]
TICK_MS = 20
START_S = 60  # on a busy machine
POSIX = pytest.mark.skipif(os.name == "nt", reason="signals")


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv(DATA_VARIABLE, str(tmp_path / "data"))
    return tmp_path / "data"


@pytest.fixture
def start(photo_path: Path, data: Path) -> Iterator[Start]:
    """Starts a window in a process of its own; whatever becomes of the test, nothing of it stays."""
    started: list[subprocess.Popen[str]] = []

    def begin(then: str) -> subprocess.Popen[str]:
        # A group of its own, as a shell gives it: Ctrl+C reaches window and engine alike.
        words = (sys.executable, "-m", "tests.ui.window_process", str(photo_path), then)
        pipe = subprocess.PIPE
        started.append(subprocess.Popen(words, stdout=pipe, stderr=pipe, text=True, start_new_session=True))
        return started[-1]

    yield begin
    for process in started:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
        process.communicate()


def assert_marks_kept(data: Path) -> None:
    (left,) = unsaved_work(journal_folder(data))
    mask = recover(left.folder).project.mask
    assert mask[:MARKED].all() and not mask[MARKED:].any()


def test_a_photo_goes_through_the_whole_window(qapp: QApplication, photo_path: Path, data: Path) -> None:
    target = photo_path.with_name("done.png")
    seen: list[str] = []

    def act() -> None:
        """One move each tick, as far as the window has come."""
        windows = [w for w in qapp.topLevelWidgets() if isinstance(w, MainWindow) and w.isVisible()]
        window = windows[0] if windows else None
        if window is None or window.model.document is None:
            return
        if not seen:
            window.model.set_mask(np.indices((300, 400))[0] < 30, "top")
            window.restore()
            seen.append("started")
        elif window.model.shown is not None and "saving" not in seen:
            seen.append("saving")
            window.exporting.exported.connect(lambda _: window.close())
            window.exporting.ask()
            assert window.exporting.dialog is not None
            window.exporting.dialog.name.setText(str(target))
            window.exporting.dialog.button.click()

    timer = QTimer()
    timer.timeout.connect(act)
    timer.start(TICK_MS)
    image = splash()
    assert image.isVisible() and not image.grab().toImage().allGray()
    assert run_window(photo_path, grey_fill, image) == 0
    assert not image.isVisible()
    timer.stop()
    pixels = read_photo(target).pixels
    assert (pixels[:30] == 128).all()
    np.testing.assert_array_equal(pixels[30:], read_photo(photo_path).pixels[30:])


@POSIX
@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM", "SIGKILL"])  # Windows lacks the last
def test_a_window_that_is_ended_leaves_no_process_and_loses_no_marks(
    start: Start, data: Path, name: str
) -> None:
    number = signal.Signals[name]
    window = start("run")
    assert window.stdout is not None
    engine = psutil.Process(int(window.stdout.readline()))
    assert window.stdout.readline() == "ready\n"
    time.sleep(0.6)  # the promise of the journal
    family = [engine, *psutil.Process(window.pid).children(recursive=True)]
    asked = time.monotonic()
    if number is signal.SIGINT:
        os.killpg(window.pid, number)
    else:
        window.send_signal(number)
    _out, err = window.communicate(timeout=START_S)
    assert time.monotonic() - asked < 5
    assert window.returncode == (-number if number is signal.SIGKILL else 128 + number), err
    assert "Traceback" not in err
    assert not psutil.wait_procs(family, timeout=5)[1]
    assert_marks_kept(data)


@POSIX
def test_a_bug_brings_the_marks_to_safety_and_is_logged(start: Start, data: Path) -> None:
    window = start("bug")
    assert window.stdout is not None
    assert window.stdout.readline() == "ready\n"
    window.kill()
    window.wait()
    assert_marks_kept(data)
    assert "a wrong shape" in (data / "logs" / WINDOW_LOG).read_text()
