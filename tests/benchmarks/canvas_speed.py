"""From a mouse event to the picture: `python -m tests.benchmarks.canvas_speed [MEGAPIXELS ...]`.

Each figure is the time of an event with all painting that it causes, on a canvas as large as in a window of
1440 x 900, while a thread beside it computes without pause. QT_QPA_PLATFORM chooses a real screen.
"""

import os
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import numpy as np
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent, QWheelEvent
from PySide6.QtWidgets import QApplication

from daps_desktop.imaging.photo import Photo
from daps_desktop.ui.canvas.canvas import Canvas
from daps_desktop.ui.canvas.drawing.compare_state import CompareState
from daps_desktop.ui.canvas.drawing.pyramid import Pyramid, display_image
from daps_desktop.ui.canvas.toolbox import ToolBox
from daps_desktop.ui.common.background import BackgroundRunner
from daps_desktop.ui.models.document_model import DocumentModel

MEGAPIXELS = (24.0, 100.0)
CANVAS = (1000, 780)
EVENTS = 200
LEFT, MIDDLE, NO_BUTTON = Qt.MouseButton.LeftButton, Qt.MouseButton.MiddleButton, Qt.MouseButton.NoButton
NO_KEY = Qt.KeyboardModifier.NoModifier


class Bench:
    """A canvas with one photo, and a hand that moves the mouse and looks at the clock."""

    def __init__(self, app: QApplication, megapixels: float) -> None:
        self._app = app
        self._model = DocumentModel()
        self._background = BackgroundRunner()
        self.tools = ToolBox(self._model, self._background)
        self.canvas = Canvas(self.tools, CompareState())
        self.canvas.resize(*CANVAS)
        self._model.mask_changed.connect(self.canvas.mask_changed)
        photo = picture(megapixels)
        self._model.open(photo)
        assert self._model.document is not None
        self.canvas.show_photo(Pyramid.of(display_image(photo)), self._model.document.mask)
        self.canvas.show()
        app.processEvents()

    def close(self) -> None:
        self._background.close()
        self.canvas.close()

    def mouse(self, kind: QEvent.Type, at: QPointF, button: Qt.MouseButton = LEFT) -> float:
        """Milliseconds that the event took, with its painting."""
        held = NO_BUTTON if kind is QEvent.Type.MouseButtonRelease else button
        return self._timed(QMouseEvent(kind, at, self.canvas.mapToGlobal(at), button, held, NO_KEY))

    def wheel(self, at: QPointF, notches: int) -> float:
        turned = QPoint(0, 120 * notches)
        phase = Qt.ScrollPhase.NoScrollPhase
        place = self.canvas.mapToGlobal(at)
        return self._timed(QWheelEvent(at, place, QPoint(), turned, NO_BUTTON, NO_KEY, phase, False))

    def _timed(self, event: QMouseEvent | QWheelEvent) -> float:
        start = time.perf_counter()
        self._app.sendEvent(self.canvas, event)
        self._app.processEvents()
        return 1000 * (time.perf_counter() - start)

    def drag(self, button: Qt.MouseButton, count: int = EVENTS) -> list[float]:
        """Around in a circle that wanders, so that new parts of the photo are met all the time."""
        middle = QPointF(CANVAS[0] / 2, CANVAS[1] / 2)
        self.mouse(QEvent.Type.MouseButtonPress, middle, button)
        taken: list[float] = []
        for i in range(count):
            turn, reach = i / 9, 60 + i
            at = middle + QPointF(reach * np.cos(turn), reach * np.sin(turn))
            taken.append(self.mouse(QEvent.Type.MouseMove, at, button))
        self.mouse(QEvent.Type.MouseButtonRelease, middle, button)
        return taken


def picture(megapixels: float) -> Photo:
    """A photo of 3 : 2 with a texture that no cache helps with."""
    height = round((megapixels * 1e6 / 1.5) ** 0.5)
    tile = np.random.default_rng(0).integers(0, 256, (512, 512, 3), dtype=np.uint8)
    times = height // 512 + 1, round(1.5 * height) // 512 + 1, 1
    return Photo(np.tile(tile, times)[:height, : round(1.5 * height)].copy())


@contextmanager
def busy_thread() -> Iterator[None]:
    """Matrices multiplied as long as it lasts, as a restoration does: outside of the interpreter's lock."""
    stop = threading.Event()
    matrix = np.random.default_rng(0).random((256, 256))

    def work() -> None:
        while not stop.is_set():
            matrix @ matrix

    thread = threading.Thread(target=work, name="busy")
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


def measure(bench: Bench) -> Iterator[tuple[str, list[float]]]:
    """What is done, and the milliseconds of each event of it."""
    middle = QPointF(CANVAS[0] / 2, CANVAS[1] / 2)
    yield "zoom, whole photo to 3200 % and back", [bench.wheel(middle, n) for n in [1] * 30 + [-1] * 30]
    bench.canvas.fit()
    yield "brush, whole photo", bench.drag(LEFT)
    bench.wheel(middle, 5)
    yield "pan, 300 % of the whole", bench.drag(MIDDLE)
    bench.canvas.zoom_actual()
    yield "pan, 100 %", bench.drag(MIDDLE)
    for diameter in (24, 200):
        bench.tools.settings.set_diameter(diameter)
        yield f"brush of {diameter} px, 100 %", bench.drag(LEFT)
    bench.tools.choose("lasso")
    yield "lasso, 100 %", bench.drag(LEFT)


def main(sizes: list[float]) -> None:
    sys.setswitchinterval(0.001)  # as the program does
    app = QApplication.instance() or QApplication(sys.argv[:1])
    assert isinstance(app, QApplication)
    print(f"{'':8}{'':42}{'median':>9}{'p95':>9}{'max':>9}  ms")
    for megapixels in sizes:
        bench = Bench(app, megapixels)
        with busy_thread():
            for name, taken in measure(bench):
                median, late, worst = np.percentile(taken, (50, 95, 100))
                print(f"{megapixels:5g} MP {name:42}{median:9.1f}{late:9.1f}{worst:9.1f}", flush=True)
        bench.close()


if __name__ == "__main__":
    main([float(size) for size in sys.argv[1:]] or list(MEGAPIXELS))
