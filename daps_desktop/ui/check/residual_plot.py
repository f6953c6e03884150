"""The residual of each step against the band where a true explanation lies. Imported when first shown."""

import math
from bisect import bisect
from collections.abc import Sequence
from typing import Any

import pyqtgraph as pg
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QColor, QImage, QKeyEvent, QPainter
from PySide6.QtWidgets import QWidget

from daps_desktop.base.i18n import N_, format_number, tr
from daps_desktop.ui.check.curve import Line, Point
from daps_desktop.ui.common import labels
from daps_desktop.ui.common.live_text import keep_said, say
from daps_desktop.ui.common.theme import Colours, blend_colours

# Written as 0.5, 1, 20 where pyqtgraph would write powers of ten.
_TICKS = tuple((n, k) for k in range(-3, 5) for n in (1, 2, 5))  # n * 10**k
_LOWEST = 1e-6  # stands for zero on the logarithmic axis
_NOISE = N_("Annealing noise")
_EXPORT_SCALE = 2  # so that it can be printed


class ResidualPlot(pg.PlotWidget):
    """One line a sample on a logarithmic axis; the noise level of the annealing, dashed, on a second one."""

    def __init__(self, colours: Colours, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setMinimumHeight(120)
        say(self, accessibleName=labels.PLOT_Y)
        self._lines: tuple[Line, ...] = ()
        self._colours = colours
        self._item: Any = self.plotItem  # pyqtgraph adds methods at run time, which no type checker sees
        self._band = pg.LinearRegionItem([-0.1, 0.1], orientation="horizontal", movable=False)
        self._band_label = pg.InfLineLabel(self._band.lines[1], "", position=0.01, anchors=[(0, 0), (0, 0)])
        self._item.addItem(self._band)
        self._curves: list[Any] = []
        self._last = self._item.plot([], [], symbol="o", symbolSize=8, pen=None)
        self._cursor = pg.InfiniteLine(angle=90)
        self._readout = pg.TextItem(anchor=(0, 0))
        for part in (self._cursor, self._readout):
            part.setVisible(False)
            part.setZValue(1)  # above the lines
            self._item.addItem(part, ignoreBounds=True)
        self._noise_view = pg.ViewBox(enableMouse=False)
        self._noise = pg.PlotCurveItem()
        self._arrange()
        self.set_colours(colours)

    def _arrange(self) -> None:
        item: Any = self._item
        item.showAxis("right")
        for axis in ("left", "right"):
            item.getAxis(axis).enableAutoSIPrefix(False)
        keep_said(self, self._say_axes)
        item.setMenuEnabled(False)
        item.hideButtons()
        item.setMouseEnabled(x=False, y=False)
        scene: Any = item.scene()
        scene.addItem(self._noise_view)
        item.getAxis("right").linkToView(self._noise_view)
        self._noise_view.setXLink(item)
        self._noise_view.addItem(self._noise)
        item.vb.sigResized.connect(self._follow_size)
        scene.sigMouseMoved.connect(self._hover)

    def _say_axes(self) -> None:
        item: Any = self._item
        for axis, words in (("bottom", labels.PLOT_X), ("left", labels.PLOT_Y), ("right", _NOISE)):
            item.setLabel(axis, tr(words))
        ticks = [(math.log10(n * 10**k), format_number(n * 10**k, max(-k, 0))) for n, k in _TICKS]
        for axis in ("left", "right"):
            item.getAxis(axis).setTicks([ticks, []])
        self._band_label.setFormat(tr(labels.PLOT_BAND))
        self._readout.setVisible(False)  # until a point is looked at again
        self._cursor.setVisible(False)

    @property
    def values(self) -> list[float]:
        """Residuals of the last sample in noise levels, one a step."""
        return [point.residual_over_noise for point in self._lines[-1]] if self._lines else []

    @property
    def readout(self) -> str:
        """The description of the step under the mouse; empty where there is none."""
        return self._readout.toPlainText() if self._readout.isVisible() else ""

    def show_lines(self, lines: Sequence[Line], steps: int, band: tuple[float, float]) -> None:
        """Draw the samples, of which each takes so many steps; what is not a positive number is skipped."""
        self._lines = tuple(tuple(point for point in line if _drawable(point)) for line in lines)
        for curve in self._curves:
            self._item.removeItem(curve)
        self._curves = [self._item.plot(*_coordinates(line)) for line in self._lines]
        last = self._lines[-1] if self._lines else ()
        self._last.setData(*_coordinates(last[-1:]))
        self._noise.setData([point.step for point in last], [math.log10(max(p.sigma, _LOWEST)) for p in last])
        self._band.setRegion([math.log10(max(edge, _LOWEST)) for edge in band])
        self._show_range(steps)
        self._pen_lines()
        self._hide_readout()

    def set_colours(self, colours: Colours) -> None:
        self._colours = colours
        self.setBackground(colours.window)
        for name in ("left", "bottom", "right"):
            axis = self._item.getAxis(name)
            axis.setPen(colours.line)
            axis.setTextPen(colours.faint)
        self._last.setSymbolBrush(colours.accent)
        self._last.setSymbolPen(colours.window)
        self._noise.setPen(pg.mkPen(colours.faint, width=1.5, style=Qt.PenStyle.DashLine))
        self._cursor.setPen(pg.mkPen(colours.line, width=1))
        self._readout.setColor(colours.text)
        self._readout.fill = pg.mkBrush(colours.base)
        self._readout.border = pg.mkPen(colours.line)
        good = QColor(colours.good)
        self._band_label.setColor(good)
        good.setAlphaF(0.18)
        self._band.setBrush(good)
        for line in self._band.lines:
            line.setPen(pg.mkPen(colours.good, width=1, style=Qt.PenStyle.DotLine))
        self._pen_lines()

    def to_image(self) -> QImage:
        """The plot as it is seen, finer than on the screen."""
        image = QImage(self.size() * _EXPORT_SCALE, QImage.Format.Format_RGB32)
        image.setDevicePixelRatio(_EXPORT_SCALE)
        painter = QPainter(image)
        self.render(painter)
        painter.end()
        return image

    def _pen_lines(self) -> None:
        """The last sample stands out."""
        faint = blend_colours(self._colours.accent, self._colours.window, 0.45)
        for curve in self._curves:
            newest = curve is self._curves[-1]
            curve.setPen(
                pg.mkPen(QColor(self._colours.accent) if newest else faint, width=2 if newest else 1.5)
            )

    def _show_range(self, steps: int) -> None:
        points = [point for line in self._lines for point in line]
        logs = [math.log10(point.residual_over_noise) for point in points]
        last = max(steps, *(point.step for point in points), 1) if points else max(steps, 1)
        self._item.getAxis("bottom").setTickSpacing(_spacing(last), 1)
        self._item.setXRange(1 if last > 1 else 0.5, last if last > 1 else 1.5, padding=0.02)
        self._item.setYRange(min(-0.3, *logs, 0), max(0.7, *logs, 0), padding=0.08)
        noises = [math.log10(max(point.sigma, _LOWEST)) for point in points] or [-1.0]
        self._noise_view.setYRange(min(*noises, -1.0), max(*noises, 0.0), padding=0.08)

    def _follow_size(self) -> None:
        self._noise_view.setGeometry(self._item.vb.sceneBoundingRect())

    def _hover(self, at: QPointF) -> None:
        """Show the values of the point that is nearest to the mouse."""
        points = [(sample, point) for sample, line in enumerate(self._lines) for point in line]
        if not points or not self._item.vb.sceneBoundingRect().contains(at):
            self._hide_readout()
            return
        place = self._item.vb.mapSceneToView(at)
        sample, point = min(points, key=lambda each: _distance(each[1], place))
        self._announce(sample, point)

    def leaveEvent(self, ev: QEvent) -> None:
        super().leaveEvent(ev)
        self._hide_readout()

    def keyPressEvent(self, ev: QKeyEvent) -> None:
        """The arrow keys go through the steps of the last sample."""
        way = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(Qt.Key(ev.key()))
        line = self._lines[-1] if self._lines else ()
        if way is None or not line:
            ev.ignore()
            return
        steps = [point.step for point in line]
        now = bisect(steps, self._cursor.value()) - 1 if self._cursor.isVisible() else len(line)
        self._announce(len(self._lines) - 1, line[min(max(now + way, 0), len(line) - 1)])

    def _announce(self, sample: int, point: Point) -> None:
        """The values of one point, to be seen and read out."""
        self._cursor.setPos(point.step)
        self._readout.setText(_describe_point(point, sample + 1 if len(self._lines) > 1 else 0))
        self.setAccessibleDescription(self._readout.toPlainText())
        right = point.step > sum(self._item.vb.viewRange()[0]) / 2
        self._readout.setAnchor((1 if right else 0, 0))
        self._readout.setPos(point.step, self._item.vb.viewRange()[1][1])
        for part in (self._cursor, self._readout):
            part.setVisible(True)

    def _hide_readout(self) -> None:
        for part in (self._cursor, self._readout):
            part.setVisible(False)


def _drawable(point: Point) -> bool:
    return math.isfinite(point.residual_over_noise) and point.residual_over_noise > 0


def _coordinates(line: Sequence[Point]) -> tuple[list[int], list[float]]:
    return [point.step for point in line], [math.log10(point.residual_over_noise) for point in line]


def _distance(point: Point, place: QPointF) -> float:
    """Steps count first: the mouse chooses a step, and among its samples the nearest."""
    return abs(point.step - place.x()) * 100 + abs(math.log10(point.residual_over_noise) - place.y())


def _describe_point(point: Point, sample: int) -> str:
    lines = [tr("Step {step}").format(step=point.step)]
    if sample:
        lines = [tr("Sample {sample}, step {step}").format(sample=sample, step=point.step)]
    lines.append(tr("Difference: {times:.2f}× the noise").format(times=point.residual_over_noise))
    lines.append(tr("Annealing noise: {sigma:.3g}").format(sigma=point.sigma))
    lines.append(tr("Network evaluations: {count}").format(count=point.evaluations))
    return "\n".join(lines)


def _spacing(steps: int) -> int:
    """Whole steps between two numbers on the axis, so that there are at most ten or so."""
    return next(n for n in (1, 2, 5, 10, 20, 50, 100, 1000) if steps <= 12 * n or n == 1000)
