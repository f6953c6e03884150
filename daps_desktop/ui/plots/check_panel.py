"""The Check panel: the residual curve while a job runs, and what it does not prove."""

from PySide6.QtCore import QSize
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QStackedLayout, QWidget

from daps_desktop.core.messages import Finished, JobRequest, Progress
from daps_desktop.core.task import Task
from daps_desktop.core.verdict import expected_band
from daps_desktop.ui import text
from daps_desktop.ui.panels.parts import column, label
from daps_desktop.ui.theme import GRID, Colours


class CheckPanel(QWidget):
    """Remembers the curve of the last job until the plot is first shown; pyqtgraph is loaded only then."""

    def __init__(self, colours: Colours) -> None:
        super().__init__()
        self._colours = colours
        self._values: list[float] = []
        self._last_step: tuple[int, int] = (-1, -1)
        self._steps = 0  # of the whole job
        self._band = expected_band(Task(()))
        self.plot = None  # a ResidualPlot once this was seen
        self._place = QWidget()
        self._stack = QStackedLayout(self._place)
        empty = label(text.PLOT_EMPTY, "caption")
        empty.setContentsMargins(2 * GRID, GRID, 2 * GRID, GRID)
        self._stack.addWidget(empty)
        note = label(text.PLOT_NOTE, "caption")
        layout = column(self._place, note, spacing=GRID, margin=GRID)
        layout.setStretch(0, 1)
        self.setLayout(layout)

    def sizeHint(self) -> QSize:
        return QSize(640, 300)

    def start(self, request: JobRequest) -> None:
        self._band = expected_band(request.task)
        self._last_step = (-1, -1)
        self._show([])

    def add(self, progress: Progress) -> None:
        """One more step; a second message of the same step takes the place of the first."""
        if progress.step == 0:
            return  # nothing is finished yet
        step = (progress.sample, progress.step)
        values = self._values[:-1] if step == self._last_step else self._values
        self._last_step = step
        self._steps = progress.steps
        self._show([*values, progress.residual_over_noise])

    def finish(self, finished: Finished) -> None:
        self._show([step.residual_over_noise for step in finished.report.steps])

    def set_colours(self, colours: Colours) -> None:
        self._colours = colours
        if self.plot is not None:
            self.plot.set_colours(colours)

    def showEvent(self, event: QShowEvent) -> None:
        if self.plot is None:
            # Loading pyqtgraph takes a third of a second, which the first window need not wait for.
            from daps_desktop.ui.plots.residual_plot import ResidualPlot

            self.plot = ResidualPlot(self._colours)
            self._stack.addWidget(self.plot)
            self._show(self._values)
        super().showEvent(event)

    def _show(self, values: list[float]) -> None:
        self._values = values
        if self.plot is not None:
            self.plot.show_values(values, self._steps, self._band)
            self._stack.setCurrentIndex(1 if values else 0)
