"""The Check panel: the residual curve while a job runs, and what it does not prove."""

from dataclasses import dataclass, replace

from PySide6.QtCore import QSize
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QStackedLayout, QWidget

from daps_desktop.core.messages import JobRequest, Progress
from daps_desktop.core.task import Task
from daps_desktop.core.verdict import expected_band
from daps_desktop.core.versions import Version
from daps_desktop.ui import text
from daps_desktop.ui.panels.parts import column, label
from daps_desktop.ui.theme import GRID, Colours


@dataclass(frozen=True, slots=True)
class Curve:
    """Residuals in noise levels, one a step, of a job of so many `steps` that does `task`."""

    task: Task
    values: tuple[float, ...] = ()
    steps: int = 0


_NONE = Curve(Task(()))


class CheckPanel(QWidget):
    """Remembers the curve of the last job until the plot is first shown; pyqtgraph is loaded only then."""

    def __init__(self, colours: Colours) -> None:
        super().__init__()
        self._colours = colours
        self._curve = _NONE
        self._finished = _NONE  # the curve of the result that is seen
        self._last_step: tuple[int, int] = (-1, -1)
        self.plot = None  # a ResidualPlot once this was seen
        self._place = QWidget()
        self._stack = QStackedLayout(self._place)
        empty = label(text.PLOT_EMPTY, "caption")
        empty.setContentsMargins(2 * GRID, GRID, 2 * GRID, GRID)
        self._stack.addWidget(empty)
        self.note = label(text.PLOT_NOTE, "caption")
        self.note.setContentsMargins(GRID, 0, GRID, 0)
        layout = column(self._place, self.note, spacing=GRID, margin=GRID)
        layout.setStretch(0, 1)
        self.setLayout(layout)

    def sizeHint(self) -> QSize:
        return QSize(640, 240)

    def start(self, request: JobRequest) -> None:
        self._last_step = (-1, -1)
        self._show(Curve(request.task))

    def add(self, progress: Progress) -> None:
        """One more step; a second message of the same step takes the place of the first."""
        if progress.step == 0:
            return  # nothing is finished yet
        step = (progress.sample, progress.step)
        values = self._curve.values[:-1] if step == self._last_step else self._curve.values
        self._last_step = step
        values = (*values, progress.residual_over_noise)
        self._show(replace(self._curve, values=values, steps=progress.steps))

    def show_version(self, version: Version | None) -> None:
        steps = version.report.steps if version and version.report else []
        values = tuple(step.residual_over_noise for step in steps)
        self._finished = Curve(version.recipe.task, values, len(values)) if version else _NONE
        self._show(self._finished)

    def take_back(self) -> None:
        """Show the curve of the result that is still there, if any: a stopped job has none."""
        self._show(self._finished)

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
            self._show(self._curve)
        super().showEvent(event)

    def _show(self, curve: Curve) -> None:
        self._curve = curve
        self.note.setText(text.PLOT_NOTE_REPAIR if curve.task.repair_only else text.PLOT_NOTE)
        if self.plot is not None:
            self.plot.show_values(list(curve.values), curve.steps, expected_band(curve.task))
            self._stack.setCurrentIndex(1 if curve.values else 0)
