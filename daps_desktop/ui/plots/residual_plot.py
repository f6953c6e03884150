"""The residual of each step against the band where a true explanation lies. Imported when first shown."""

import math
from typing import Any

import pyqtgraph as pg
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QWidget

from daps_desktop.ui import text
from daps_desktop.ui.theme import Colours

# Written as 0.5, 1, 20 where pyqtgraph would write powers of ten.
_TICKS = [[(math.log10(n * 10**k), f"{n * 10**k:g}") for k in range(-2, 5) for n in (1, 2, 5)], []]
_LOWEST = 1e-6  # stands for zero on the logarithmic axis


class ResidualPlot(pg.PlotWidget):
    """One curve on a logarithmic axis, growing from left to right."""

    def __init__(self, colours: Colours, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setMinimumHeight(120)
        self.setAccessibleName(text.PLOT_Y)
        self._values: list[float] = []
        self._item: Any = self.plotItem  # pyqtgraph adds methods at run time, which no type checker sees
        item = self._item
        item.setLogMode(y=True)
        item.setLabel("bottom", text.PLOT_X)
        item.setLabel("left", text.PLOT_Y)
        item.getAxis("left").setTicks(_TICKS)
        item.setMenuEnabled(False)
        item.hideButtons()
        item.setMouseEnabled(x=False, y=False)
        self._band = pg.LinearRegionItem([-0.1, 0.1], orientation="horizontal", movable=False)
        self._band_label = pg.InfLineLabel(
            self._band.lines[1], text.PLOT_BAND, position=0.01, anchors=[(0, 0), (0, 0)]
        )
        self._curve = item.plot([], [])
        self._point = item.plot([], [], symbol="o", symbolSize=8, pen=None)
        item.addItem(self._band)
        self.set_colours(colours)

    @property
    def values(self) -> list[float]:
        """Residuals in noise levels, one a step."""
        return list(self._values)

    def show_values(self, values: list[float], steps: int, band: tuple[float, float]) -> None:
        """Draw the residuals of the steps done out of `steps`; what is not a positive number is left out."""
        self._values = [value for value in values if math.isfinite(value) and value > 0]
        done = list(range(1, len(self._values) + 1))
        self._curve.setData(done, self._values)
        self._point.setData(done[-1:], self._values[-1:])
        logs = [math.log10(value) for value in self._values]
        self._band.setRegion([math.log10(max(edge, _LOWEST)) for edge in band])
        self._item.getAxis("bottom").setTickSpacing(_spacing(steps), 1)
        last = max(steps, len(done), 1)
        self._item.setXRange(1 if last > 1 else 0.5, last if last > 1 else 1.5, padding=0.02)
        self._item.setYRange(min(-0.3, *logs, 0), max(0.7, *logs, 0), padding=0.08)

    def set_colours(self, colours: Colours) -> None:
        self.setBackground(colours.window)
        for name in ("left", "bottom"):
            axis = self._item.getAxis(name)
            axis.setPen(colours.line)
            axis.setTextPen(colours.faint)
        self._curve.setPen(pg.mkPen(colours.accent, width=2))
        self._point.setSymbolBrush(colours.accent)
        self._point.setSymbolPen(colours.window)
        good = QColor(colours.good)
        self._band_label.setColor(good)
        good.setAlphaF(0.18)
        self._band.setBrush(good)
        for line in self._band.lines:
            line.setPen(pg.mkPen(colours.good, width=1, style=Qt.PenStyle.DotLine))


def _spacing(steps: int) -> int:
    """Whole steps between two numbers on the axis, so that there are at most ten or so."""
    return next(n for n in (1, 2, 5, 10, 20, 50, 100, 1000) if steps <= 12 * n or n == 1000)
