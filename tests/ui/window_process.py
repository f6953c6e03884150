"""A window in a process of its own, with marks made and a job under way that does not listen."""

import sys
from pathlib import Path

import numpy as np
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication

from daps_desktop.app import run_window
from daps_desktop.jobs.messages import Progress
from daps_desktop.ui.shell.main_window import MainWindow
from tests.fakes.engines import obliging

MARKED = 30  # rows at the top


def main(photo: Path, then: str) -> int:
    """Says the process of the engine and "ready"; with `then` "bug" a slot raises before that."""
    app = QApplication(sys.argv[:1])
    timer = QTimer()
    timer.timeout.connect(lambda: _act(timer, then))
    timer.start(20)
    app.setApplicationName("test")
    return run_window(photo, obliging)


def _act(timer: QTimer, then: str) -> None:
    windows = [w for w in QApplication.topLevelWidgets() if isinstance(w, MainWindow) and w.isVisible()]
    if not windows or windows[0].model.document is None:
        return
    timer.stop()
    window = windows[0]
    document = window.model.document
    assert document is not None
    window.model.set_mask(np.indices(document.mask.shape)[0] < MARKED, "top")
    if then == "bug":
        QTimer.singleShot(0, lambda: print("ready", flush=True))
        raise ValueError("a wrong shape")
    window.job.progressed.connect(_say_ready)
    window.job.enqueue(document.request("who-1", 0))
    window.job.enqueue(document.request("deaf", 0))


def _say_ready(progress: Progress) -> None:
    print(progress.evaluations if progress.job_id == "who-1" else "ready", flush=True)


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), sys.argv[2]))
