"""The Check panel: the verdict, the residual curves, the map, and what none of them proves."""

from functools import partial

from PySide6.QtCore import QSize
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QStackedLayout, QToolButton, QWidget

from daps_desktop.base.i18n import N_
from daps_desktop.document.version import Version, verdict_on
from daps_desktop.jobs.messages import Progress
from daps_desktop.jobs.requests import RestoreRequest
from daps_desktop.jobs.verdict import expected_band
from daps_desktop.ui.check.curve import Curve
from daps_desktop.ui.check.map_view import MapPanel
from daps_desktop.ui.common import labels, verdict_text
from daps_desktop.ui.common.actions import Actions, action_button
from daps_desktop.ui.common.focus_frame import FocusFrame
from daps_desktop.ui.common.live_text import Words, say
from daps_desktop.ui.common.theme import SPACING, Colours
from daps_desktop.ui.common.widgets import hbox, label, vbox

RUNNING = N_("The verdict comes with the result.")
NO_RESULT = N_("Nothing has been restored yet.")
NO_RUN = N_("Combined from other versions: see the verdicts on those.")

_HEIGHT = 240  # pixels: less would cut the names of the axes


class CheckPanel(QWidget):
    """`head` is its title, to stand above it.

    Remembers the curve of the last job until the plot is first shown; pyqtgraph is loaded only then.
    """

    help_chapter = "check"

    def __init__(self, colours: Colours, actions: Actions) -> None:
        super().__init__()
        self._colours = colours
        self._curve = Curve()  # what is seen
        self._live = Curve()  # of the last run
        self._shown: Version | None = None
        self._looking_back = False  # at a version that was picked during the run
        self.plot = None  # a ResidualPlot once this was seen
        self.verdict = label(NO_RESULT, "heading")
        self.map = MapPanel(actions)
        self._place = QWidget()
        self._stack = QStackedLayout(self._place)
        empty = label(labels.PLOT_EMPTY, "caption")
        empty.setContentsMargins(2 * SPACING, SPACING, 2 * SPACING, SPACING)
        self._stack.addWidget(empty)
        self.note = label(labels.PLOT_NOTE, "caption")
        self.head = _head(self.verdict, actions)
        left = vbox(self._place, self.note, spacing=SPACING // 2)
        left.setStretch(0, 1)
        body = hbox(self.map, spacing=2 * SPACING)
        body.insertLayout(0, left, 1)
        body.setStretch(1, 1)
        body.setContentsMargins(2 * SPACING, 0, 2 * SPACING, SPACING)
        self.setLayout(body)
        self.setMinimumHeight(_HEIGHT)

    @property
    def curve(self) -> Curve:
        return self._curve

    def start(self, request: RestoreRequest) -> None:
        say(self.verdict, text=RUNNING)
        self._looking_back = False
        self._live = Curve.started(request)
        self._show(self._live)

    def add(self, progress: Progress) -> None:
        self._live = self._live.with_point(progress)
        if not self._looking_back:
            self._show(self._live)

    def show_version(self, version: Version | None) -> None:
        self._shown = version
        self._looking_back = True
        self.revert()

    def revert(self) -> None:
        """Show what is known of the version that is still there, if any: a stopped job leaves nothing."""
        version = self._shown
        say(self.verdict, text=_verdict(version))
        report = version.report if version else None
        self._show(Curve.of(version.recipe.task, report) if version and report else Curve())

    def set_colours(self, colours: Colours) -> None:
        self._colours = colours
        if self.plot is not None:
            self.plot.set_colours(colours)

    def showEvent(self, event: QShowEvent) -> None:
        if self.plot is None:
            # Loading pyqtgraph takes a third of a second, which the first window need not wait for.
            from daps_desktop.ui.check.residual_plot import ResidualPlot

            self.plot = ResidualPlot(self._colours)
            self._stack.addWidget(self.plot)
            QWidget.setTabOrder(self.head.findChildren(QToolButton)[-1], self.plot)
            FocusFrame(self.plot)
            self._show(self._curve)
        super().showEvent(event)

    def _show(self, curve: Curve) -> None:
        self._curve = curve
        say(self.note, text=labels.PLOT_NOTE_REPAIR if curve.task.only_fills_mask else labels.PLOT_NOTE)
        if self.plot is not None:
            self.plot.show_lines(curve.lines, curve.steps, expected_band(curve.task))
            self._stack.setCurrentIndex(1 if any(curve.lines) else 0)


class _Head(QWidget):
    def minimumSizeHint(self) -> QSize:
        """As narrow as the window: the dock would make that wider, and push the task panel out of it."""
        return QSize(1, super().minimumSizeHint().height())


def _head(verdict: QWidget, actions: Actions) -> QWidget:
    """The title of the panel: the verdict, and what can be done with the plot."""
    head = _Head()
    layout = hbox(verdict, *(action_button(actions, name) for name in ("export_plot", "export_steps")))
    layout.setContentsMargins(2 * SPACING, SPACING // 2, 2 * SPACING, SPACING // 2)
    layout.setStretch(0, 1)
    head.setLayout(layout)
    return head


def _verdict(version: Version | None) -> Words:
    if version is None:
        return NO_RESULT
    verdict = verdict_on(version)
    return NO_RUN if verdict is None else partial(verdict_text.format_verdict, verdict)
